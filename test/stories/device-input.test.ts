import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  bloodPressure,
  collection,
  heartRate,
  issuesOf,
  patientIn,
  post,
  statusesOf,
  submit,
} from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;
let other: string;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow', PORTICO_LOG: 'error' });
  patient = await patientIn(server);
  other = await patientIn(server);
});

afterAll(() => server?.close());

let second = 0;
/** Each a time of its own. */
const at = (): string => new Date(Date.UTC(2026, 4, 1) + 1000 * second++).toISOString();
const good = () => heartRate(patient, at(), 60);
const soon = () => new Date(Date.now() + 25 * 3_600_000).toISOString();

describe('of a batch the good entries are stored, and of the others each is told what is wrong and where', () => {
  test.each<[string, () => object, string, RegExp]>([
    [
      'a unit that is not known',
      () => heartRate(patient, at(), 60, { valueQuantity: { value: 60, code: 'furlong', unit: 'furlong' } }),
      '422',
      /Bundle\.entry\[1\].*unit/i,
    ],
    ['a value that cannot be', () => heartRate(patient, at(), 6000), '422', /Bundle\.entry\[1\].*Impossible value/],
    [
      'a time in the future',
      () => heartRate(patient, soon(), 60),
      '422',
      /Bundle\.entry\[1\].*more than 24 hours in the future/,
    ],
    [
      'another patient',
      () => heartRate(other, at(), 60),
      '422',
      /business-rule Bundle\.entry\[1\].*not about the patient/,
    ],
    ['a patient who is nobody', () => heartRate('nobody', at(), 60), '422', /not about the patient/],
    ['no time', () => heartRate(patient, '', 60), '422', /Bundle\.entry\[1\]/],
    [
      'half a blood pressure',
      () => ({ ...bloodPressure(patient, at(), 120, 80), component: [] }),
      '422',
      /Bundle\.entry\[1\]/,
    ],
    [
      'a type that is no reading',
      () => ({ resourceType: 'Basic', code: { text: 'x' } }),
      '422',
      /not-supported Bundle\.entry\[1\]/,
    ],
    [
      'a device that is not known',
      () => heartRate(patient, at(), 60, { device: { reference: 'Device/none' } }),
      '404',
      /not-found/,
    ],
    [
      'a payload of no known format',
      () => ({ resourceType: 'Binary', contentType: 'application/json', data: 'e30=' }),
      '422',
      /not-supported Bundle\.entry\[1\]\.resource\.meta\.tag/,
    ],
  ])('%s', async (_, bad, status, said) => {
    const answer = await submit(server, collection(good(), bad(), good()));
    expect(answer.status, answer.text).toBe(200);
    expect(statusesOf(answer)).toEqual(['201', status, '201']);
    expect(issuesOf(answer)[1]).toMatch(said);
  });
});

test('where nothing can be taken the answer is 412, entry by entry', async () => {
  const answer = await submit(server, collection(heartRate(patient, at(), 6000), heartRate(patient, soon(), 60)));
  expect(answer.status).toBe(412);
  expect(statusesOf(answer)).toEqual(['422', '422']);
});

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['no resource', {}],
  ['another resource', { resourceType: 'Patient' }],
  ['a Bundle without entries', { resourceType: 'Bundle', type: 'collection' }],
  ['a Bundle of another type', { resourceType: 'Bundle', type: 'document', entry: [{}] }],
])('a body that is %s is answered with 422', async (_, body) => {
  expect((await submit(server, body)).status).toBe(422);
});

test('a device of another patient is not known, whether it is named by its id or by its identifier', async () => {
  const identifier = [{ system: 'urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680', value: '12-34-56' }];
  const made = await server.fetch('Device', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Device', identifier, patient: { reference: `Patient/${other}` } }),
  });
  const id = (made.headers.get('location') ?? '').split('/').at(-3);
  const device = { resourceType: 'Device', id: 'mine', identifier };
  const answer = await submit(
    server,
    collection(
      heartRate(patient, at(), 60, { device: { reference: `Device/${id}` } }),
      heartRate(patient, at(), 60, { device: { reference: 'Device/mine' } }),
      good(),
      device,
    ),
  );
  expect(statusesOf(answer).slice(0, 3)).toEqual(['404', '404', '201']);
  expect(answer.text).not.toContain(other);
});

