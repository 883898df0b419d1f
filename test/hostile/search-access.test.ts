import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Answer, bundleOf, found, indist, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
const get = (path: string): Promise<Answer> => world.ask('A', 'GET', path);

beforeAll(async () => {
  world = await trapWorld();
});
afterAll(() => world.close());

const victims = /\/(pb|ob1|cb1|cb2|mb1|db1|bb1|clb1|qb1|apb|eb1|eb2|dv1|xb|g1|prov1|ta)\b/;

/** Two searches, of which one would match if hidden rows counted, are answered alike. */
async function alike(path: string, other: string, ids: readonly string[]): Promise<void> {
  const [one, two] = [await get(path), await get(other)];
  expect(one.status, `${path}: ${one.text}`).toBe(200);
  expect(found(one), path).toEqual([]);
  const encoded = [...ids, ...ids.map(encodeURIComponent)].sort((a, b) => b.length - a.length);
  // The ids differ in length, and so do the links that repeat them.
  for (const answer of [one, two]) delete answer.headers['content-length'];
  indist(one, two, encoded);
}

test.each([
  ['Observation?subject=Patient/pb', 'Observation?subject=Patient/zz'],
  ['Observation?patient=pb', 'Observation?patient=zz'],
  ['Observation?subject:Patient=pb', 'Observation?subject:Patient=zz'],
  ['Observation?patient.identifier=B-77', 'Observation?patient.identifier=Z-99'],
  [
    'Observation?subject:identifier=http://h.example/mrn%7CB-77',
    'Observation?subject:identifier=http://h.example/mrn%7CZ-99',
  ],
  ['Observation?_id=ob1', 'Observation?_id=zz1'],
  ['Observation?_has:Provenance:target:_id=prov1', 'Observation?_has:Provenance:target:_id=zz1'],
])('A-04 %s finds what an unknown id finds', async (path, other) => {
  // Provenance is visible by its own compartment; nothing here is.
  if (path.includes('Provenance')) {
    expect(found(await get(path)).join(' ')).not.toMatch(victims);
    return;
  }
  await alike(path, other, ['pb', 'zz', 'B-77', 'Z-99', 'ob1', 'zz1']);
});

test('A-04 what is implanted in another is not in a list of devices', async () => {
  expect(found(await get('Device'))).toEqual(['Device/da']);
  expect(found(await get('Device?patient=pb'))).toEqual([]);
});

test('A-04 a list of ids finds the own ones, and counts those', async () => {
  expect(found(await get('Observation?_id=ob1,oa1'))).toEqual(['Observation/oa1']);
  expect(bundleOf(await get('Observation?_id=ob1,oa1&_total=accurate')).total).toBe(1);
  // It is no parameter of R4, so it is ignored and says so.
  expect(found(await get('Observation?_compartment=Patient/pb')).join(' ')).not.toMatch(victims);
});

test.each([
  'Observation?_id=oa-focus&_include=Observation:focus&_include=Observation:has-member&_include=Observation:device&_include=*',
  'Observation?_id=oa1&_include=Observation:device',
  'Communication?_id=ca&_include=*&_include:iterate=*',
  'List?_id=la&_include=List:item',
  'Coverage?_include=*',
  'Appointment?_include=Appointment:actor',
])('A-06 %s includes what may be seen', async (path) => {
  const names = found(await get(path));
  expect(names.length).toBeGreaterThan(0);
  expect(names.join(' ')).not.toMatch(victims);
});

test.each([
  'Encounter?_id=ea&_include=Encounter:part-of&_include:iterate=Encounter:subject&_include:iterate=Patient:link',
  'Patient?_id=pa&_include=Patient:link&_include:iterate=*',
  'Encounter?_id=ea&_include=*&_include:iterate=*&_revinclude:iterate=*',
])('A-07 %s goes no further than may be seen', async (path) => {
  expect(found(await get(path)).join(' ')).not.toMatch(victims);
});

test.each([
  'Patient?_id=pa&_revinclude=Observation:focus&_revinclude=Provenance:target&_revinclude=AuditEvent:patient&_revinclude=Group:member',
  'Patient?_id=pa&_revinclude=*',
  'Patient?_id=pa&_revinclude=Patient:link',
  'Observation?_revinclude=Provenance:target&_revinclude=Observation:has-member&_revinclude=List:item',
  'Practitioner?_id=pr1&_revinclude=*',
  'Organization?_revinclude=*&_revinclude:iterate=*',
])('A-08 %s adds what may be seen', async (path) => {
  const answer = await get(path);
  expect(answer.status, answer.text).toBe(200);
  expect(found(answer).join(' ')).not.toMatch(victims);
});

