import { afterAll, beforeAll, expect, test } from 'vitest';

import { callerOf } from '../../../test/support/caller.ts';
import { naiveSearch } from '../../../test/support/naive-search.ts';
import { random, randomQuery } from '../../../test/support/search-queries.ts';
import { resources as plain } from '../../../test/support/search-resources.ts';
import { type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import {
  type DataPeriod,
  type Denial,
  everyRow,
  type Grant,
  type Interaction,
  type Rows,
  type Rule,
} from '../access.ts';
import type { Resource } from '../context.ts';
import { release } from '../store/release.ts';
import { escaped } from './escape.ts';
import { labelBit } from './labels.ts';
import { createPredicates, type PredicateOf } from './predicate.ts';
import { tokenParameters } from './token-parameters.ts';
import { tokenValues } from './token-values.ts';

const seed = Number(process.env.PORTICO_SEED ?? Date.now() % 1_000_000);
const cases = Number(process.env.PORTICO_CASES ?? 300);
const perGrant = 12;
const reading: ReadonlySet<Interaction> = new Set(['r', 's']);

let world: SearchWorld;
let predicateOf: PredicateOf;
/** The texts as they are stored, by `Type/id`. */
const stored = new Map<string, string>();

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
  const everything = await world.database.query('select content from resource where tenant = 1');
  for (const [content] of everything) stored.set(nameOf(JSON.parse(String(content)) as Resource), String(content));
  predicateOf = createPredicates(world.context.definitions);
}, 120_000);

afterAll(() => world.close());

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const sensitivity = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Every third is restricted, every ninth about psychiatry as well. */
const resources = plain.map((one, at): Resource => {
  if (at % 3 !== 0) return one;
  const more = at % 9 === 0 ? [{ system: sensitivity, code: 'PSY' }] : [];
  return { ...one, meta: { ...(one.meta as object), security: [{ system: confidentiality, code: 'R' }, ...more] } };
});

type Next = ReturnType<typeof random>;

