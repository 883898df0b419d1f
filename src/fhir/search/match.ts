import type { Queryable } from '../../db/database.ts';
import { allows, type Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, invalid, ok, type Result } from '../outcome.ts';
import { isResourceType } from '../resources.ts';
import type { Condition } from './condition.ts';
import { conditionOf, isKnown, unknownParameter } from './criteria.ts';
import { parse, parsePairs } from './parse.ts';
import { Scan } from './scan.ts';
import { codesOf, seeing } from './seeing.ts';
import { Statement } from './statement.ts';

/** A resource that criteria select. */
export type Match = { id: string; version: number };

/**
 * The resources of a type that the criteria of a conditional interaction select, among those the grant covers: at most two, for
 * one is a match and two are too many.
 *
 * @param on the transaction that acts on what is found
 * @returns 400 for criteria that are empty or not understood: none may be ignored here; 403 for a type that may not be searched
 */
export async function match(
  context: FhirContext,
  grant: Grant,
  type: string,
  query: string,
  on: Queryable = context.database,
): Promise<Result<Match[]>> {
  const conditions = await criteria(context, grant, type, query, on);
  if (!conditions.ok) return conditions;
  return ok(await select(conditions.value, on));
}

type Selection = { scan: Scan; conditions: readonly Condition[] };

async function criteria(
  context: FhirContext,
  grant: Grant,
  type: string,
  query: string,
  on: Queryable,
): Promise<Result<Selection>> {
  const { definitions } = context;
  if (!isResourceType(type)) return invalid(`${JSON.stringify(type.slice(0, 100))} is not a resource type`);
  const scan = allows(grant, type, 's') ? Scan.of(grant, type, 's') : null;
  if (!scan) return forbidden(`Your access does not cover searching ${type}`);
  const pairs = parsePairs(query.startsWith('?') ? query.slice(1) : query);
  if (!pairs.ok) return pairs;
  const request = parse(pairs.value);
  if (!request.ok) return request;
  if (request.value.criteria.length === 0 || request.value.warnings.length > 0)
    return invalid(`${type}?${query.slice(0, 200)} does not say which resource is meant`);
  const conditions: Condition[] = [];
  for (const { criterion, pair } of request.value.criteria) {
    if (!isKnown(definitions, type, criterion)) return unknownParameter(type, pair.name);
    const asking = { grant, on, definitions, type, base: '', now: context.now() };
    const condition = await conditionOf(asking, criterion);
    if (!condition.ok) return condition;
    conditions.push(condition.value);
  }
  const shown = seeing(
    scan,
    request.value.criteria.flatMap(({ criterion }) => codesOf(criterion)),
  );
  return shown.ok ? ok({ scan: shown.value, conditions }) : shown;
}

async function select({ scan, conditions }: Selection, on: Queryable): Promise<Match[]> {
  const statement = new Statement(scan.grant.tenant);
  const rows = await on.query(
    `select r.id, r.version ${scan.from(statement, 'r', conditions)} limit 2`,
    statement.params,
  );
  // The select list fixes the shape of the rows.
  return rows.map(([id, version]) => ({ id: id as string, version: version as number }));
}

/**
 * As `match`, for many criteria at once. Those that are one key, as `identifier=system|value` is, take one statement for each
 * type; others one each.
 */
export async function matchMany(
  context: FhirContext,
  grant: Grant,
  asked: readonly { type: string; query: string }[],
  on: Queryable = context.database,
): Promise<Result<Match[]>[]> {
  const results = new Array<Result<Match[]>>(asked.length);
  const byType = new Map<string, { scan: Scan; keys: Map<number, number[]> }>();
  for (const [at, { type, query }] of asked.entries()) {
    const selection = await criteria(context, grant, type, query, on);
    if (!selection.ok) {
      results[at] = selection;
      continue;
    }
    const { scan, conditions } = selection.value;
    const key = soleKey(conditions);
    if (key === null) {
      results[at] = ok(await select(selection.value, on));
      continue;
    }
    const batch = byType.get(type) ?? { scan, keys: new Map<number, number[]>() };
    byType.set(type, batch);
    batch.keys.set(key, [...(batch.keys.get(key) ?? []), at]);
  }
  for (const { scan, keys } of byType.values()) await selectByKeys(scan, keys, on, results);
  return results;
}

function soleKey(conditions: readonly Condition[]): number | null {
  const [only] = conditions;
  if (conditions.length !== 1 || only?.kind !== 'keys' || only.any.length !== 1) return null;
  return only.any[0] ?? null;
}

async function selectByKeys(
  scan: Scan,
  keys: ReadonlyMap<number, readonly number[]>,
  on: Queryable,
  results: Result<Match[]>[],
): Promise<void> {
  const statement = new Statement(scan.grant.tenant);
  const list = statement.bind([...keys.keys()], 'bigint[]');
  const text =
    `select c.key, m.id, m.version from unnest(${list}) c(key), lateral` +
    ` (select r.id, r.version ${scan.from(statement, 'r', [])} and r.keys @> array[c.key] limit 2) m`;
  for (const places of keys.values()) for (const at of places) results[at] = ok([]);
  const rows = await on.query(text, statement.params);
  // bigint comes as text; the select list fixes the shape of the rows.
  for (const [key, id, version] of rows as [string, string, number][]) {
    for (const at of keys.get(Number(key)) ?? []) {
      const found = results[at];
      if (found?.ok) found.value.push({ id, version });
    }
  }
}
