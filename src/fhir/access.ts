/** What may be done with a type, as SMART writes it: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

/**
 * What somebody is to the people whose records are here; what each may do is data (src/privacy/actors). `operator` is the
 * server's own command, `server` the server itself, `system` another system that acts for nobody in particular.
 */
export type Actor =
  | 'self'
  | 'proxy'
  | 'app'
  | 'practitioner'
  | 'concierge'
  | 'care-agent'
  | 'hr-admin'
  | 'carrier'
  | 'employer-feed'
  | 'provider-market'
  | 'device-gateway'
  | 'contractor'
  | 'analytics'
  | 'marketing'
  | 'privacy-officer'
  | 'legal'
  | 'sysadmin'
  | 'system'
  | 'operator'
  | 'server'
  | 'nobody';

/** Who is asking. Made from a checked token; says nothing yet of what they may see. */
export type Caller = {
  tenant: number;
  actor: Actor;
  /** What they act for, a code of https://terminology.hl7.org/CodeSystem-v3-ActReason.html: `TREAT`. */
  purpose: string;
  /** The id of the Organization whose they are: an employer, a carrier, a service provider; null: nobody's. */
  organization: string | null;
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
 * What this request may do and see: built by src/privacy/gate/decide.ts, carried by every Scan.
 * A type that is absent from `types` is denied.
 */
export type Grant = {
  tenant: number;
  caller: Caller;
  types: ReadonlyMap<string, TypeGrant>;
  /** By type: rows that are never seen, whichever rule covers them. */
  denials: ReadonlyMap<string, readonly Denial[]>;
  /** Security labels, as bits, whose rows are never seen. */
  forbiddenLabels: number;
  /** Why it is so, for the ledger: the name of a policy, `Consent/1 Patient/2`, `BTG Patient/2`. */
  basis: readonly string[];
  /** Identifies what is granted; a cursor is bound to it, a cache is keyed by it. */
  hash: string;
  /** Rows that this request has let go or written, for the ledger; absent where nobody collects them. */
  seen?: Seen[];
};

/** A row that went out, or was written. */
export type Seen = GateColumns & {
  type: string;
  id: string;
  interaction: Interaction /** Rows that were counted and not shown: then there is no id. */;
  counted?: number;
};

/** The rules of one type. What one of them allows is allowed, and for the rows of that rule alone. */
export type TypeGrant = readonly Rule[];

/** Rows of one type, by what must hold of each. */
export type Rows = {
  /** `all`, or the ids of the patients whose compartments are covered. */
  patients: 'all' | readonly string[];
  /** In whose records they may be: anybody's, that of one patient at most, or nobody's. */
  records: 'any' | 'one' | 'none';
  /** The ids of the rows; null: whichever. */
  ids: readonly string[] | null;
  /** What a row says of itself; null: whatever. */
  where: Predicate | null;
  /** When it is from; null: whenever. */
  period: DataPeriod | null;
  /** Security labels, as bits, of which a row has none. */
  without: number;
  /** Security labels, as bits, of which a row has one at least; 0: whichever. */
  having: number;
};

/** What may be done with which rows, and what is shown of them. */
export type Rule = Rows & {
  interactions: ReadonlySet<Interaction>;
  /** What of a row is shown; null: all of it. What is shown in part can only be read. */
  projection: Projection | null;
};

/** Rows that are held back, but for some of them. */
export type Denial = Rows & { except: readonly Rows[] };

/** An allow-list of what a resource shows. */
export type Projection = {
  /** Equal names show the same. */
  name: string;
  /** The codes of the search parameters that touch nothing hidden; `_id` and `_lastUpdated` if they are among them. */
  parameters: ReadonlySet<string>;
  /** The JSON text of a resource → what of it is shown. */
  of(content: string): string;
};

/** Rows whose primary date (search/primary.ts), or where there is none last update, is within: [start, end) in ms. */
export type DataPeriod = {
  start: number;
  end: number;
  /** Whether the JSON text of a resource says it, exactly as the columns of its row do. */
  holds(content: string): boolean;
};

/** What a granular scope asks of a resource. */
export type Predicate = {
  /** The query of the scope. Of one type, equal texts ask the same. */
  text: string;
  /** Of each list a row must hold one key (search/hash.ts). That it does makes it a candidate. */
  keys: readonly (readonly number[])[];
  /** Whether the keys leave something to the text: then rows are counted by reading them. */
  byText?: boolean;
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

/** Every row of a type. */
export const allRows: Rows = {
  patients: 'all',
  records: 'any',
  ids: null,
  where: null,
  period: null,
  without: 0,
  having: 0,
};

/** A rule of every row of a type. */
export const everyRow = (interactions: ReadonlySet<Interaction>): Rule => ({
  ...allRows,
  interactions,
  projection: null,
});

export const isEveryRow = ({ patients, records, ids, where, period, without, having, projection }: Rule): boolean =>
  patients === 'all' &&
  records === 'any' &&
  ids === null &&
  where === null &&
  period === null &&
  without === 0 &&
  having === 0 &&
  projection === null;

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

/** Whether a row is one of these, as far as its columns say. */
function isCandidate({ patients, records, ids, without, having }: Rows, row: GateRow): boolean {
  if (records !== 'any' && row.patients !== null) return false;
  if (records === 'none' && row.patient !== null) return false;
  if (ids !== null && !has(ids, row.id)) return false;
  if ((row.labels & without) !== 0 || (having !== 0 && (row.labels & having) === 0)) return false;
  if (patients === 'all') return true;
  if (row.patient !== null && has(patients, row.patient)) return true;
  return row.patients?.some((id) => has(patients, id)) ?? false;
}

/** Whether the text of a row decides, too. */
export const readsText = ({ where, period }: Rows): boolean => where !== null || period !== null;

const covers = (rows: Rows, row: GateRow): boolean =>
  isCandidate(rows, row) &&
  (rows.where === null || rows.where.holds(row.content)) &&
  (rows.period === null || rows.period.holds(row.content));

/** Whether nobody has the row in their record but who is covered. */
const coversAlone = ({ patients }: Rows, row: GateRow): boolean =>
  patients === 'all' ||
  ((row.patient === null || has(patients, row.patient)) && (row.patients ?? []).every((id) => has(patients, id)));

const isDenied = (grant: Grant, type: string, row: GateRow): boolean =>
  grant.denials.get(type)?.some((one) => covers(one, row) && !one.except.some((some) => covers(some, row))) ?? false;

/** A denial of which the columns tell that it holds, whatever the text says. */
const isSurelyDenied = (grant: Grant, type: string, row: GateRow): boolean =>
  grant.denials
    .get(type)
    ?.some((one) => !readsText(one) && isCandidate(one, row) && !one.except.some((some) => isCandidate(some, row))) ??
  false;

type Meets = (rule: Rule, row: GateRow) => boolean;

/** The first rule that meets the row, or the first that shows all of it. */
function find(grant: Grant, type: string, row: GateRow, meets: Meets, one: Interaction, or: Interaction): Rule | null {
  if (row.labels & grant.forbiddenLabels) return null;
  let found: Rule | null = null;
  for (const rule of grant.types.get(type) ?? []) {
    if ((!rule.interactions.has(one) && !rule.interactions.has(or)) || !meets(rule, row)) continue;
    if (rule.projection === null) return rule;
    found ??= rule;
  }
  return found;
}

/** The rule by which a row may be read, and which says what of it is shown; null: none. */
export function admitting(grant: Grant, type: string, row: GateRow, one: Interaction, or = one): Rule | null {
  const rule = find(grant, type, row, covers, one, or);
  return rule !== null && isDenied(grant, type, row) ? null : rule;
}

/** Whether the grant covers a row of this type for one of two interactions; the same rule that Scan writes as SQL. */
export const admits = (grant: Grant, type: string, row: GateRow, one: Interaction, or = one): boolean =>
  admitting(grant, type, row, one, or) !== null;

/** Whether all of a row may be read: what is shown in part cannot be changed in place, for that tells what is hidden. */
export const showsAll = (grant: Grant, type: string, row: GateRow): boolean =>
  admitting(grant, type, row, 'r')?.projection === null;

/** As `admits`, as far as a Scan can tell: what texts say is left open. */
export const mayAdmit = (grant: Grant, type: string, row: GateRow, one: Interaction, or = one): boolean =>
  find(grant, type, row, isCandidate, one, or) !== null && !isSurelyDenied(grant, type, row);

const coversChange: Meets = (rule, row) => coversAlone(rule, row) && covers(rule, row);

/**
 * Whether the grant lets a row be changed. One that is in the record of somebody else as well may be read and not changed:
 * the other would find it changed, or find in their record what a stranger wrote.
 */
export const admitsChange = (grant: Grant, type: string, row: GateRow, interaction: Interaction): boolean =>
  find(grant, type, row, coversChange, interaction, interaction) !== null && !isDenied(grant, type, row);

/** Whether the grant is of some rows, for one type at least, or leaves labelled rows out: what it hides must stay so. */
export const hides = (grant: Grant): boolean =>
  grant.forbiddenLabels !== 0 ||
  grant.denials.size > 0 ||
  [...grant.types.values()].some((rules) => !rules.every(isEveryRow));

/** Whether rows can only be held against the grant with their text at hand. */
export const judges = (grant: Grant): boolean =>
  [...grant.types.values()].some((rules) => rules.some(readsText)) ||
  [...grant.denials.values()].some((denials) => denials.some((one) => readsText(one) || one.except.some(readsText)));

/** Whether the type may be touched at all with this interaction; where not, the answer is 403 before any SQL. */
export const allows = (grant: Grant, type: string, interaction: Interaction): boolean =>
  grant.types.get(type)?.some(({ interactions }) => interactions.has(interaction)) ?? false;

/** Whether the grant reaches every row of the type for this, so that none need be looked at. */
export const reachesAll = (grant: Grant, type: string, interaction: Interaction): boolean =>
  grant.forbiddenLabels === 0 &&
  !grant.denials.has(type) &&
  (grant.types.get(type)?.some((rule) => rule.interactions.has(interaction) && isEveryRow(rule)) ?? false);