test('a device that comes along is written once into the record, and its readings name it', async () => {
  const device = { resourceType: 'Device', id: 'd1', serialNumber: 'SN-1', manufacturer: 'Acme', modelNumber: 'M1' };
  const sent = () => collection(device, heartRate(patient, at(), 60, { device: { reference: 'Device/d1' } }));
  const first = await submit(server, sent());
  const second = await submit(server, sent());
  expect([first.status, second.status], first.text).toEqual([200, 200]);
  const read = async ({ entries }: typeof first) =>
    (await (await server.fetch((entries[1]?.response?.location ?? '').replace(/\/_history.*/, ''))).json()) as {
      device?: { reference: string };
    };
  const [a, b] = [await read(first), await read(second)];
  expect(a.device?.reference).toMatch(/^Device\//);
  expect(b.device).toEqual(a.device);
  const stored = await (await server.fetch(a.device?.reference ?? '')).json();
  expect(stored).toMatchObject({
    serialNumber: 'SN-1',
    manufacturer: 'Acme',
    patient: { reference: `Patient/${patient}` },
  });
});

test('O-51 measures that the patient has not chosen are refused, and not stored', async () => {
  const one = await patientIn(server);
  await submit(server, collection(heartRate(one, at(), 60)));
  await server.database.query(
    `update device_connection set measures = '{blood-pressure}' where tenant = 1 and patient = $1`,
    [one],
  );
  const answer = await submit(server, collection(heartRate(one, at(), 61), bloodPressure(one, at(), 120, 80)));
  expect(statusesOf(answer)).toEqual(['422', '201']);
  expect(issuesOf(answer)[0]).toMatch(/^business-rule Bundle\.entry\[0\].*has not chosen/);
});

test('who may not write readings is refused, and so is who may write those of somebody else', async () => {
  const reader = await server.token('system/Observation.rs');
  const headers = { authorization: `Bearer ${reader}`, 'content-type': 'application/fhir+json' };
  expect((await submit(server, collection(good()), { headers })).status).toBe(403);
  const stranger = await server.token('patient/Observation.cruds', { patient: other });
  const theirs = { authorization: `Bearer ${stranger}`, 'content-type': 'application/fhir+json' };
  const answer = await submit(server, collection(good()), { headers: theirs });
  expect(answer.status, answer.text).not.toBe(201);
  const [count] = await server.database.query('select count(*)::int from series where tenant = 1 and patient = $1', [
    other,
  ]);
  expect(count).toEqual([0]);
});

describe('a format has an address of its own', () => {
  test('which answers as the operation does', async () => {
    const answer = await post(server, 'fhir', JSON.stringify(collection(good(), heartRate(patient, at(), 6000))));
    expect(answer.status, answer.text).toBe(200);
    expect(statusesOf(answer)).toEqual(['201', '422']);
  });

  test('compressed, and a payload a line', async () => {
    const zipped = await post(server, 'fhir', gzipSync(JSON.stringify(collection(good()))), {
      'content-encoding': 'gzip',
    });
    expect(zipped.status, zipped.text).toBe(201);
    const lines = [good(), 'no JSON', heartRate(patient, at(), 6000)].map((one) =>
      typeof one === 'string' ? one : JSON.stringify(one),
    );
    const answer = await post(server, 'fhir', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(statusesOf(answer), answer.text).toEqual(['201', '422', '422']);
    expect(issuesOf(answer)[1]).toMatch(/^structure \[1\]/);
  });

  test.each<[string, string, BodyInit, Record<string, string>, number]>([
    ['without a token', 'fhir', '{}', { authorization: '' }, 401],
    ['of no format', 'none', '{}', {}, 404],
    ['of no tenant', '../t/7/devices/fhir', '{}', {}, 404],
    ['that is empty', 'fhir', '', {}, 422],
    ['that is no JSON', 'fhir?subject=Patient/x', '{', {}, 404],
    ['of another media type', 'fhir', 'a,b', { 'content-type': 'text/csv' }, 415],
    ['that is not gzip though it says so', 'fhir', '{}', { 'content-encoding': 'gzip' }, 400],
    ['in an encoding that is not read', 'fhir', '{}', { 'content-encoding': 'zstd' }, 415],
    ['about nobody', 'fhir', '{"resourceType":"Observation"}', {}, 422],
    ['with a zone that is none', 'fhir?zone=east', '{}', {}, 400],
  ])('and refuses a body %s', async (_, path, body, headers, status) => {
    const answer = await post(server, path, body, headers);
    expect(answer.status, answer.text).toBe(status);
    if (status !== 401) expect(answer.text).toContain('OperationOutcome');
  });
});

test('what is refused leaves no payload behind', async () => {
  const before = await server.database.query('select count(*)::int from device_payload where tenant = 1');
  await submit(server, collection(heartRate(patient, at(), 6000)));
  expect(await server.database.query('select count(*)::int from device_payload where tenant = 1')).toEqual(before);
});

test('who submits too often waits', async () => {
  const token = await server.token('system/*.cruds', { subject: 'too often' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
  const statuses = new Set<number>();
  let last: Awaited<ReturnType<typeof submit>> | null = null;
  for (let sent = 0; sent < 640 && !statuses.has(429); sent += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(server, {}, { headers })));
    for (const one of answers) {
      statuses.add(one.status);
      last = one;
    }
  }
  expect([...statuses].sort()).toEqual([422, 429]);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});
