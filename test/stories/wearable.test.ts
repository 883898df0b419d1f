import type { Bundle, Observation, Provenance } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { bloodPressure, collection, heartRate, patientIn, statusesOf, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow', PORTICO_LOG: 'error' });
  patient = await patientIn(server);
});

afterAll(() => server?.close());

const heart = (at: string, value: number) => heartRate(patient, at, value);
const pressure = (at: string, systolic: number, diastolic: number) => bloodPressure(patient, at, systolic, diastolic);
const send = (...resources: object[]) => submit(server, collection(...resources));

test('a heart rate goes to the narrow tier and a blood pressure to the resources, and both are Observations', async () => {
  const answer = await send(heart('2026-03-01T08:00:00+01:00', 61), pressure('2026-03-01T08:05:00+01:00', 121, 79));
  expect(answer, answer.text).toMatchObject({ status: 201 });
  expect(statusesOf(answer)).toEqual(['201', '201']);
  const samples = await server.database.query('select count(*)::int from sample where tenant = 1');
  expect(samples).toEqual([[1]]);
  const found = (await (await server.fetch(`Observation?patient=${patient}&_sort=date`)).json()) as Bundle<Observation>;
  expect(found.entry?.map(({ resource }) => resource?.code?.coding?.[0]?.code)).toEqual(['8867-4', '85354-9']);
  for (const { response } of answer.entries) {
    const read = await server.fetch((response?.location ?? '').replace(/\/_history.*/, ''));
    expect(read.status).toBe(200);
  }
});

test('what is sent again is known, and nothing is written', async () => {
  const sent = collection(heart('2026-03-02T08:00:00+01:00', 62), pressure('2026-03-02T08:05:00+01:00', 122, 78));
  const first = await submit(server, sent);
  const again = await submit(server, sent);
  expect(first.status).toBe(201);
  expect(again.status).toBe(200);
  expect(statusesOf(again)).toEqual(['200', '200']);
  expect(again.entries.map(({ response }) => response?.location)).toEqual(
    first.entries.map(({ response }) => response?.location),
  );
});

test('another value at the same time is the next version, amended', async () => {
  await send(heart('2026-03-03T08:00:00+01:00', 63));
  const answer = await send(heart('2026-03-03T08:00:00+01:00', 64));
  expect(answer.status).toBe(200);
  const location = answer.entries[0]?.response?.location ?? '';
  expect(location).toMatch(/\/_history\/2$/);
  const read = (await (await server.fetch(location)).json()) as Observation;
  expect(read).toMatchObject({ status: 'amended', valueQuantity: { value: 64 } });
});

test('where readings are from stands in a Provenance, with what was sent', async () => {
  const answer = await send(heart('2026-03-04T08:00:00+01:00', 65));
  const reference = (answer.entries[0]?.response?.location ?? '').replace(/\/_history.*/, '');
  const found = (await (await server.fetch(`Provenance?target=${reference}`)).json()) as Bundle<Provenance>;
  expect(found.entry?.[0]?.resource?.entity?.[0]?.what?.display).toMatch(/^What was sent, sha-256 [0-9a-f]{64}$/);
});

test('a submission is in the ledger, with the patient whose readings they are', async () => {
  await send(heart('2026-03-05T08:00:00+01:00', 66));
  const found = (await (await server.fetch(`AuditEvent?patient=${patient}&_sort=-date&_count=5`)).json()) as Bundle;
  expect(JSON.stringify(found)).toContain('submit-device-data');
});

test('what the server writes with readings is valid: where they are from, and what measured them', async () => {
  const device = {
    resourceType: 'Device',
    id: 'd',
    serialNumber: 'S-1',
    manufacturer: 'Acme',
    deviceName: [{ name: 'Band', type: 'user-friendly-name' }],
  };
  await send(device, { ...heart('2026-03-06T08:00:00+01:00', 67), device: { reference: 'Device/d' } });
  for (const type of ['Provenance', 'Device', 'DeviceUseStatement', 'Observation']) {
    const found = (await (await server.fetch(`${type}?_count=100`)).json()) as Bundle;
    expect(found.entry?.length).toBeGreaterThan(0);
    for (const { resource } of found.entry ?? []) {
      const errors = server.smart.fhir
        .validate(resource)
        .filter(({ severity }) => severity !== 'information' && severity !== 'warning');
      expect(errors).toEqual([]);
    }
  }
});

test('a payload in the shape of others comes in a Binary, a payload a line too, and its entry is answered as one', async () => {
  const tagged = (text: string, contentType = 'application/json') => ({
    resourceType: 'Binary',
    meta: { tag: [{ system: 'https://portico.dev/fhir/CodeSystem/device-format', code: 'fhir' }] },
    contentType,
    data: Buffer.from(text).toString('base64'),
  });
  const one = (minute: number, value = 70) => JSON.stringify(heart(`2026-03-07T08:0${minute}:00+01:00`, value));
  const answer = await send(
    heart('2026-03-07T07:00:00+01:00', 68),
    tagged(one(1)),
    tagged(`${one(2)}\n${one(3, 7000)}`, 'application/x-ndjson'),
    tagged('no JSON'),
  );
  expect(statusesOf(answer)).toEqual(['201', '201', '200', '422']);
  const outcome = JSON.stringify(answer.entries[2]?.response?.outcome);
  expect(outcome).toContain('Bundle.entry[2].resource.data.[1]');
  const all = (await (
    await server.fetch(`Observation?patient=${patient}&date=2026-03-07&_summary=count`)
  ).json()) as Bundle;
  expect(all.total).toBe(3);
});

test('a code of none of the measures is kept as it came', async () => {
  const own = {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'https://example.org/codes', code: 'grip-of-a-pen' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-03-08T08:00:00+01:00',
    valueString: 'firm',
  };
  const [first, again] = [await send(own), await send(own)];
  expect([first.status, again.status], first.text).toEqual([201, 200]);
  const read = await (
    await server.fetch((first.entries[0]?.response?.location ?? '').replace(/\/_history.*/, ''))
  ).json();
  expect(read).toMatchObject({
    valueString: 'firm',
    code: own.code,
    device: { reference: expect.stringMatching(/^Device/) },
  });
});

test('each tenant has its own, and one does not see what another was sent', async () => {
  await server.database.query("insert into tenant (id, name) values (2, 'second') on conflict do nothing");
  const token = await server.token('system/*.cruds', { tenant: 2 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
  const at = `${server.origin}/t/2`;
  const made = await fetch(`${at}/fhir/R4/Patient/p2`, {
    method: 'PUT',
    headers,
    body: '{"resourceType":"Patient","id":"p2"}',
  });
  expect(made.status, await made.text()).toBe(201);
  const body = JSON.stringify(collection(heartRate('p2', '2026-03-09T08:00:00Z', 71)));
  const answer = await fetch(`${at}/devices/fhir`, { method: 'POST', headers, body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  const location = ((await answer.json()) as Bundle).entry?.[0]?.response?.location?.replace(/\/_history.*/, '');
  expect((await fetch(`${at}/fhir/R4/${location}`, { headers })).status).toBe(200);
  expect((await server.fetch(location ?? '')).status).toBe(404);
  expect((await fetch(`${server.origin}/devices/fhir`, { method: 'POST', headers, body })).status).toBe(401);
});
