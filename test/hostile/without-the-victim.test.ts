import { afterAll, beforeAll, expect, test } from 'vitest';

import { attacker, trapResources, victim } from './trap-resources.ts';
import { type TrapWorld, trapWorld, type Who } from './trap-world.ts';

/** The world, the same without the record of the victim, and the same with Patients alone. */
let whole: TrapWorld;
let without: TrapWorld;
let patientsOnly: TrapWorld;

beforeAll(async () => {
  [whole, without, patientsOnly] = await Promise.all([
    trapWorld(),
    trapWorld(
      {},
      trapResources.filter((one) => !victim.includes(one)),
    ),
    trapWorld(
      {},
      trapResources.filter(({ resourceType }) => resourceType === 'Patient'),
    ),
  ]);
});
afterAll(() => Promise.all([whole?.close(), without?.close(), patientsOnly?.close()]));

type Parameter = { name: string; type: string };
type Served = { type: string; searchParam?: Parameter[]; searchInclude?: string[]; searchRevInclude?: string[] };

/**
 * Types that the two records have. What the ledger says of each request differs from the next, in either world:
 * ledger.test.ts is about that.
 */
const types = [...new Set(trapResources.map(({ resourceType }) => resourceType))].filter(
  (type) => type !== 'AuditEvent',
);

/** What the victim's record would be found by. */
const values: Record<string, readonly string[]> = {
  token: ['F32.2', '44261-6', 'F11.20', 'B-77', 'http://h.example/mrn|B-77'],
  string: ['Zyx'],
  date: ['1961-03-09', 'lt2100'],
  reference: ['Patient/pb', 'Observation/ob1', 'Encounter/eb2', 'Condition/cb1', 'Device/dv1'],
  quantity: ['21'],
  composite: ['44261-6$21', '44261-6$gt20'],
};

const behind = [
  'Patient.family=Zyx',
  'Patient.birthdate=1961-03-09',
  'Patient.identifier=B-77',
  'Observation.code=44261-6',
  'Condition.code=F32.2',
  'Encounter.reason-code=F32.2',
  'Device.device-name=Zyxworth',
  'Patient._has:Condition:patient:code=F32.2',
];

/** Every search parameter, chain, include and sort of a type, asked for what the victim has. */
function* searchesOf({ type, searchParam = [], searchInclude = [], searchRevInclude = [] }: Served): Generator<string> {
  for (const { name, type: kind } of searchParam) {
    for (const value of values[kind] ?? []) yield `${type}?${name}=${encodeURIComponent(value)}`;
    yield `${type}?${name}:missing=false&_total=accurate`;
    yield `${type}?_sort=${name}`;
    if (kind === 'token') yield `${type}?${name}:not=F32.2`;
    if (kind !== 'reference') continue;
    yield `${type}?${name}:identifier=B-77`;
    for (const next of behind) yield `${type}?${name}:${next}`;
    for (const source of types) yield `${source}?_has:${type}:${name}:_id=ob1,cb1,eb2,mb1,db1,clb1,qb1,apb,xb,dv1,g1`;
  }
  for (const one of searchInclude) yield `${type}?_include=${one}&_include:iterate=*:*`;
  for (const one of searchRevInclude) yield `${type}?_revinclude=${one}`;
  yield `${type}?_content=Zyxworth`;
  yield `${type}/_history?_count=100`;
  for (const place of ['Patient/pb', 'Encounter/eb2', 'Device/dv1', 'Practitioner/pr1']) yield `${place}/${type}`;
}

/** What an answer says, but for where and when. */
const timeless = (text: string, world: TrapWorld): string =>
  text
    .replaceAll(world.server.origin, '')
    .replace(/"(lastUpdated|lastModified)":"[^"]*"/g, '"$1":""')
    .replace(/_cursor=[\w-]+/g, '_cursor');

type Answered = { entry: { response: { status: string } }[] };

/** Ids of the server's making. */
const made = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Of the writes, this part is tried in transactions of their own. */
const EVERY = 100;

/** The asker has sent all of it himself. */
const known = 'B-77 F32.2 F11.20 44261-6 Zyxworth 1961-03-09 +1-555-0177';

type Asked = { resource?: object; request: { method: string; url: string; ifNoneExist?: string; ifMatch?: string } };

async function answersOf(world: TrapWorld, who: Who, asked: readonly Asked[]): Promise<string[]> {
  const all: string[] = [];
  for (let at = 0; at < asked.length; at += 500) {
    const entry = asked.slice(at, at + 500);
    const sent = {
      body: { resourceType: 'Bundle', type: 'batch', entry },
      known,
    };
    const answer = await world.ask(who, 'POST', '', sent);
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
    const answered = JSON.parse(timeless(answer.text, world)) as Answered; // the server's own Bundle
    all.push(...answered.entry.map((one) => JSON.stringify(one)));
  }
  return all;
}

async function servedBy(world: TrapWorld): Promise<Served[]> {
  const metadata = await world.ask('none', 'GET', 'metadata');
  const { rest } = JSON.parse(metadata.text) as { rest: { resource: Served[] }[] };
  return rest[0]?.resource.filter(({ type }) => types.includes(type)) ?? [];
}

/** Two answers to each request, where they differ. */
function differing(asked: readonly Asked[], one: readonly string[], other: readonly string[]): unknown[] {
  return asked.flatMap(({ request }, place) =>
    one[place] === other[place] ? [] : [[request, one[place], other[place]]],
  );
}

