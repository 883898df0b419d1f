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
