import type { Row } from '../../db/database.ts';
import { admitting } from '../access.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import type { Issue } from '../outcome.ts';
import { isWrittenByServer, resourceTypes } from '../resources.ts';
import { columnsOf } from './arms.ts';
import { allOf, anyOf, type Condition, keys, written } from './condition.ts';
import type { Asking } from './criteria.ts';
import { key } from './hash.ts';
import { pointersOf, referenceCodes } from './pointers.ts';
import { type Include, limits } from './request.ts';
import { type Found, foundRow, keysOfRow } from './rows.ts';
import { Scan } from './scan.ts';
import { Statement } from './statement.ts';
import { type Pointer, pointingTo } from './types/reference.ts';

/** A row that is on the page, and its keys, which say where it points. */
type Node = Found & { keys: ReadonlySet<number> };

type At = Omit<Asking, 'type'>;

/** What is wanted of each type, before it is known what the caller may read of it. */
type Wanted = Map<string, Condition[]>;

/**
 * What `_include` and `_revinclude` add to the matches. A resource the grant does not cover is left out without a word, as if
 * the reference led nowhere.
 *
 * @see https://hl7.org/fhir/R4/search.html#revinclude
 */
export async function included(
  at: At,
  includes: readonly Include[],
  matches: readonly Row[],
): Promise<{ rows: Found[]; issues: Issue[] }> {
  const seen = new Set<string>();
  const rows: Found[] = [];
  let frontier = matches.map((row): Node => ({ ...foundRow(row, 'match'), keys: keysOfRow(row) }));
  for (const { type, id } of frontier) seen.add(`${type}/${id}`);
  // The first round is what is included without iterating.
  for (let round = 0; round <= limits.iterations && frontier.length > 0; round++) {
    const applied = round === 0 ? includes : includes.filter((one) => one.iterate);
    if (applied.length === 0) break;
    const wanted: Wanted = new Map();
    for (const include of applied) {
      if (include.reverse) addSources(at, include, frontier, wanted);
      else addTargets(at, include, frontier, wanted, seen);
    }
    const fetched = await fetchAll(at, wanted);
    frontier = fetched.filter(({ type, id }) => !seen.has(`${type}/${id}`));
    for (const one of frontier) {
      seen.add(`${one.type}/${one.id}`);
      if (rows.length === limits.included) return { rows, issues: [truncated] };
      const { keys: _, ...found } = one;
      rows.push(found);
    }
  }
  return { rows, issues: [] };
}

const truncated: Issue = {
  severity: 'warning',
  code: 'too-costly',
  diagnostics: `More than ${limits.included} resources would be included; the rest is left out`,
};

function want(wanted: Wanted, type: string, condition: Condition): void {
  const conditions = wanted.get(type) ?? [];
  conditions.push(condition);
  wanted.set(type, conditions);
}

/** `_include`: what the rows point to. */
function addTargets(
  at: At,
  { source, code, target }: Include,
  rows: readonly Node[],
  wanted: Wanted,
  seen: ReadonlySet<string>,
): void {
  const ids = new Map<string, Set<string>>();
  for (const row of rows) {
    if (source !== '*' && source !== row.type) continue;
    // A reference that is not shown is not followed either.
    const shows = admitting(at.grant, row.type, row, 's', 'r')?.projection?.parameters;
    if (shows && !shows.has(code)) continue;
    const codes = referenceCodes(at.definitions, row.type, code);
    for (const pointer of pointersOf(at.grant.tenant, row, codes, at)) {
      if ('text' in pointer) addCanonical(at, row.type, codes, pointer.text, target, wanted);
      else if ((target === null || target === pointer.type) && !seen.has(`${pointer.type}/${pointer.id}`))
        ids.set(pointer.type, (ids.get(pointer.type) ?? new Set()).add(pointer.id));
    }
  }
  for (const [type, some] of ids) want(wanted, type, { kind: 'ids', any: [...some] });
}

/** A canonical leads to whatever has it as its url. */
function addCanonical(
  { definitions, grant }: At,
  type: string,
  codes: readonly string[],
  text: string,
  target: string | null,
  wanted: Wanted,
): void {
  const [url = ''] = text.split('|');
  const targets = new Set(codes.flatMap((code) => searchParameter(definitions, type, code)?.target ?? []));
  for (const one of targets) {
    if (target !== null && target !== one) continue;
    if (searchParameter(definitions, one, 'url'))
      want(wanted, one, keys([key(grant.tenant, one, 'url', 'u', url)], true));
  }
}

/** `_revinclude`: what points to the rows. */
function addSources(at: At, { source, code, target }: Include, rows: readonly Node[], wanted: Wanted): void {
  const { definitions, grant } = at;
  const isMeant = (type: string): boolean => grant.types.has(type) && !isWrittenByServer(type);
  const sources = source === '*' ? resourceTypes.filter(isMeant) : [source];
  for (const type of sources) {
    // Whoever searches what points here needs to be allowed to search it.
    const [searched, read] = [Scan.of(grant, type, 's')?.seeing([code]), Scan.of(grant, type, 'r')?.seeing([code])];
    if (!searched || !read) continue;
    const whole = Scan.of(grant, type, 'r');
    // What is read is the whole of what may be read: of that, the rows that show where they point, and may be searched.
    const gates = [searched, read].filter((scan) => !whole || !scan.covers(whole));
    const covered = gates.map((scan) => written(({ statement, row }) => scan.gate(statement, row)));
    for (const one of referenceCodes(definitions, type, code)) {
      const parameter = searchParameter(definitions, type, one);
      if (!parameter) continue;
      const reachable = (to: string): boolean => parameter.target.length === 0 || parameter.target.includes(to);
      const pointers: Pointer[] = rows.filter((row) => reachable(row.type) && (target === null || target === row.type));
      if (pointers.length === 0) continue;
      const pointing = pointingTo({ ...at, tenant: grant.tenant, type, parameter, name: code }, pointers);
      want(wanted, type, covered.length > 0 ? allOf([pointing, ...covered]) : pointing);
    }
  }
}

/** One statement for everything that a round adds. */
async function fetchAll({ grant, on }: At, wanted: Wanted): Promise<Node[]> {
  const statement = new Statement(grant.tenant);
  const limit = statement.bind(limits.included + 1, 'int');
  const arms: string[] = [];
  for (const [type, conditions] of wanted) {
    const scan = Scan.of(grant, type, 'r');
    if (scan)
      arms.push(`(select ${columnsOf('r', true)} ${scan.from(statement, 'r', [joined(conditions)])} limit ${limit})`);
  }
  if (arms.length === 0) return [];
  const text = `select * from (${arms.join(' union all ')}) u order by type, id limit ${limit}`;
  const rows = await on.query(text, statement.params);
  return rows.map((row) => ({ ...foundRow(row, 'include'), keys: keysOfRow(row) }));
}

/** An OR in which keys are one list, for an index is asked once for all of them. */
function joined(conditions: readonly Condition[]): Condition {
  const held = conditions.flatMap((one) => (one.kind === 'keys' ? one.any : []));
  const rest = conditions.filter((one) => one.kind !== 'keys');
  return anyOf(held.length === 0 ? rest : [...rest, keys(held, true)]);
}
