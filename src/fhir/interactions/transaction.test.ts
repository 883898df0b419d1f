import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ PORTICO_MAX_ENTRIES: '5000' });
});
afterAll(() => server?.close());

// Bodies of answers are looked at member by member.
type Body = { [name: string]: unknown } & {
  id: string;
  resourceType: string;
  entry: { response: { status: string; location: string; etag: string; lastModified: string }; resource?: Body }[];
  issue: { code: string; diagnostics: string; expression?: string[] }[];
  meta: { versionId: string };
};

type Request = { method: string; url: string; [name: string]: string };

const entry = (method: string, url: string, resource?: object, more: object = {}, fullUrl?: string) => ({
  ...(fullUrl ? { fullUrl } : {}),
  ...(resource ? { resource } : {}),
  request: { method, url, ...more } as Request,
});

async function post(
  entries: object[],
  { type = 'transaction', init = {} }: { type?: string; init?: RequestInit } = {},
) {
  const response = await server.fetch('', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type, entry: entries }),
    ...init,
  });
  return { status: response.status, body: (await response.json()) as Body };
}

async function get(path: string) {
  const response = await server.fetch(path);
  return { status: response.status, body: (await response.json()) as Body };
}

const count = async (query: string): Promise<unknown> => (await get(`${query}&_summary=count`)).body.total;

let serial = 0;
const unique = () => `value-${Date.now()}-${++serial}`;
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'http://example.org/mrn', value }],
  ...more,
});
const urn = (n: number) => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

test('links between new resources become links to their ids, in references, urls and narrative', async () => {
  const value = unique();
  const { status, body } = await post([
    entry('POST', 'Observation', {
      resourceType: 'Observation',
      text: {
        status: 'generated',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${urn(1)}">whose</a></div>`,
      },
      status: 'final',
      code: { text: urn(1) },
      subject: { reference: urn(1) },
      valueQuantity: { value: 1 },
      extension: [{ url: 'http://example.org/x', valueUri: urn(1) }],
    }),
    entry('POST', 'Patient', patient(value), {}, urn(1)),
  ]);
  expect(status).toBe(200);
  expect(body.entry.map(({ response }) => response.status)).toEqual(['201 Created', '201 Created']);
  const [observation = '', person = ''] = body.entry.map(({ response }) =>
    response.location.replace(/\/_history\/1$/, ''),
  );
  expect(person).toMatch(/^Patient\//);
  expect((await get(observation)).body).toMatchObject({
    text: { div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${person}">whose</a></div>` },
    code: { text: urn(1) },
    subject: { reference: person },
    extension: [{ valueUri: person }],
  });
  expect(await count(`Observation?subject=${person}`)).toBe(1);
});

test('absolute and relative references are those to entries of the same base', async () => {
  const there = 'http://elsewhere.example/fhir';
  const { body } = await post([
    entry('POST', 'Patient', patient(unique()), {}, `${there}/Patient/7`),
    entry(
      'POST',
      'Basic',
      { resourceType: 'Basic', code: { text: 'a' }, subject: { reference: 'Patient/7' } },
      {},
      `${there}/Basic/1`,
    ),
    entry(
      'POST',
      'Basic',
      { resourceType: 'Basic', code: { text: 'b' }, subject: { reference: `${there}/Patient/7` } },
      {},
      urn(2),
    ),
    entry(
      'POST',
      'Basic',
      { resourceType: 'Basic', code: { text: 'c' }, subject: { reference: 'Patient/7' } },
      {},
      urn(3),
    ),
  ]);
  const [person, ...basics] = body.entry.map(({ response }) => response.location.replace(/\/_history\/1$/, ''));
  const subjects = await Promise.all(basics.map(async (path) => (await get(path)).body.subject));
  expect(subjects).toEqual([{ reference: person }, { reference: person }, { reference: 'Patient/7' }]);
});

test('deletes come first, then creates, updates and patches, then reads; answers stand in the order of the entries', async () => {
  const [gone, changed, patched] = [unique(), unique(), unique()];
  await Promise.all(
    [gone, changed, patched].map((id) =>
      server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify(patient(id, { id })) }),
    ),
  );
  const patch = Buffer.from('[{"op":"add","path":"/active","value":true}]').toString('base64');
  const { status, body } = await post([
    entry('GET', `Patient/${changed}`),
    entry('PATCH', `Patient/${patched}`, {
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: patch,
    }),
    entry('PUT', `Patient/${changed}`, patient(changed, { id: changed, gender: 'female' }), { ifMatch: 'W/"1"' }),
    entry('POST', 'Patient', patient(unique())),
    entry('DELETE', `Patient/${gone}`),
    entry('GET', `Patient?identifier=${gone}`),
  ]);
  expect(status).toBe(200);
  expect(body.entry.map(({ response }) => response.status)).toEqual([
    '200 OK',
    '200 OK',
    '200 OK',
    '201 Created',
    '204 No Content',
    '200 OK',
  ]);
  expect(body.entry[0]?.resource).toMatchObject({ gender: 'female', meta: { versionId: '2' } });
  expect(body.entry[5]?.resource).not.toHaveProperty('entry');
  expect((await get(`Patient/${patched}`)).body).toMatchObject({ active: true, meta: { versionId: '2' } });
  expect((await get(`Patient/${gone}`)).status).toBe(410);
});

