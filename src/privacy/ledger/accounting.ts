import type { AuditEvent } from '@medplum/fhirtypes';

import type { Row } from '../../db/database.ts';
import { expand, operationSystem } from '../../fhir/audit/render.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { namesOf, type Party } from './names.ts';

/** What was done with a record: looked at, changed, given to others, or what was said of who may. */
export type AccountingKind = 'viewed' | 'changed' | 'disclosed' | 'access';

export type AccountingRow = {
  /** Of the AuditEvent. */
  id: string;
  recorded: Date;
  kind: AccountingKind;
  /** The letter of https://hl7.org/fhir/R4/valueset-audit-event-action.html */
  action: string;
  /** `read`, `search-type`, `create`, or the code of an operation. */
  deed: string;
  /** `Practitioner/1`; the name is theirs as it is now, null where there is none. */
  who: { reference: string | null; display: string | null };
  /** The class of who it was: `practitioner`, `app`; null where it was not one of ours. */
  actor: string | null;
  organization: Party | null;
  client: { id: string; name: string | null } | null;
  what: readonly { type: string; count: number; ids: readonly string[] }[];
  /** A code of v3-ActReason; null where none was said. */
  purpose: string | null;
  /** `Consent/1`, a policy. */
  basis: readonly string[];
  outcome: string;
  emergency: boolean;
  /** A sentence of an event that is no use of the record: what was granted, to whom it was disclosed. */
  why: string | null;
  /** Until when a legal order hides it; only told to who may see it. */
  suspendedUntil: Date | null;
};

/** Behind which row a page begins. */
export type AccountingPlace = { recorded: Date; id: string };

export type AccountingAsk = {
  /** [start, end) */
  start?: Date;
  end?: Date;
  before?: AccountingPlace;
  limit: number;
  kinds?: readonly AccountingKind[];
  /** With what a legal order hides from the patient: for the privacy officer alone. */
  withSuspended?: boolean;
};

const columns = `r.id, r.recorded, r.suspended_until, case when s.id is null then r.content
  else '[' || s.content || ',' || r.content || ',"' || r.id || '",' || (extract(epoch from r.recorded) * 1000)::bigint || ',"'
    || coalesce(r.patient, '') || '"]' end`;

const pageSql = `select ${columns} from ledger r left join ledger_shape s on s.tenant = r.tenant and s.id = r.shape
  where r.tenant = $1 and r.patient = $2 and r.recorded >= $3 and r.recorded < $4
    and (r.recorded < $5 or r.recorded = $5 and (r.block, r.position) <
      (select b.block, b.position from ledger b where b.tenant = $1 and b.id = $6))
    and ($7 or r.suspended_until is null or r.suspended_until <= now())
  order by r.recorded desc nulls last, r.block desc, r.position desc limit $8`;

/** An event, and when it was written. */
export type LedgerEvent = { id: string; recorded: Date; suspendedUntil: Date | null; event: AuditEvent };

// The select list of `columns` fixes the shape of the row; what is expanded, or was appended, is an AuditEvent.
const eventOf = ([id, recorded, suspendedUntil, content]: Row): LedgerEvent => ({
  id: id as string,
  recorded: recorded as Date,
  suspendedUntil: suspendedUntil as Date | null,
  event: JSON.parse(expand('AuditEvent', content as string)) as AuditEvent,
});

const first = new Date(0);
const last = new Date(Date.UTC(9999, 0, 1));

/** What the ledger has of a patient, newest first. */
export async function eventsOf(
  context: Pick<FhirContext, 'database'>,
  tenant: number,
  patient: string,
  { start = first, end = last, before, limit, withSuspended = false }: AccountingAsk,
): Promise<LedgerEvent[]> {
  const rows = await context.database.planned.query(pageSql, [
    tenant,
    patient,
    start,
    end,
    before?.recorded ?? last,
    before?.id ?? '',
    withSuspended,
    limit,
  ]);
  return rows.map(eventOf);
}

const dicomExport = '110106';

export function kindOf({ type, action }: AuditEvent): AccountingKind {
  if (type?.code === dicomExport) return 'disclosed';
  if (type?.code !== 'rest') return 'access';
  return action === 'C' || action === 'U' || action === 'D' ? 'changed' : 'viewed';
}

const policyPrefix = 'https://portico.dev/fhir/policy/';