test('A-09 a page belongs to who asked for the one before', async () => {
  const first = await world.ask('B', 'GET', 'Condition?_count=1&_sort=code');
  const next = new URL(bundleOf(first).link?.find(({ relation }) => relation === 'next')?.url ?? '');
  const path = next.pathname + next.search;
  expect(found(await world.ask('B', 'GET', path))).toHaveLength(1);
  expect((await world.ask('A', 'GET', path)).status).toBe(404);
  expect((await world.ask('none', 'GET', path)).status).toBe(401);
  // What a page begins behind is a value of the record: it is not in the link.
  expect(Buffer.from(next.searchParams.get('_cursor') ?? '', 'base64url').toString()).not.toMatch(/F\d\d|cb\d/);
  const history = bundleOf(await world.ask('B', 'GET', '_history?_count=2')).link?.find(
    ({ relation }) => relation === 'next',
  );
  const behind = new URL(history?.url ?? '');
  expect([400, 404]).toContain((await world.ask('A', 'GET', behind.pathname + behind.search)).status);
  const everything = bundleOf(await world.ask('B', 'GET', 'Patient/pb/$everything?_count=2')).link?.find(
    ({ relation }) => relation === 'next',
  );
  const further = new URL(everything?.url ?? '');
  expect((await world.ask('A', 'GET', further.pathname + further.search)).status).toBe(404);
});

test.each([
  ['Observation?_id=oa-focus&focus:Patient.family=Zyx', 'Observation?_id=oa-focus&focus:Patient.family=Aaa'],
  ['Encounter?part-of.reason-code=F32.2', 'Encounter?part-of.reason-code=Z99.9'],
  ['Patient?link:Patient.birthdate=1961-03-09', 'Patient?link:Patient.birthdate=1931-03-09'],
  ['List?item:Observation.code=44261-6', 'List?item:Observation.code=99999-9'],
  ['Communication?subject:Patient.link:Patient.family=Zyx', 'Communication?subject:Patient.link:Patient.family=Aaa'],
])('A-10 %s does not tell what is behind a link', async (path, other) => {
  await alike(path, other, ['Zyx', 'Aaa', 'F32.2', 'Z99.9', '1961-03-09', '1931-03-09', '44261-6', '99999-9']);
});

test('A-10 tasks, which are no part of the record but for what somebody asked for themself, are not searched through', async () => {
  for (const path of ['Task?focus:Condition.code=F32.2', 'Task?focus:Condition.code=Z99.9', 'Task', 'Task/_history']) {
    const answer = await get(path);
    expect([path, answer.status, found(answer)]).toEqual([path, 200, []]);
  }
  indist(await get('Task/ta'), await get('Task/zz'), ['ta', 'zz']);
});

test.each([
  ['Patient?_has:Observation:focus:code=8867-4', 'Patient?_has:Observation:focus:code=0000-0'],
  ['Patient?_has:Observation:focus:code=44261-6', 'Patient?_has:Observation:focus:code=99999-9'],
  [
    'Patient?_has:Observation:patient:code-value-quantity=44261-6$gt20',
    'Patient?_has:Observation:patient:code-value-quantity=99999-9$gt20',
  ],
  [
    'Organization?_has:Encounter:service-provider:reason-code=F32.2',
    'Organization?_has:Encounter:service-provider:reason-code=Z99.9',
  ],
  [
    'Practitioner?_has:Patient:general-practitioner:family=Zyx',
    'Practitioner?_has:Patient:general-practitioner:family=Aaa',
  ],
  ['Practitioner?_has:Observation:performer:code=44261-6', 'Practitioner?_has:Observation:performer:code=99999-9'],
])('A-11 %s does not tell what points here', async (path, other) => {
  await alike(path, other, ['Zyx', 'Aaa', 'F32.2', 'Z99.9', '44261-6', '99999-9', '8867-4', '0000-0']);
});

test.each([
  'Patient?_has:Condition:patient:code=F11.20',
  'Patient?general-practitioner.name=x',
  'Patient?_filter=general-practitioner.name eq x',
  'Patient?_list=la',
  'Condition?code=F32.2',
  '?_type=Patient,Condition',
])('A-12 %s needs a type that was not granted, and is refused', async (path) => {
  expect((await world.ask('S', 'GET', encodeURI(path))).status).toBe(403);
});

test('A-12 an include of a type that was not granted adds nothing', async () => {
  const answer = await world.server.fetch('Patient?_id=pa&_revinclude=*&_include=*', {
    headers: { authorization: `Bearer ${world.tokens.S}` },
  });
  expect(await answer.text()).not.toMatch(/"(Observation|Practitioner|Coverage)"/);
});