const good = () => entry('POST', 'Patient', patient(unique(), { address: [{ city: 'Nowhere-1' }] }));

test.each([
  [
    'an invalid resource',
    [entry('POST', 'Patient', { resourceType: 'Patient', gender: 'green' })],
    422,
    'Bundle.entry[1].resource.gender',
  ],
  [
    'a conditional reference without a match',
    [
      entry('POST', 'Basic', {
        resourceType: 'Basic',
        code: { text: 'x' },
        author: { reference: 'Practitioner?identifier=nobody-at-all' },
      }),
    ],
    412,
    'Bundle.entry[1]',
  ],
  [
    'a version that is not current',
    [entry('PUT', 'Patient/never-was', patient('x', { id: 'never-was' }), { ifMatch: 'W/"3"' })],
    412,
    'Bundle.entry[1]',
  ],
  ['a patch of nothing', [entry('PATCH', 'Patient/never-was', { resourceType: 'Parameters' })], 404, 'Bundle.entry[1]'],
  ['a read of nothing', [entry('GET', 'Patient/never-was')], 404, 'Bundle.entry[1]'],
  ['an unknown type', [entry('POST', 'Spam', { resourceType: 'Spam' })], 404, 'Bundle.entry[1]'],
  ['an operation', [entry('POST', 'Patient/$validate', { resourceType: 'Patient' })], 400, 'Bundle.entry[1]'],
  ['a URL of another server', [entry('GET', 'http://elsewhere.example/fhir/Patient/1')], 400, 'Bundle.entry[1]'],
  ['a URL that climbs out', [entry('GET', '../../admin')], 400, 'Bundle.entry[1]'],
  ['a URL without a scheme', [entry('GET', '//elsewhere.example/x')], 400, 'Bundle.entry[1]'],
  ['a nested Bundle', [entry('POST', '', { resourceType: 'Bundle', type: 'batch' })], 400, 'Bundle.entry[1]'],
  ['no request', [{ resource: patient('x') }], 400, 'Bundle.entry[1]'],
  [
    'another type than the URL says',
    [entry('POST', 'Patient', { resourceType: 'Basic', code: { text: 'x' } })],
    400,
    'Bundle.entry[1]',
  ],
  [
    'another id than the URL says',
    [entry('PUT', 'Patient/a', patient('x', { id: 'b' }))],
    400,
    'Bundle.entry[1].resource.id',
  ],
  [
    'the same resource twice',
    [entry('PUT', 'Patient/tw', patient('x', { id: 'tw' })), entry('DELETE', 'Patient/tw')],
    400,
    'Bundle.entry[2]',
  ],
  [
    'the same condition twice',
    [1, 2].map(() => entry('POST', 'Patient', patient('tw'), { ifNoneExist: 'identifier=tw-x' })),
    400,
    'Bundle.entry[2]',
  ],
  [
    'the same fullUrl twice',
    [1, 2].map(() => entry('POST', 'Patient', patient('tw'), {}, urn(9))),
    400,
    'Bundle.entry[2]',
  ],
])('%s refuses the whole, names the entry and leaves nothing', async (_name, entries, status, expression) => {
  const result = await post([good(), ...entries]);
  expect(result.body.resourceType).toBe('OperationOutcome');
  expect([result.status, result.body.issue[0]?.expression]).toEqual([status, [expression]]);
  expect(result.body.issue[0]?.diagnostics).toContain('Bundle.entry[');
  expect(await count('Patient?address-city:exact=Nowhere-1')).toBe(0);
});