const pick = <T>(next: Next, list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
const types = [...new Set(resources.map(({ resourceType }) => resourceType))];
const ofType = (type: string): Resource[] => resources.filter(({ resourceType }) => resourceType === type);
const nameOf = ({ resourceType, id }: { resourceType: string; id?: string }): string => `${resourceType}/${id}`;

/** A parameter and the token that some resource of the type has, as it is searched for. */
function demand(next: Next, type: string): string | null {
  const resource = pick(next, ofType(type));
  if (!resource) return null;
  const found = [...tokenValues(world.context.definitions, type)(resource)].flatMap(([code, values]) =>
    tokenParameters(type).has(code) ? values.map((value) => ({ name: code, ...value })) : [],
  );
  const one = pick(next, found);
  if (!one) return null;
  const system = escaped(one.system);
  // A system that its value set implies is not known to the plain reading.
  if (one.code !== null && !JSON.stringify(resource).includes(`"${one.system}"`))
    return `${one.name}=${escaped(one.code)}`;
  if (one.code === null) return `${one.name}=${system}|`;
  const code = escaped(one.code);
  const forms = [code, `${system}|${code}`, `${code},nothing`, ...(system ? [`${system}|`] : [])];
  return `${one.name}=${pick(next, forms)}`;
}

const restricted = labelBit(confidentiality, 'R');
const psychiatry = labelBit(sensitivity, 'PSY');

/** When a row is from by its columns, which a row that is stored has got from the same resource. */
function periodOf(next: Next): DataPeriod {
  const start = Date.UTC(2018 + Math.floor(next() * 8), Math.floor(next() * 12), 1);
  const end = start + next() * 3 * 365 * 24 * 3_600_000;
  const within = (one: Resource): boolean => {
    const { dateStart, dateEnd } = world.context.index(1, one);
    const updated = Date.parse(String((one.meta as { lastUpdated?: string } | undefined)?.lastUpdated));
    return (dateStart ?? updated) < end && (dateEnd ?? updated) > start;
  };
  return { start, end, holds: (content) => content !== '' && within(JSON.parse(content) as Resource) };
}

/** Some rows of a type, and which resources those are by a plain reading. */
function rowsOf(next: Next, type: string): { rows: Rows; meant: Set<Resource> } {
  const demands = [demand(next, type), next() < 0.3 ? demand(next, type) : null].filter((one) => one !== null);
  const ids = next() < 0.2 ? ofType(type).flatMap(({ id }) => (next() < 0.5 && id ? [id] : [])) : null;
  const patients = next() < 0.3 ? ['p1', 'p3'] : 'all';
  const text = demands.map((one) => one.split('=').map(encodeURIComponent).join('=')).join('&');
  const where = text === '' ? null : predicateOf(1, type, text);
  if (text !== '' && !where) throw new Error(`${type}.rs?${text} is no scope`);
  const period = next() < 0.2 ? periodOf(next) : null;
  const without = next() < 0.3 ? restricted : 0;
  const having = next() < 0.1 ? psychiatry : 0;
  const asked = new Set(
    text === '' ? ofType(type).map(({ id }) => id) : naiveSearch(resources, type, demands.join('&')).ids,
  );
  const records = (['any', 'any', 'any', 'any', 'one', 'none'] as const)[Math.floor(next() * 6)] ?? 'any';
  const meant = new Set<Resource>();
  for (const one of ofType(type)) {
    const row = world.context.index(1, one);
    const theirs = [row.patient, ...(row.patients ?? [])].some((id) => id !== null && patients.includes(id));
    const labelled = (row.labels & without) === 0 && (having === 0 || (row.labels & having) !== 0);
    const dated = period === null || period.holds(stored.get(nameOf(one)) ?? '');
    if (
      asked.has(one.id) &&
      (patients === 'all' || theirs) &&
      !(records !== 'any' && row.patients !== null) &&
      !(records === 'none' && row.patient !== null) &&
      (ids?.includes(one.id ?? '') ?? true) &&
      labelled &&
      dated
    )
      meant.add(one);
  }
  return { rows: { patients, records, ids, where, period, without, having }, meant };
}

type Covered = { rules: Rule[]; denials: Denial[]; covered: Resource[] };

/** Some rules and denials of a type, and the resources that are covered by a plain reading of them. */
function rulesOf(next: Next, type: string): Covered {
  const rules: Rule[] = [];
  const denials: Denial[] = [];
  const covered = new Set<Resource>();
  for (let at = 0; at <= Math.floor(next() * 3); at++) {
    const { rows, meant } = rowsOf(next, type);
    rules.push({ ...everyRow(reading), ...rows });
    for (const one of meant) covered.add(one);
  }
  for (let at = 0; at < Math.floor(next() * 2.5); at++) {
    const denied = rowsOf(next, type);
    const except = next() < 0.5 ? [rowsOf(next, type)] : [];
    denials.push({ ...denied.rows, except: except.map(({ rows }) => rows) });
    for (const one of denied.meant) if (!except.some(({ meant }) => meant.has(one))) covered.delete(one);
  }
  return { rules, denials, covered: [...covered] };
}

function randomGrant(next: Next, at: number): { grant: Grant; covered: Resource[] } {
  const all = types.map((type) => ({ type, ...rulesOf(next, type) }));
  return {
    grant: {
      tenant: 1,
      caller: callerOf(),
      types: new Map(all.map(({ type, rules }) => [type, rules])),
      denials: new Map(all.flatMap(({ type, denials }) => (denials.length > 0 ? [[type, denials]] : []))),
      forbiddenLabels: 0,
      basis: [],
      hash: `random ${at}`,
    },
    covered: all.flatMap((one) => one.covered),
  };
}

const encoded = (query: string): string =>
  query
    .split('&')
    .map((part) => part.split('=').map(encodeURIComponent))
    .map(([name = '', ...value]) => `${name.replaceAll('%3A', ':')}=${value.join('%3D')}`)
    .join('&');

test(`A-13 ${cases} random searches under random granular scopes, and with rows that are held back, find what they would if there were nothing else (seed ${seed})`, async () => {
  const next = random(seed);
  let [found, hidden] = [0, 0];
  for (let at = 0; at < cases / perGrant; at++) {
    const { grant, covered } = randomGrant(next, at);
    const may = new Set(covered.map(nameOf));
    for (let one = 0; one < perGrant; one++) {
      const { type, query } = randomQuery(next, resources);
      const where = `${type}?${encoded(query)}&_count=1000&_total=accurate`;
      const scopes = grant.types.get(type)?.map(({ where: asked, period, ...rows }) => [rows, asked?.text, period]);
      const label = `${where} (seed ${seed}, grant ${at}: ${JSON.stringify(scopes)})`;
      const expected = naiveSearch(covered, type, query, world.context.now()).ids.sort();
      const page = await world.ask(where, grant);
      if (!('found' in page)) throw new Error(`${label}: ${page.issues[0]?.diagnostics}`);
      expect(page.found.map(({ id }) => id).sort(), label).toEqual(expected);
      expect(page.total, label).toBe(expected.length);
      const counted = await world.ask(`${type}?${encoded(query)}&_summary=count`, grant);
      expect('found' in counted && counted.total, label).toBe(expected.length);
      if (expected.length > 0) found++;
      if (naiveSearch(resources, type, query, world.context.now()).ids.length > expected.length) hidden++;
      const around = await world.ask(
        `${where}&_include=*&_include:iterate=*&_revinclude=*&_revinclude:iterate=*`,
        grant,
      );
      if (!('found' in around)) throw new Error(`${label}: ${around.issues[0]?.diagnostics}`);
      const shown = release(grant, around.found, ({ mode }) => (mode === 'match' ? 's' : 'r'));
      expect(shown.length, label).toBe(around.found.length);
      expect(
        shown.map((row) => nameOf({ resourceType: row.type, id: row.id })).filter((name) => !may.has(name)),
      ).toEqual([]);
    }
  }
  // Where nothing is found, or nothing hidden, nothing is shown by it.
  expect(found).toBeGreaterThan(cases / 10);
  expect(hidden).toBeGreaterThan(cases / 10);
}, 300_000);

test('every token parameter of every type has a program that finds its tokens', () => {
  for (const type of world.context.definitions.types) {
    const found = tokenValues(world.context.definitions, type)({ resourceType: type, id: 'x' });
    expect(
      [...tokenParameters(type)].filter((code) => !found.has(code)),
      type,
    ).toEqual([]);
  }
});

test('what can be searched for and what may be read of a page by its cursor is the same', async () => {
  const where = predicateOf(1, 'Observation', 'status=final');
  if (!where) throw new Error('status is a token parameter');
  const grant: Grant = {
    tenant: 1,
    caller: callerOf(),
    types: new Map([['Observation', [{ ...everyRow(reading), where }]]]),
    denials: new Map(),
    forbiddenLabels: 0,
    basis: [],
    hash: 'final',
  };
  const expected = naiveSearch(resources, 'Observation', 'status=final').ids.sort();
  const seen: string[] = [];
  let query: string | undefined = 'Observation?_count=2&_sort=_id';
  while (query !== undefined) {
    const page = await world.ask(query, grant);
    if (!('found' in page)) throw new Error(page.issues[0]?.diagnostics);
    seen.push(...page.found.map(({ id }) => id));
    query = page.next?.replace(/^.*\/R4\//, '');
  }
  expect(seen.sort()).toEqual(expected);
});

test('a row whose keys are those of what a scope names, and whose text is not, is not released', () => {
  const where = predicateOf(1, 'Observation', 'status=final');
  if (!where) throw new Error('status is a token parameter');
  const grant: Grant = {
    tenant: 1,
    caller: callerOf(),
    types: new Map([['Observation', [{ ...everyRow(reading), patients: ['p1'], where }]]]),
    denials: new Map(),
    forbiddenLabels: 0,
    basis: [],
    hash: 'final',
  };
  const row = (status: string, patient = 'p1') => ({
    type: 'Observation',
    id: status,
    content: JSON.stringify({ resourceType: 'Observation', status }),
    patient,
    patients: null,
    labels: 0,
  });
  expect(release(grant, [row('final'), row('amended')], 's').map(({ id }) => id)).toEqual(['final']);
  expect(() => release(grant, [row('final', 'p2')], 's')).toThrow(/outside its grant/);
});