/** How many of which type, from entities that name them or count them. */
function whatOf({ entity = [] }: AuditEvent): AccountingRow['what'] {
  const found = new Map<string, { ids: string[]; count: number }>();
  for (const { what, role, type, detail } of entity) {
    if (role?.code === '1' || role?.code === '13' || role?.code === '24') continue;
    const [, named, id] = /^([A-Z]\w+)\/([^/]+)$/.exec(what?.reference ?? '') ?? [];
    const name = named ?? (detail?.[0]?.type === 'count' ? type?.code : undefined);
    if (name === undefined) continue;
    const one = found.get(name) ?? { ids: [], count: 0 };
    found.set(name, one);
    if (id !== undefined) one.ids.push(id);
    one.count = Math.max(one.count, one.ids.length, Number(detail?.[0]?.valueString ?? 0));
  }
  return [...found].map(([type, { ids, count }]) => ({ type, count, ids }));
}

type Agent = NonNullable<AuditEvent['agent']>[number];
const isClient = ({ who }: Agent): boolean => who?.identifier?.system?.endsWith('/oauth2/clients') ?? false;

/** What an event says of itself, before anybody is called by their name. */
function told({ id, recorded, suspendedUntil, event }: LedgerEvent): AccountingRow {
  const agents = event.agent ?? [];
  const user =
    agents.find((one) => one.requestor && !isClient(one)) ?? agents.find((one) => one.requestor) ?? agents[0];
  const client = agents.find(isClient);
  const organization = agents.find(({ who }) => who?.reference?.startsWith('Organization/'))?.who?.reference;
  const purposes = (event.purposeOfEvent ?? []).flatMap(({ coding = [] }) => coding.flatMap(({ code }) => code ?? []));
  const policies = agents.flatMap(({ policy = [] }) => policy).map((one) => one.replace(policyPrefix, ''));
  const consents = (event.entity ?? []).flatMap(({ role, what }) =>
    role?.code === '13' ? (what?.reference ?? []) : [],
  );
  const subtypes = event.subtype ?? [];
  const deed = subtypes.find(({ system }) => system === operationSystem)?.code ?? subtypes[0]?.code ?? event.type?.code;
  const clientId = client?.who?.identifier?.value;
  return {
    id,
    recorded,
    kind: kindOf(event),
    action: event.action ?? '',
    deed: deed ?? '',
    who: { reference: user?.who?.reference ?? null, display: user?.who?.display ?? null },
    actor: user?.role?.[0]?.coding?.[0]?.code ?? null,
    organization: organization === undefined ? null : { reference: organization, name: null, address: null },
    client: clientId === undefined ? null : { id: clientId, name: client?.who?.display ?? null },
    what: whatOf(event),
    purpose: purposes.find((code) => code !== 'BTG') ?? purposes[0] ?? null,
    basis: [...new Set([...consents, ...policies])],
    outcome: event.outcome ?? '',
    emergency: purposes.includes('BTG'),
    why: kindOf(event) === 'viewed' || kindOf(event) === 'changed' ? null : (event.outcomeDesc ?? null),
    suspendedUntil,
  };
}

/** Rows as people read them: with the names that who and what have now. */
export async function rowsOfEvents(
  context: FhirContext,
  tenant: number,
  events: readonly LedgerEvent[],
): Promise<AccountingRow[]> {
  const rows = events.map(told);
  const wanted = rows.flatMap(({ who, organization }) => [who.reference, organization?.reference ?? null]);
  const names = await namesOf(context, tenant, {
    references: wanted.flatMap((one) => one ?? []),
    clients: rows.flatMap(({ client }) => client?.id ?? []),
  });
  return rows.map((row) => ({
    ...row,
    who: { ...row.who, display: row.who.display ?? names.of(row.who.reference)?.name ?? null },
    organization: row.organization && (names.of(row.organization.reference) ?? row.organization),
    client: row.client && { ...row.client, name: row.client.name ?? names.client(row.client.id) },
  }));
}

/**
 * Who used a patient's record, or was given something of it, newest first. The caller has been held against the grant
 * already: whoever gets these rows sees the whole account of this patient.
 */
export async function accountingRows(
  context: FhirContext,
  tenant: number,
  patient: string,
  ask: AccountingAsk,
): Promise<AccountingRow[]> {
  const found: LedgerEvent[] = [];
  let { before } = ask;
  while (found.length < ask.limit) {
    const page = await eventsOf(context, tenant, patient, { ...ask, before });
    found.push(...page.filter(({ event }) => ask.kinds?.includes(kindOf(event)) ?? true));
    const end = page.at(-1);
    if (page.length < ask.limit || !end) break;
    before = { recorded: end.recorded, id: end.id };
  }
  return rowsOfEvents(context, tenant, found.slice(0, ask.limit));
}