test('conditional references find one resource each', async () => {
  const [one, twice] = [unique(), unique()];
  const practitioner = (value: string) =>
    entry('POST', 'Practitioner', { ...patient(value), resourceType: 'Practitioner' });
  const made = await post([practitioner(one), practitioner(twice), practitioner(twice)]);
  const basic = (value: string) =>
    entry('POST', 'Basic', {
      resourceType: 'Basic',
      code: { text: 'x' },
      author: { reference: `Practitioner?identifier=http://example.org/mrn|${value}` },
    });
  const result = await post([basic(one), basic(one)]);
  const [path = ''] = result.body.entry.map(({ response }) => response.location);
  const location = made.body.entry[0]?.response.location.replace(/\/_history\/1$/, '');
  expect((await get(path)).body.author).toEqual({ reference: location });
  expect(await post([basic(twice)])).toMatchObject({ status: 412, body: { issue: [{ code: 'multiple-matches' }] } });
});

test('conditional creates, updates, patches and deletes do what their criteria say', async () => {
  const [there, fresh, put, gone] = [unique(), unique(), unique(), unique()];
  const made = await post([there, put, gone].map((value) => entry('POST', 'Patient', patient(value))));
  const [first = '', second = '', third = ''] = made.body.entry.map(({ response }) =>
    response.location.replace(/\/_history.*/, ''),
  );
  const { status, body } = await post([
    entry('POST', 'Patient', patient(there), { ifNoneExist: `identifier=${there}` }, urn(1)),
    entry('POST', 'Patient', patient(fresh), { ifNoneExist: `identifier=${fresh}` }, urn(2)),
    entry('PUT', `Patient?identifier=${put}`, patient(put, { active: true }), {}, urn(3)),
    entry('PUT', `Patient?identifier=${unique()}`, patient(unique())),
    entry('DELETE', `Patient?identifier=${gone}`),
    entry('DELETE', `Patient?identifier=${unique()}`),
    ...[1, 2, 3].map((n) =>
      entry('POST', 'Basic', { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: urn(n) } }),
    ),
  ]);
  expect(status).toBe(200);
  expect(body.entry.map(({ response }) => response.status.slice(0, 3)).join()).toBe(
    '200,201,200,201,204,204,201,201,201',
  );
  const subjects = await Promise.all(
    body.entry.slice(6).map(async ({ response }) => (await get(response.location)).body.subject),
  );
  const second2 = body.entry[1]?.response.location.replace(/\/_history.*/, '');
  expect(subjects).toEqual([{ reference: first }, { reference: second2 }, { reference: second }]);
  expect((await get(third)).status).toBe(410);
});

test('what was written comes back when it is asked for', async () => {
  const entries = [entry('POST', 'Patient', patient(unique()))];
  const init = { headers: { prefer: 'return=representation' } };
  expect((await post(entries)).body.entry[0]).not.toHaveProperty('resource');
  expect((await post(entries, { init })).body.entry[0]?.resource).toMatchObject({
    resourceType: 'Patient',
    meta: { versionId: '1' },
  });
});

test('a transaction cannot reach what its caller cannot', async () => {
  const [own, other] = [unique(), unique()];
  await Promise.all(
    [own, other].map((id) =>
      server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify(patient(id, { id })) }),
    ),
  );
  const init = { headers: { authorization: `Bearer ${await server.token('patient/*.cruds', { patient: own })}` } };
  const refused = await post([entry('PUT', `Patient/${other}`, patient(other, { id: other, active: true }))], { init });
  expect([403, 404]).toContain(refused.status);
  expect(await post([entry('GET', `Patient/${other}`)], { init })).toMatchObject({ status: 404 });
  expect(await post([entry('DELETE', `Patient/${other}`)], { init })).toMatchObject({ status: 200 });
  expect((await get(`Patient/${other}`)).body.meta.versionId).toBe('1');
  const reader = { headers: { authorization: `Bearer ${await server.token('patient/*.rs', { patient: own })}` } };
  expect((await post([entry('DELETE', `Patient/${own}`)], { init: reader })).status).toBe(403);
});

