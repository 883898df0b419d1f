import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

let serial = 0;
async function create(): Promise<string> {
  const id = `p${++serial}`;
  const body = `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"a"},"valueQuantity":{"value":1.50},"identifier":[{"value":"${id}"}]}`;
  await server.fetch(`Observation/${id}`, { method: 'PUT', body });
  return id;
}

const jsonPatch = 'application/json-patch+json';

async function patch(path: string, type: string, body: unknown, headers: Record<string, string> = {}) {
  const init = { method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': type, ...headers } };
  const response = await server.fetch(path, init);
  return { status: response.status, text: await response.text(), etag: response.headers.get('etag') };
}

const amend = [{ op: 'replace', path: '/status', value: 'amended' }];
const parameters = (...parts: object[]) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'operation', part: parts }],
});
const fhirpath = (path: string) =>
  parameters({ name: 'type', valueCode: 'delete' }, { name: 'path', valueString: path });

test('a JSON Patch makes the next version, and decimals stay as they were written', async () => {
  const result = await patch(`Observation/${await create()}`, jsonPatch, amend);
  expect([result.status, result.etag]).toEqual([200, 'W/"2"']);
  expect(result.text).toContain('"status":"amended"');
  expect(result.text).toContain('"value":1.50');
});

test('a FHIRPath Patch does too, with paths that need the whole language', async () => {
  const id = await create();
  expect(
    (
      await patch(
        `Observation/${id}`,
        'application/fhir+json',
        fhirpath("Observation.identifier.where(value.startsWith('p'))"),
      )
    ).status,
  ).toBe(200);
  const result = await patch(`Observation/${id}`, 'application/fhir+json', fhirpath('Observation.value'));
  expect(result.text).not.toContain('valueQuantity');
  expect(result.text).not.toContain('identifier');
});

test.each([
  [
    'application/merge-patch+json',
    { status: 'amended' },
    415,
    'JSON Merge Patch is not one of the patch formats of FHIR',
  ],
  ['application/xml-patch+xml', '<diff/>', 415, 'is not read here'],
  [jsonPatch, { op: 'add' }, 400, 'an array of operations'],
  [jsonPatch, [{ op: 'test', path: '/status', value: 'x' }, ...amend], 422, 'JSON Patch operation 0 (test /status)'],
  [jsonPatch, [{ op: 'replace', path: '/status', value: 'green' }], 422, 'Observation.status'],
  [jsonPatch, [{ op: 'replace', path: '/id', value: 'other' }], 422, 'cannot change the id'],
  [jsonPatch, [{ op: 'replace', path: '/resourceType', value: 'Patient' }], 422, 'cannot change the type'],
  [jsonPatch, [{ op: 'replace', path: '', value: [] }], 400, 'one JSON object'],
  [jsonPatch, [{ op: 'add', path: '/name/0/../../', value: 1 }], 422, 'there is nothing at'],
  ['application/fhir+json', { resourceType: 'Observation' }, 400, 'Parameters resource'],
  ['application/fhir+json', fhirpath(`${'('.repeat(5000)}1${')'.repeat(5000)}`), 400, 'nested too deeply'],
  ['application/fhir+json', fhirpath(`'${'a'.repeat(30)}!'.matches('^(a+)+$')`), 422, 'computes a value'],
  ['application/fhir+json', fhirpath('repeat(descendants())'), 422, ''],
])('%s %j is refused with %i', async (type, body, status, sentence) => {
  const before = performance.now();
  const result = await patch(`Observation/${await create()}`, type, body);
  expect(result.status).toBe(status);
  expect(result.text).toContain(sentence);
  expect(performance.now() - before).toBeLessThan(3_000);
});

test('a patch applies to the version that If-Match names, and to no other', async () => {
  const id = await create();
  expect((await patch(`Observation/${id}`, jsonPatch, amend, { 'if-match': 'W/"7"' })).status).toBe(412);
  expect((await patch(`Observation/${id}`, jsonPatch, amend, { 'if-match': 'W/"1"' })).status).toBe(200);
});

test('a conditional patch applies to the one that matches', async () => {
  const id = await create();
  expect((await patch(`Observation?identifier=${id}`, jsonPatch, amend)).etag).toBe('W/"2"');
  expect((await patch('Observation?identifier=nobody', jsonPatch, amend)).status).toBe(404);
  expect((await patch('Observation?code:text=a', jsonPatch, amend)).status).toBe(412);
  expect((await patch('Observation', jsonPatch, amend)).status).toBe(400);
});

test('patches of one resource at the same time are all applied', async () => {
  const id = await create();
  const one = (n: number) => [{ op: 'add', path: '/identifier/-', value: { value: `n${n}` } }];
  const results = await Promise.all(Array.from({ length: 4 }, (_, n) => patch(`Observation/${id}`, jsonPatch, one(n))));
  expect(results.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { identifier } = (await (await server.fetch(`Observation/${id}`)).json()) as { identifier: unknown[] };
  expect(identifier).toHaveLength(5);
});

test('a patch cannot touch, or tell apart, what its caller cannot see', async () => {
  const id = await create();
  const headers = { authorization: `Bearer ${await server.token('patient/*.cruds', { patient: 'somebody' })}` };
  const hidden = await patch(
    `Observation/${id}`,
    jsonPatch,
    [{ op: 'test', path: '/status', value: 'final' }],
    headers,
  );
  const missing = await patch('Observation/never', jsonPatch, amend, headers);
  expect([hidden.status, missing.status]).toEqual([404, 404]);
  expect(hidden.text.replace(id, '')).toBe(missing.text.replace('never', ''));
});
