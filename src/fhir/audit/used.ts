import type { Actor } from '../access.ts';

/** What was done, as https://hl7.org/fhir/R4/valueset-system-restful-interaction.html says it. */
export type Deed =
  | 'read'
  | 'vread'
  | 'update'
  | 'patch'
  | 'delete'
  | 'create'
  | 'history-instance'
  | 'history-type'
  | 'history-system'
  | 'search-type'
  | 'search-system'
  | 'batch'
  | 'transaction'
  | 'operation';

/** What the rows of the ledger have in common that are of one caller, one deed and one outcome. */
export type AuditShape = {
  deed: Deed;
  /** What the deed was part of: `transaction`, or the code of an operation; null: it was asked for itself. */
  via: string | null;
  /** 0: done; 4: refused; 8: failed. https://hl7.org/fhir/R4/valueset-audit-event-outcome.html */
  outcome: '0' | '4' | '8';
  actor: Actor;
  /** `Practitioner/x`; null: nobody who has a resource. */
  who: string | null;
  /** `sub` of the token. */
  subject: string;
  client: string | null;
  purpose: string;
  /** The id of the Organization whose they are. */
  organization: string | null;
  /** The app_grant by which an app came. */
  grant: string | null;
  /** Of this server and tenant: `https://host`. */
  issuer: string;
  /** Which entities its rows have: p a patient, 1 one resource, m some or a count, q a query, b Consents, r a request's id. */
  has: string;
};

/** What one row adds to its shape. What is absent is nothing. */
export type AuditUse = {
  /** Ids by type, `mostIds` of them at most. */
  what?: { [type: string]: string[] };
  /** How many there were, by type, where not all ids are there. */
  count?: { [type: string]: number };
  /** `Observation?code=…`, without what was typed freely. */
  query?: string;
  /** `Consent/1`; `BTG` in an emergency. */
  basis?: string[];
  /** The status of a refusal. */
  status?: number;
  /** X-Request-Id, where that is not the id of the row. */
  request?: string;
};

/** Ids that one row tells; of more it says how many there were. */
export const mostIds = 50;

export const emergency = 'BTG';

export const isSearch = (deed: Deed): boolean => deed === 'search-type' || deed === 'search-system';

/** The letter of https://hl7.org/fhir/R4/valueset-audit-event-action.html. */
export function actionOf(deed: Deed): 'C' | 'R' | 'U' | 'D' | 'E' {
  if (deed === 'create') return 'C';
  if (deed === 'update' || deed === 'patch') return 'U';
  if (deed === 'delete') return 'D';
  return deed === 'read' || deed === 'vread' || deed.startsWith('history') ? 'R' : 'E';
}