test.each(['_total=accurate', '_total=estimate', '_summary=count', '_count=0'])(
  'A-14 with %s only what may be seen is counted',
  async (how) => {
    expect(bundleOf(await get(`Condition?code=F32.2&${how}`)).total).toBe(0);
    expect(bundleOf(await get(`Condition?${how}`)).total).toBe(0);
    expect(bundleOf(await get(`Observation?${how}`)).total).toBe(3);
  },
);

test.each([
  ['Patient?_filter=family%20eq%20%22Zyxworth%22', 'Patient?_filter=family%20eq%20%22Aaaaaaaa%22'],
  ['Patient?_content=Zyxworth', 'Patient?_content=Aaaaaaaa'],
  ['Patient?_text=Zyxworth', 'Patient?_text=Aaaaaaaa'],
  ['QuestionnaireResponse?_content=bullied', 'QuestionnaireResponse?_content=Aaaaaaa'],
])('A-16 %s searches what may be seen', async (path, other) => {
  await alike(path, other, ['Zyxworth', 'Aaaaaaaa', 'Aaaaaaa', 'bullied']);
});

test('A-16 lists, value sets and named queries give nothing that is hidden', async () => {
  expect(found(await get('Observation?_list=la'))).toEqual(['Observation/oa1']);
  expect((await get('Patient?_query=everything')).text).not.toContain('Zyx');
  const hiddenList = await world.ask('system', 'PUT', 'List/lb', {
    body: {
      resourceType: 'List',
      id: 'lb',
      status: 'current',
      mode: 'working',
      subject: { reference: 'Patient/pb' },
      entry: [{ item: { reference: 'Observation/oa1' } }],
    },
  });
  expect(hiddenList.status).toBe(201);
  await alike('Observation?_list=lb', 'Observation?_list=zz', ['lb', 'zz']);
  await alike(
    'Patient?_filter=link%20re%20Patient/pb%20and%20family%20eq%20Zyx',
    'Patient?_filter=link%20re%20Patient/pb%20and%20family%20eq%20Aaa',
    ['Zyx', 'Aaa'],
  );
});

test('A-18 body and URL of _search are one list of conditions', async () => {
  const search = (query: string, body: string, type = 'application/x-www-form-urlencoded'): Promise<Answer> =>
    world.ask('A', 'POST', `Observation/_search${query}`, { body, headers: { 'content-type': type } });
  expect(found(await search('?subject=Patient/pa', 'subject=Patient/pb'))).toEqual([]);
  expect(found(await search('?subject=Patient/pb', 'subject=Patient/pa'))).toEqual([]);
  expect(found(await search('?subject=Patient/pa', 'subject=Patient/pa&_id=oa1'))).toEqual(['Observation/oa1']);
  expect(found(await search('', '_id=ob1&_id=oa1'))).toEqual([]);
  expect((await search('', 'subject=Patient/pb', 'multipart/form-data; boundary=x')).status).toBe(415);
  expect((await search('', 'subject=Patient/pb', 'application/x-www-form-urlencoded;charset=utf-16')).status).toBe(415);
  expect((await search('', '{}', 'application/json')).status).toBe(415);
});

test('the plan of a search is for operators', async () => {
  for (const who of ['A', 'S', 'P', 'system'] as const)
    expect((await world.ask(who, 'GET', 'Patient?_explain=true')).status).toBe(403);
  for (const path of ['Patient?_ex%70lain=true', 'Patient?_explain=TRUE'])
    expect((await get(path)).text).not.toMatch(/select|Seq Scan/);
});

test('a read of single resources is no search and no list of all versions', async () => {
  const authorization = `Bearer ${await world.server.token('patient/Observation.r', { patient: 'pa' })}`;
  const ask = (path: string): Promise<Answer> => world.ask('none', 'GET', path, { headers: { authorization } });
  expect((await ask('Observation/oa1')).status).toBe(200);
  expect((await ask('Observation/oa1/_history')).status).toBe(200);
  for (const path of ['Observation', 'Observation/_history']) expect((await ask(path)).status, path).toBe(403);
  expect(found(await ask('_history'))).toEqual([]);
  // And a search shows what it finds, to whom it is granted without reading by id.
  const searching = `Bearer ${await world.server.token('patient/Observation.s', { patient: 'pa' })}`;
  const searched = await world.ask('none', 'GET', 'Observation', { headers: { authorization: searching } });
  expect(found(searched)).toHaveLength(3);
});
