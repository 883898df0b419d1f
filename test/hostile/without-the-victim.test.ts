import { afterAll, beforeAll, expect, test } from 'vitest';

import { trapResources, victim } from './trap-resources.ts';
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

/** Types that the two records have. */
const types = [...new Set(trapResources.map(({ resourceType }) => resourceType))];

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

async function answersOf(world: TrapWorld, who: Who, urls: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (let at = 0; at < urls.length; at += 500) {
    const entry = urls.slice(at, at + 500).map((url) => ({ request: { method: 'GET', url } }));
    const sent = {
      body: { resourceType: 'Bundle', type: 'batch', entry },
      known: 'B-77 F32.2 F11.20 44261-6 Zyxworth 1961-03-09 +1-555-0177',
    };
    const answer = await world.ask(who, 'POST', '', sent);
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
    const answered = JSON.parse(timeless(answer.text, world)) as Answered; // the server's own Bundle
    all.push(...answered.entry.map((one) => JSON.stringify(one)));
  }
  return all;
}

async function alike(who: Who, one: TrapWorld, other: TrapWorld): Promise<void> {
  const metadata = await one.ask('none', 'GET', 'metadata');
  const { rest } = JSON.parse(metadata.text) as { rest: { resource: Served[] }[] };
  const served = rest[0]?.resource.filter(({ type }) => types.includes(type)) ?? [];
  const urls = [...new Set(served.flatMap((each) => [...searchesOf(each)]))];
  const [answers, others] = [await answersOf(one, who, urls), await answersOf(other, who, urls)];
  const differing = urls.filter((_, place) => answers[place] !== others[place]);
  expect(differing.map((url) => [url, answers[urls.indexOf(url)], others[urls.indexOf(url)]])).toEqual([]);
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