async function alike(who: Who, one: TrapWorld, other: TrapWorld): Promise<void> {
  const served = await servedBy(one);
  const urls = [...new Set(served.flatMap((each) => [...searchesOf(each)]))].filter(
    (url) => !url.includes('AuditEvent'),
  );
  const asked = urls.map((url) => ({ request: { method: 'GET', url } }));
  const [answers, others] = [await answersOf(one, who, asked), await answersOf(other, who, asked)];
  expect(differing(asked, answers, others)).toEqual([]);
  // They are searches that find the victim: whoever may see both records is answered in two ways.
  const some = asked.filter((_, place) => place % 20 === 0);
  const [seen, unseen] = [await answersOf(one, 'P', some), await answersOf(other, 'P', some)];
  expect(differing(some, seen, unseen).length).toBeGreaterThan(some.length / 10);
  const good = answers.filter((text) => text.includes('"status":"200'));
  console.log(`${urls.length} searches by ${who}, ${good.length} of them answered, the rest refused`);
  expect(urls.length).toBeGreaterThan(1000);
}

test('A-10 A-11 no search of A is answered in another way because B is there', { timeout: 60_000 }, () =>
  alike('A', whole, without),
);

test(
  'A-12 no search by who may see Patients alone is answered in another way because there is more',
  { timeout: 60_000 },
  () => alike('S', whole, patientsOnly),
);

/** Every conditional write of a type that asks for what the victim has, and writes of the victim's ids. */
function* writesOf({ type, searchParam = [] }: Served): Generator<Asked> {
  const own = attacker.find(({ resourceType }) => resourceType === type);
  const { id: _, ...resource } = own ?? { resourceType: type, id: '' };
  const criteria = searchParam.flatMap(({ name, type: kind }) => [
    ...(values[kind] ?? [])
      .filter((value) => value !== 'lt2100')
      .map((value) => `${name}=${encodeURIComponent(value)}`),
    ...(kind === 'reference' ? behind.map((next) => `${name}:${next}`) : []),
  ]);
  for (const one of criteria) {
    yield { resource, request: { method: 'POST', url: type, ifNoneExist: one } };
    yield { resource, request: { method: 'PUT', url: `${type}?${one}` } };
    yield { resource: noPatch, request: { method: 'PATCH', url: `${type}?${one}` } };
    yield { request: { method: 'DELETE', url: `${type}?${one}` } };
  }
  for (const { id } of victim.filter(({ resourceType }) => resourceType === type)) {
    yield { resource: { ...resource, id }, request: { method: 'PUT', url: `${type}/${id}` } };
    yield { resource: noPatch, request: { method: 'PATCH', url: `${type}/${id}` } };
    yield { request: { method: 'DELETE', url: `${type}/${id}` } };
  }
}

const noPatch = {
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from('[{"op":"test","path":"/id","value":"x"}]').toString('base64'),
};

test('A-21 A-22 no write of A is answered in another way because B is there', { timeout: 60_000 }, async () => {
  const all = (await servedBy(whole)).flatMap((served) => [...writesOf(served)]);
  // Entries of a batch run beside each other: what finds a row of A's own must not change it under the others.
  const asked = all.map(({ resource, request }) => ({
    resource,
    request: ['PUT', 'DELETE'].includes(request.method) ? { ...request, ifMatch: 'W/"99"' } : request,
  }));
  const written = async (world: TrapWorld): Promise<string[]> =>
    (await answersOf(world, 'A', asked)).map((text) => text.replace(made, 'made'));
  const state = async (): Promise<unknown> =>
    whole.server.database.query(`select type, id, version from resource where patient = 'pb' order by 1, 2`);
  const before = await state();
  const [answers, others] = [await written(whole), await written(without)];
  expect(differing(asked, answers, others)).toEqual([]);
  expect(await state()).toEqual(before);
  const done = answers.filter((text) => /"status":"20/.test(text));
  console.log(`${asked.length} writes by A, ${done.length} of them done, the rest refused`);
  expect(done.length).toBeGreaterThan(100);
});

test('A-20 A-22 no transaction of A is answered in another way because B is there', { timeout: 60_000 }, async () => {
  const all = (await servedBy(whole)).flatMap((served) => [...writesOf(served)]);
  const written = all.filter(({ request }, place) => !request.url.includes('?') || place % EVERY === 0);
  // And references that a search must resolve.
  const { id: _, ...own } = attacker.find(({ id }) => id === 'oa1') ?? { id: '' };
  const resolving = [
    'Patient?identifier=B-77',
    'Patient?family=Zyx',
    'Observation?code=44261-6',
    'Condition?code=F32.2',
    'Encounter?reason-code=F32.2',
  ];
  const referring = resolving.map((reference) => ({
    resource: { ...own, focus: [{ reference }] },
    request: { method: 'POST', url: 'Observation' },
  }));
  const asked: Asked[] = [...written, ...referring];
  const answers = async (world: TrapWorld): Promise<string[]> => {
    const texts: string[] = [];
    for (const one of asked) {
      const sent = { body: { resourceType: 'Bundle', type: 'transaction', entry: [one] }, known };
      const answer = await world.ask('A', 'POST', '', sent);
      texts.push(`${answer.status} ${timeless(answer.text, world).replace(made, 'made')}`);
    }
    return texts;
  };
  const [one, other] = [await answers(whole), await answers(without)];
  expect(differing(asked, one, other)).toEqual([]);
});
