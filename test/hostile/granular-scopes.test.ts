import { afterAll, beforeAll, expect, test } from 'vitest';

import { bundle, entry, jsonPatch, observation } from './requests.ts';
import { trapResources } from './trap-resources.ts';
import { type Answer, bundleOf, found, indist, type Sent, statuses, type TrapWorld, trapWorld } from './trap-world.ts';

/*
 * An app that was granted the vital signs of pa, and of other types all of pa, asks for the laboratory's results. They have a
 * code and a note of their own, which must be in no answer.
 */

const categories = 'http://terminology.hl7.org/CodeSystem/observation-category';
const vitals = `category=${categories}|vital-signs`;
const category = (code: string) => ({ category: [{ coding: [{ system: categories, code }] }] });
const pa = { subject: { reference: 'Patient/pa' } };
const secret = { note: [{ text: 'Quixotic laboratory' }] };
const loinc = (code: string) => ({ code: { coding: [{ system: 'http://loinc.org', code }] } });
const vital = { ...category('vital-signs'), ...pa };
const lab = { ...category('laboratory'), ...pa };

const more = [
  observation({ id: 'lab2', ...lab, ...loinc('2345-7'), ...secret, meta: { tag: [{ code: 'quixotic' }] } }),
  observation({ id: 'vital2', ...vital, ...loinc('8480-6'), derivedFrom: [{ reference: 'Observation/lab2' }] }),
  observation({ id: 'member', ...lab, ...loinc('2345-7'), ...secret, hasMember: [{ reference: 'Observation/oa1' }] }),
  observation({
    id: 'other-system',
    ...pa,
    category: [{ coding: [{ system: 'http://x', code: 'vital-signs' }] }],
    ...secret,
  }),
  observation({ id: 'no-category', ...pa, ...secret }),
  {
    resourceType: 'DiagnosticReport',
    id: 'report',
    status: 'final',
    ...loinc('24323-8'),
    ...pa,
    result: [{ reference: 'Observation/lab2' }],
  },
  {
    resourceType: 'List',
    id: 'labs',
    status: 'current',
    mode: 'working',
    ...pa,
    entry: [{ item: { reference: 'Observation/lab2' } }],
  },
  {
    resourceType: 'Provenance',
    id: 'of-lab',
    target: [{ reference: 'Observation/lab2' }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/pr1' } }],
  },
];

let world: TrapWorld;
let headers: Record<string, string>;
beforeAll(async () => {
  world = await trapWorld({}, [...trapResources, ...more]);
  const scope = `patient/Observation.cruds?${vitals} patient/Patient.rs patient/DiagnosticReport.rs patient/List.rs patient/Provenance.rs`;
  headers = { authorization: `Bearer ${await world.server.token(scope, { patient: 'pa' })}` };
});
afterAll(() => world?.close());

const send = async (method: string, path: string, sent: Sent = {}): Promise<Answer> => {
  const answer = await world.ask('none', method, path, { ...sent, headers: { ...headers, ...sent.headers } });
  expect(answer.text, `${method} ${path}`).not.toMatch(/Quixotic laboratory|"quixotic"/);
  return answer;
};
const get = (path: string): Promise<Answer> => send('GET', path);
const own = ['Observation/oa1', 'Observation/vital2'];

test.each<[string, string[]]>([
  ['Observation', own],
  ['Observation?category=vital-signs', own],
  ['Observation?category=laboratory', []],
  ['Observation?category:not=vital-signs', []],
  ['Observation?category:missing=true', []],
  ['Observation?code=2345-7', []],
  ['Observation?code:text=x', []],
  ['Observation?_id=oa1,lab2,oa-lab1', ['Observation/oa1']],
  ['Observation?_id:not=oa1', ['Observation/vital2']],
  ['Observation?_filter=category%20eq%20laboratory', []],
  ['Observation?_filter=not(code%20eq%208867-4)', ['Observation/vital2']],
  ['Observation?_content=Quixotic', []],
  ['Observation?_tag=quixotic', []],
  ['Observation?_list=labs', []],
  ['Observation?_sort=-code&_count=50', own],
  ['Observation?_include=Observation:derived-from', own],
  ['Observation?_include=*&_include:iterate=*', [...own, 'Patient/pa']],
  ['Observation?_revinclude=Observation:has-member', own],
  ['Observation?derived-from.code=2345-7', []],
  ['Observation?derived-from=Observation/lab2', ['Observation/vital2']],
  ['Observation?derived-from:Observation.category=laboratory', []],
  ['Observation?_has:Observation:has-member:code=2345-7', []],
  ['Observation?_has:Observation:derived-from:_id=vital2', []],
  ['Patient?_has:Observation:patient:code=2345-7', []],
  ['Patient?_has:Observation:patient:category=laboratory', []],
  ['Patient?_has:Observation:patient:code=8480-6', ['Patient/pa']],
  ['Patient?_revinclude=Observation:patient', [...own, 'Patient/pa']],
  ['DiagnosticReport?result.code=2345-7', []],
  ['DiagnosticReport?_include=DiagnosticReport:result', ['DiagnosticReport/report']],
  ['List?item:Observation.code=2345-7', []],
  ['Provenance?target:Observation.code=2345-7', []],
  ['Patient/pa/Observation', own],
  ['Patient/pa/Observation?code=2345-7', []],
  ['?_type=Observation', own],
  ['?_type=Observation,Patient', [...own, 'Patient/pa']],
  ['Observation/$lastn?patient=pa&category=laboratory&max=100', []],
  ['Observation/$lastn?patient=pa&code=2345-7,8480-6&max=100', ['Observation/vital2']],
])('A-13 %s finds vital signs and nothing else', async (path, expected) => {
  const answer = await get(path);
  expect(answer.status, answer.text).toBe(200);
  expect(found(answer)).toEqual([...expected].sort());
});

test('A-13 the record of the patient has no laboratory in it', async () => {
  for (const path of ['Patient/pa/$everything', 'Patient/pa/*', 'Patient/pa/$everything?_type=Observation&_count=1']) {
    const names = found(await get(path));
    expect(names.filter((name) => name.startsWith('Observation/') && !own.includes(name))).toEqual([]);
  }
  expect(found(await get('Patient/pa/$everything'))).toEqual(expect.arrayContaining(own));
});

test.each(['_total=accurate', '_total=estimate', '_summary=count', '_count=0'])(
  'A-13 with %s vital signs are counted',
  async (how) => {
    expect(bundleOf(await get(`Observation?${how}`)).total).toBe(2);
    expect(bundleOf(await get(`Observation?category=laboratory&${how}`)).total).toBe(0);
    expect(bundleOf(await get(`Observation?code=2345-7&${how}`)).total).toBe(0);
  },
);

test('A-13 what is of another category is answered as what never was', async () => {
  for (const path of ['lab2', 'oa-lab1', 'no-category', 'other-system', 'member']) {
    const nowhere = 'z'.repeat(path.length);
    for (const [method, sent] of [
      ['GET', {}],
      ['HEAD', {}],
      ['DELETE', {}],
      ['PUT', { body: observation({ id: path, ...vital }) }],
      ['PATCH', jsonPatch({ op: 'add', path: '/language', value: 'en' })],
    ] as const) {
      const other = method === 'PUT' ? { body: observation({ id: nowhere, ...vital }) } : sent;
      const answers = [
        await send(method, `Observation/${path}`, sent),
        await send(method, `Observation/${nowhere}`, other),
      ];
      const [one, unknown] = answers;
      if (one && unknown) indist(one, unknown, [path, nowhere]);
    }
    for (const below of ['_history', '_history/1', '$meta', '$validate']) {
      const [one, unknown] = [await get(`Observation/${path}/${below}`), await get(`Observation/${nowhere}/${below}`)];
      indist(one, unknown, [path, nowhere]);
    }
    const kept = await world.ask('system', 'GET', `Observation/${path}`);
    expect([kept.status, kept.headers.etag]).toEqual([200, 'W/"1"']);
  }
});

test('A-13 histories tell of vital signs alone, and their deletion too', async () => {
  expect((await send('PUT', 'Observation/gone', { body: observation({ id: 'gone', ...vital }) })).status).toBe(404);
  await world.ask('system', 'PUT', 'Observation/gone', { body: observation({ id: 'gone', ...vital }) });
  await world.ask('system', 'PUT', 'Observation/gone-lab', {
    body: observation({ id: 'gone-lab', ...lab, ...secret }),
  });
  for (const id of ['gone', 'gone-lab']) await world.ask('system', 'DELETE', `Observation/${id}`);
  for (const path of ['_history', 'Observation/_history', 'Observation/_history?_since=2020-01-01']) {
    const answer = await get(path);
    expect(answer.text).not.toMatch(/\/(oa-lab1|lab2|gone-lab|no-category)","re/);
    expect(answer.text).toContain('Observation/gone');
    expect(bundleOf(answer).entry?.filter(({ response }) => response?.status.startsWith('204'))).toHaveLength(1);
  }
  expect((await get('Observation/gone-lab/_history')).status).toBe(404);
});

test('A-13 a version that was not one of the vital signs is not shown, and none of what no longer is one', async () => {
  const put = (body: object) => world.ask('system', 'PUT', 'Observation/moved', { body });
  await put(observation({ id: 'moved', ...lab, ...secret }));
  await put(observation({ id: 'moved', ...vital }));
  expect((await get('Observation/moved/_history/2')).status).toBe(200);
  expect((await get('Observation/moved/_history/1')).status).toBe(404);
  expect(found(await get('Observation/moved/_history'))).toEqual(['Observation/moved']);
  await put(observation({ id: 'moved', ...lab, ...secret }));
  for (const path of ['moved', 'moved/_history', 'moved/_history/2'])
    expect((await get(`Observation/${path}`)).status).toBe(404);
  await world.ask('system', 'DELETE', 'Observation/moved');
});

test('A-13 nothing but vital signs is written, and nothing else is made one', async () => {
  expect((await send('POST', 'Observation', { body: observation(lab) })).status).toBe(403);
  expect((await send('POST', 'Observation', { body: observation(pa) })).status).toBe(403);
  const created = await send('POST', 'Observation', { body: observation({ ...vital, id: 'x' }) });
  expect(created.status).toBe(201);
  const [, id = ''] = /Observation\/([^/]+)/.exec(String(created.headers.location)) ?? [];
  const path = `Observation/${id}`;
  expect((await send('PUT', path, { body: observation({ id, ...vital, language: 'en' }) })).status).toBe(200);
  expect((await send('PUT', path, { body: observation({ id, ...lab }) })).status).toBe(403);
  const patch = jsonPatch({ op: 'replace', path: '/category/0/coding/0/code', value: 'laboratory' });
  expect((await send('PATCH', path, patch)).status).toBe(403);
  const steps: [Parameters<typeof entry>, string[]][] = [
    [['PUT', path, observation({ id, ...lab })], ['403']],
    [['PUT', 'Observation/lab2', observation({ id: 'lab2', ...vital })], ['404']],
    [['POST', 'Observation', observation(lab)], ['403']],
    [['DELETE', 'Observation/lab2'], ['204']],
    [['GET', 'Observation/lab2'], ['404']],
    [['GET', 'Observation?code=2345-7'], ['200']],
  ];
  for (const [asked, status] of steps) {
    for (const type of ['batch', 'transaction'] as const) {
      const answer = await send('POST', '', bundle(type, entry(...asked)));
      expect(
        answer.status === 200 ? statuses(answer) : [String(answer.status)],
        `${type} ${asked[0]} ${asked[1]}`,
      ).toEqual(status);
    }
  }
  expect((await send('DELETE', path)).status).toBe(204);
  const kept = await world.ask('system', 'GET', 'Observation/lab2');
  expect([kept.status, kept.headers.etag]).toEqual([200, 'W/"1"']);
});

test('A-13 a condition is met by vital signs alone', async () => {
  const creation = { body: observation({ ...vital, ...loinc('1-1') }) };
  const made = await send('POST', 'Observation', { ...creation, headers: { 'if-none-exist': 'code=2345-7' } });
  expect(made.status).toBe(201);
  const again = await send('POST', 'Observation', { ...creation, headers: { 'if-none-exist': 'code=1-1' } });
  expect(again.status).toBe(200);
  expect((await send('DELETE', 'Observation?code=2345-7')).status).toBe(204);
  expect((await send('PATCH', 'Observation?code=2345-7', jsonPatch({ op: 'remove', path: '/note' }))).status).toBe(404);
  const updated = await send('PUT', 'Observation?code=2345-7', { body: observation({ ...vital, ...loinc('2-2') }) });
  expect(updated.status).toBe(201);
  const linked = observation({ ...vital, derivedFrom: [{ reference: 'Observation?code=2345-7' }] });
  expect((await send('POST', '', bundle('transaction', entry('POST', 'Observation', linked)))).status).toBe(412);
  const kept = await world.ask('system', 'GET', 'Observation/lab2');
  expect([kept.status, kept.headers.etag]).toEqual([200, 'W/"1"']);
});

test('A-13 the tags that are in use are those of vital signs', async () => {
  for (const path of ['$meta', 'Observation/$meta']) expect((await get(path)).status).toBe(200);
});

test('A-13 to read one category and search another is neither', async () => {
  const scope =
    'patient/Observation.r?category=laboratory patient/Observation.s?category=vital-signs patient/Patient.rs';
  const token = await world.server.token(scope, { patient: 'pa' });
  const ask = async (path: string): Promise<Answer> =>
    world.ask('none', 'GET', path, { headers: { authorization: `Bearer ${token}` } });
  const searched = ['Observation/oa1', 'Observation/other-system', 'Observation/vital2'];
  const all = found(await ask('Observation'));
  expect(all).toEqual(expect.arrayContaining(searched));
  expect(all.filter((name) => /lab|member|no-category/.test(name))).toEqual([]);
  expect((await ask('Observation/oa1')).status).toBe(404);
  expect((await ask('Observation/lab2')).status).toBe(200);
  // What is found backwards must be searched for and read.
  expect(found(await ask('Patient?_revinclude=Observation:patient'))).toEqual(['Patient/pa']);
  expect((await ask('Patient/pa/$everything')).status).toBe(200);
  // A patch would tell of what may be changed and not be read.
  const writing = await world.server.token('patient/Observation.u patient/Observation.r?category=vital-signs', {
    patient: 'pa',
  });
  const patching = { headers: { authorization: `Bearer ${writing}` } };
  const patch = jsonPatch({ op: 'test', path: '/note/0/text', value: 'x' });
  const one = await world.ask('none', 'PATCH', 'Observation/lab2', {
    ...patch,
    headers: { ...patch.headers, ...patching.headers },
  });
  expect(one.status).toBe(404);
  const binary = {
    resourceType: 'Binary',
    contentType: 'application/json-patch+json',
    data: Buffer.from(String(patch.body)).toString('base64'),
  };
  const inside = bundle('transaction', entry('PATCH', 'Observation/lab2', binary));
  expect((await world.ask('none', 'POST', '', { ...inside, ...patching })).status).toBe(404);
});

test('A-13 a scope of the trap world itself: vital signs of pa', async () => {
  expect(found(await world.ask('V', 'GET', 'Observation'))).toEqual(expect.arrayContaining(own));
  expect((await world.ask('V', 'GET', 'Observation/oa-lab1')).status).toBe(404);
  expect((await world.ask('V', 'GET', 'Patient/pa')).status).toBe(403);
  expect((await world.ask('V', 'GET', 'Observation?patient.name=Alpha')).status).toBe(403);
});