test('a Bundle with more entries than are allowed is refused, with what is allowed', async () => {
  const small = await startServer({ PORTICO_MAX_ENTRIES: '2' });
  const body = JSON.stringify({
    resourceType: 'Bundle',
    type: 'batch',
    entry: Array(3).fill(entry('GET', 'Patient/1')),
  });
  const response = await small.fetch('', { method: 'POST', body });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('A Bundle may have 2 entries here; this has 3');
  await small.close();
});

test('entries of a batch succeed and fail each by itself', async () => {
  const value = unique();
  const again = () => entry('POST', 'Patient', patient(value), { ifNoneExist: `identifier=${value}` });
  const { status, body } = await post(
    [
      again(),
      entry('POST', 'Patient', { resourceType: 'Patient', gender: 'green' }),
      again(),
      entry('GET', `Patient?identifier=${value}`),
      entry('GET', 'Patient/never-was'),
      entry('PUT', `Patient/${value}`, patient(unique(), { id: value })),
      entry('PATCH', `Patient?identifier=${value}`, {
        resourceType: 'Binary',
        contentType: 'application/json-patch+json',
        data: Buffer.from('[{"op":"add","path":"/active","value":true}]').toString('base64'),
      }),
      entry('POST', 'Patient', { resourceType: 'Patient', gender: 'green' }, { ifNoneExist: 'identifier=green' }),
      entry('GET', 'metadata'),
    ],
    { type: 'batch' },
  );
  expect(status).toBe(200);
  const answers = body.entry.map(({ response }) => response.status.slice(0, 3));
  expect(answers.slice(0, 8)).toEqual(['201', '422', '200', '200', '404', '201', '200', '422']);
  expect(body.entry[0]?.response.location).toBe(body.entry[2]?.response.location);
  expect(body.entry[3]?.resource).toMatchObject({ type: 'searchset', entry: [{ resource: { active: true } }] });
});

/** Runs tasks, so many at a time. */
async function run(tasks: (() => Promise<void>)[], width: number): Promise<void> {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let task = queue.shift(); task; task = queue.shift()) await task();
    }),
  );
}

test('a thousand transactions over overlapping resources, in any order: no deadlock answer, no lost update', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `shared-${n}`);
  await post(
    ids.map((id) =>
      entry('PUT', `Basic/${id}`, { resourceType: 'Basic', id, code: { text: 'x' }, identifier: [{ value: 'start' }] }),
    ),
  );
  const expected = new Map(ids.map((id) => [id, new Set(['start'])]));
  const failed: unknown[] = [];
  const tasks = Array.from({ length: 1_000 }, (_, n) => async () => {
    const chosen = ids.toSorted(() => Math.random() - 0.5).slice(0, 2 + (n % 4));
    const patch = Buffer.from(
      JSON.stringify([{ op: 'add', path: '/identifier/-', value: { value: `t${n}` } }]),
    ).toString('base64');
    const result = await post(
      chosen.map((id) =>
        entry('PATCH', `Basic/${id}`, {
          resourceType: 'Binary',
          contentType: 'application/json-patch+json',
          data: patch,
        }),
      ),
    );
    if (result.status !== 200) failed.push(result);
    else for (const id of chosen) expected.get(id)?.add(`t${n}`);
  });
  await run(tasks, 16);
  expect(failed).toEqual([]);
  for (const id of ids) {
    const { body } = await get(`Basic/${id}`);
    const values = (body.identifier as { value: string }[]).map(({ value }) => value);
    expect(new Set(values)).toEqual(expected.get(id));
    expect(Number(body.meta.versionId)).toBe(values.length);
  }
}, 120_000);

test('twenty conditional creates at once make one resource, a hundred times', async () => {
  for (let round = 0; round < 100; round++) {
    const value = unique();
    const query = `identifier=http://example.org/mrn|${value}`;
    const body = JSON.stringify(patient(value));
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        if (n % 3 === 0)
          return (await server.fetch('Patient', { method: 'POST', body, headers: { 'if-none-exist': query } })).status;
        const type = n % 3 === 1 ? 'transaction' : 'batch';
        const result = await post([entry('POST', 'Patient', patient(value), { ifNoneExist: query })], { type });
        return Number(result.body.entry?.[0]?.response.status.slice(0, 3) ?? result.status);
      }),
    );
    expect(statuses.toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect(await count(`Patient?${query}`)).toBe(1);
  }
}, 120_000);
