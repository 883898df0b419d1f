/** What may be done with a type, as SMART writes it: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

/** Who is asking. Made from a checked token; says nothing yet of what they may see. */
export type Caller = {
  tenant: number;
  /** `sub` of the token. */
  subject: string;
  clientId: string | null;
  scopes: readonly Scope[];
  /** The id of the Patient in launch context; patient/ scopes mean nothing without it. */
  patient: string | null;
  /** May see query plans and server-wide figures. */
  operator: boolean;
};

/** One clinical scope, parsed: `patient/Observation.rs`. `type` is a resource type or `*`. */
export type Scope = { context: 'patient' | 'user' | 'system'; type: string; interactions: ReadonlySet<Interaction> };

/**
 * What this request may do and see: built once per request (src/privacy/decide.ts), carried by every Scan.
 * A type that is absent from `types` is denied.
 */
export type Grant = {
  tenant: number;
  caller: Caller;
  types: ReadonlyMap<string, TypeGrant>;
  /** Security labels, as bits, whose rows are never seen. */
  forbiddenLabels: number;
  /** Identifies what is granted; a cursor is bound to it, a cache is keyed by it. */
  hash: string;
};

/** The rows of one type: every row of the tenant, or those in the compartments of these patients. */
export type TypeGrant = {
  interactions: ReadonlySet<Interaction>;
  /** `all`, or the ids of the patients whose compartments are covered. */
  patients: 'all' | readonly string[];
};

/** What a row must carry so that a Grant can be held against it. */
export type GateColumns = { patient: string | null; patients: readonly string[] | null; labels: number };

/** Whether the grant covers a row of this type; the same rule that Scan writes as SQL. */
export function admits(grant: Grant, type: string, row: GateColumns, interaction: Interaction): boolean {
  const rule = grant.types.get(type);
  if (!rule?.interactions.has(interaction)) return false;
  if (row.labels & grant.forbiddenLabels) return false;
  if (rule.patients === 'all') return true;
  const { patients } = rule;
  if (row.patient !== null && patients.includes(row.patient)) return true;
  return row.patients?.some((id) => patients.includes(id)) ?? false;
}

/**
 * Whether the grant lets a row be changed. One that is in the record of somebody else as well may be read and not changed:
 * the other would find it changed, or find in their record what a stranger wrote.
 */
export function admitsChange(grant: Grant, type: string, row: GateColumns, interaction: Interaction): boolean {
  if (!admits(grant, type, row, interaction)) return false;
  const patients = grant.types.get(type)?.patients ?? [];
  if (patients === 'all') return true;
  return (
    (row.patient === null || patients.includes(row.patient)) &&
    (row.patients ?? []).every((id) => patients.includes(id))
  );
}

/** Whether the grant is of some patients' rows, for one type at least, or leaves labelled rows out: what it hides must stay so. */
export const hides = (grant: Grant): boolean =>
  grant.forbiddenLabels !== 0 || [...grant.types.values()].some(({ patients }) => patients !== 'all');

/** Whether the type may be touched at all with this interaction; where not, the answer is 403 before any SQL. */
export const allows = (grant: Grant, type: string, interaction: Interaction): boolean =>
  grant.types.get(type)?.interactions.has(interaction) ?? false;
