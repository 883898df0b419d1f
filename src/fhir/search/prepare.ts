import type { Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import type { CursorOwner } from '../cursor.ts';
import { compartmentParameters, compartmentTypes, isCompartment } from '../definitions/compartments.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import { forbidden, type Issue, invalid, notFound, notSupported, ok, type Result, tooCostly } from '../outcome.ts';
import { isWrittenByServer, resourceTypes } from '../resources.ts';
import type { Part } from './arms.ts';
import { anyOf, type Condition, written } from './condition.ts';
import { type Asking, conditionOf, isKnown } from './criteria.ts';
import { openPosition, type Position } from './page.ts';
import { parse, parsePairs } from './parse.ts';
import { type Criterion, limits, type Pair, type SearchRequest } from './request.ts';
import { Scan } from './scan.ts';
import { codesOf, seeing } from './seeing.ts';
import { orderOf } from './sort.ts';
import { pointingTo } from './types/reference.ts';

/** What is searched, by whom it is asked and how. */
export type SearchAsk = {
  /** None: every type the grant allows, or those of `_type`. */
  types: readonly string[];
  /** Only what is in the compartment of this resource. */
  compartment?: { type: string; id: string };
  /** The raw query string; of POST _search, the body and the query joined by `&`. */
  query: string;
  /** Refuse what is not understood instead of ignoring it. */
  strict: boolean;
  /** `http://host/fhir/R4`, without a trailing slash. */
  base: string;
};

/** A search that is ready to run. */
export type Prepared = {
  request: SearchRequest;
  asking: Omit<Asking, 'type'>;
  parts: readonly Part[];
  after: Position | null;
  owner: CursorOwner;
  /** The URL of this search, without a cursor. */
  link: string;
  issues: readonly Issue[];
};

/** Reads the query, and decides under the grant what is searched and in which order. */
export async function prepare(context: FhirContext, grant: Grant, ask: SearchAsk): Promise<Result<Prepared>> {
  const pairs = parsePairs(ask.query);
  if (!pairs.ok) return pairs;
  const parsed = parse(pairs.value);
  if (!parsed.ok) return parsed;
  const request = parsed.value;
  const { definitions, database, now } = context;
  const scans = scansOf(definitions, grant, ask, request.types);
  if (!scans.ok) return scans;
  const asking = { grant, on: database.planned, definitions, base: ask.base, now: now() };
  const { known, pairs: understood, unknown } = understand(asking, scans.value, request);
  if (ask.strict && unknown.length > 0) return { ...invalid(''), issues: unknown.map(refused) };
  if (countHas(known) > limits.has) return tooCostly(`More than ${limits.has} parameters _has`);
  const parts: Part[] = [];
  const looked = [...known.flatMap(codesOf), ...request.sort.map(({ code }) => code), ...ofCompartment(ask)];
  for (const whole of scans.value) {
    const shown = seeing(whole, looked);
    if (!shown.ok) return shown;
    const scan = shown.value;
    const part = await conditionsOf({ ...asking, type: scan.type }, known, ask);
    if (!part.ok) return part;
    // Several types are in one order.
    const order = orderOf(definitions, scan.type, request.sort, scans.value.length === 1 ? part.value : []);
    if (!order.ok) return order;
    if (database.seal && order.value.some(({ readsText }) => readsText)) {
      return notSupported('_sort: records are kept sealed here, so that codes and references have no order');
    }
    parts.push({ scan, conditions: part.value, order: order.value });
  }
  const link = linkOf(ask, understood);
  const owner = { key: context.settings.cursorKey, grantHash: grant.hash, query: link };
  const after = request.cursor === null ? ok(null) : openPosition(owner, request.cursor);
  if (!after.ok) return after;
  const issues = [...request.warnings, ...unknown.map(ignored)];
  return ok({ request, asking, parts, after: after.value, owner, link, issues });
}

/** Whose record a row is in is told by its being found there. */
const ofCompartment = ({ compartment }: SearchAsk): string[] => (compartment ? [compartment.type.toLowerCase()] : []);

type Definitions = FhirContext['definitions'];

function scansOf(
  definitions: Definitions,
  grant: Grant,
  { types, compartment }: SearchAsk,
  filter: readonly string[] | null,
): Result<Scan[]> {
  const within = compartment ? typesWithin(definitions, compartment.type) : resourceTypes;
  // Who has looked at a record is found where it is asked for: it is more than the record itself.
  const everything = within.filter((type) => !isWrittenByServer(type));
  const outside = types.find((type) => !within.includes(type));
  if (outside !== undefined) return notFound(`${outside} is not in the compartment of a ${compartment?.type}`);
  const named = types.length > 0 ? types.filter((type) => filter?.includes(type) ?? true) : filter;
  const scans = (named ?? everything).flatMap((type) => Scan.of(grant, type, 's') ?? []);
  if (named && scans.length < named.length) {
    const hidden = named.filter((type) => !scans.some((scan) => scan.type === type));
    return forbidden(`Your access does not cover searching ${hidden.join(', ')}`);
  }
  if (scans.length === 0 && !named) return forbidden('Your access does not cover searching any type');
  return ok(scans);
}

const typesWithin = (definitions: Definitions, compartment: string): readonly string[] =>
  isCompartment(compartment) ? compartmentTypes(definitions, compartment) : [];

type Understood = { known: Criterion[]; pairs: Pair[]; unknown: Pair[] };

/** A parameter counts where every type that is searched has it. */
function understand(
  { definitions }: { definitions: Definitions },
  scans: readonly Scan[],
  request: SearchRequest,
): Understood {
  const known: Criterion[] = [];
  const unknown: Pair[] = [];
  for (const { criterion, pair } of request.criteria) {
    if (scans.every(({ type }) => isKnown(definitions, type, criterion))) known.push(criterion);
    else unknown.push(pair);
  }
  const dropped = new Set(unknown);
  return { known, unknown, pairs: request.pairs.filter((pair) => !dropped.has(pair)) };
}

const unknownText = ({ name }: Pair): string => `Unknown search parameter ${JSON.stringify(name.slice(0, 200))}`;

const ignored = (pair: Pair): Issue => ({
  severity: 'warning',
  code: 'not-supported',
  diagnostics: `${unknownText(pair)}, which was ignored`,
});

const refused = (pair: Pair): Issue => ({ severity: 'error', code: 'not-supported', diagnostics: unknownText(pair) });

function countHas(criteria: readonly Criterion[]): number {
  let count = 0;
  for (const one of criteria) {
    if (one.kind === 'has') count += 1 + countHas([one.next]);
    else if (one.kind === 'chain') count += countHas([one.next]);
    else if (one.kind === 'not') count += countHas([one.of]);
    else if (one.kind !== 'parameter') count += countHas(one.of);
  }
  return count;
}

async function conditionsOf(
  asking: Asking,
  criteria: readonly Criterion[],
  { compartment }: SearchAsk,
): Promise<Result<Condition[]>> {
  const conditions: Condition[] = compartment ? [inCompartment(asking, compartment)] : [];
  for (const criterion of criteria) {
    const made = conditionOf(asking, criterion);
    const condition = made instanceof Promise ? await made : made;
    if (!condition.ok) return condition;
    conditions.push(condition.value);
  }
  return ok(conditions);
}

/** @see https://hl7.org/fhir/R4/compartmentdefinition.html */
function inCompartment(asking: Asking, { type, id }: { type: string; id: string }): Condition {
  if (type === 'Patient')
    return written(({ statement, row }) => {
      const list = statement.bind([id], 'text[]');
      return `(${row}.patient = any(${list}) or ${row}.patients && ${list})`;
    }, true);
  const codes = isCompartment(type) ? compartmentParameters(asking.definitions, type, asking.type) : [];
  const conditions = codes.flatMap((code): Condition[] => {
    const parameter = searchParameter(asking.definitions, asking.type, code);
    if (!parameter) return [];
    return [pointingTo({ ...asking, tenant: asking.grant.tenant, parameter, name: code }, [{ type, id }])];
  });
  return anyOf(type === asking.type ? [{ kind: 'ids', any: [id] }, ...conditions] : conditions);
}

const readable = (text: string): string => encodeURIComponent(text).replace(/%(?:2C|3A|2F|24)/g, decodeURIComponent);

function linkOf({ base, types, compartment }: SearchAsk, pairs: readonly Pair[]): string {
  const [only] = types;
  const within = compartment ? `/${compartment.type}/${compartment.id}/${only ?? '*'}` : only ? `/${only}` : '';
  const query = pairs.map(({ name, value }) => `${readable(name)}=${readable(value)}`).join('&');
  return `${base}${within}${query === '' ? '' : `?${query}`}`;
}
