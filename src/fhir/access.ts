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
  /** `Practitioner/x`: who the user is in this tenant; user/ scopes mean nothing without it. */
  fhirUser: string | null;
  /** openid and fhirUser were granted: the resource that is the user may be read. */
  identified: boolean;
  /** The ids of the Patients that user/ scopes cover; `all` only where a system acts and no person. */
  reach: 'all' | readonly string[];
  /** The app_grant row the token came of; null for a token of the operator's command. */
  grantId: string | null;
  /** May see query plans and server-wide figures. */
  operator: boolean;
};

/** One clinical scope, parsed: `patient/Observation.rs?category=laboratory`. */
export type Scope = {
  context: 'patient' | 'user' | 'system';
  /** A resource type, or `*`. */
  type: string;
  interactions: ReadonlySet<Interaction>;
  /** What stands behind the question mark, as it was written; null: every row. */
  query: string | null;
};

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

/** The rules of one type. What one of them allows is allowed, and for the rows of that rule alone. */
export type TypeGrant = readonly Rule[];

/** What may be done with which rows. Everything it says must hold of a row. */
export type Rule = {
  interactions: ReadonlySet<Interaction>;
  /** `all`, or the ids of the patients whose compartments are covered. */
  patients: 'all' | readonly string[];
  /** The ids of the rows; null: whichever. */
  ids: readonly string[] | null;
  /** What a row says of itself; null: whatever. */
  where: Predicate | null;
};

/** What a granular scope asks of a resource. */
export type Predicate = {
  /** The query of the scope. Of one type, equal texts ask the same. */
  text: string;
  /** Of each list a row must hold one key (search/hash.ts). That it does makes it a candidate. */
  keys: readonly (readonly number[])[];
  /** Whether the JSON text of a resource says it, exactly. */
  holds(content: string): boolean;
};

/** What a row must carry so that a Grant can be held against it. */
export type GateColumns = { patient: string | null; patients: readonly string[] | null; labels: number };
export type GateRow = GateColumns & {
  id: string;
  /** The JSON text; only looked at where a rule has a predicate. */
  content: string;
};

/** A rule of every row of a type. */
export const everyRow = (interactions: ReadonlySet<Interaction>): Rule => ({
  interactions,
  patients: 'all',
  ids: null,
  where: null,
});

export const isEveryRow = ({ patients, ids, where }: Rule): boolean =>
  patients === 'all' && ids === null && where === null;

const long = 16;
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function has(ids: readonly string[], id: string): boolean {
  if (ids.length < long) return ids.includes(id);
  let set = sets.get(ids);
  if (!set) {
    set = new Set(ids);
    sets.set(ids, set);
  }
  return set.has(id);
}

/** Whether a row is one that the rule is about, as far as its columns say. */
function isCandidate({ patients, ids }: Rule, row: GateRow): boolean {
  if (ids !== null && !has(ids, row.id)) return false;
  if (patients === 'all') return true;
  if (row.patient !== null && has(patients, row.patient)) return true;
  return row.patients?.some((id) => has(patients, id)) ?? false;
}

const covers = (rule: Rule, row: GateRow): boolean =>
  isCandidate(rule, row) && (rule.where === null || rule.where.holds(row.content));

/** Whether nobody has the row in their record but who is covered. */
const coversAlone = ({ patients }: Rule, row: GateRow): boolean =>
  patients === 'all' ||
  ((row.patient === null || has(patients, row.patient)) && (row.patients ?? []).every((id) => has(patients, id)));

type Meets = (rule: Rule, row: GateRow) => boolean;

function some(grant: Grant, type: string, row: GateRow, meets: Meets, one: Interaction, or: Interaction): boolean {
  if (row.labels & grant.forbiddenLabels) return false;
  for (const rule of grant.types.get(type) ?? [])
    if ((rule.interactions.has(one) || rule.interactions.has(or)) && meets(rule, row)) return true;
  return false;
}

/** Whether the grant covers a row of this type for one of two interactions; the same rule that Scan writes as SQL. */
export const admits = (grant: Grant, type: string, row: GateRow, one: Interaction, or = one): boolean =>
  some(grant, type, row, covers, one, or);

/** As `admits`, as far as a Scan can tell: that a predicate has a key in common with a row makes the row a candidate. */
export const mayAdmit = (grant: Grant, type: string, row: GateRow, one: Interaction, or = one): boolean =>
  some(grant, type, row, isCandidate, one, or);

const coversChange: Meets = (rule, row) => coversAlone(rule, row) && covers(rule, row);

/**
 * Whether the grant lets a row be changed. One that is in the record of somebody else as well may be read and not changed:
 * the other would find it changed, or find in their record what a stranger wrote.
 */
export const admitsChange = (grant: Grant, type: string, row: GateRow, interaction: Interaction): boolean =>
  some(grant, type, row, coversChange, interaction, interaction);

/** Whether the grant is of some rows, for one type at least, or leaves labelled rows out: what it hides must stay so. */
export const hides = (grant: Grant): boolean =>
  grant.forbiddenLabels !== 0 || [...grant.types.values()].some((rules) => !rules.every(isEveryRow));

/** Whether rows can only be held against the grant with their text at hand. */
export const judges = (grant: Grant): boolean =>
  [...grant.types.values()].some((rules) => rules.some(({ where }) => where !== null));

/** Whether the type may be touched at all with this interaction; where not, the answer is 403 before any SQL. */
export const allows = (grant: Grant, type: string, interaction: Interaction): boolean =>
  grant.types.get(type)?.some(({ interactions }) => interactions.has(interaction)) ?? false;

/** Whether the grant reaches every row of the type for this, so that none need be looked at. */
export const reachesAll = (grant: Grant, type: string, interaction: Interaction): boolean =>
  grant.forbiddenLabels === 0 &&
  (grant.types.get(type)?.some((rule) => rule.interactions.has(interaction) && isEveryRow(rule)) ?? false);
