import type { Bundle, BundleEntry, Observation, Provenance } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow', PORTICO_LOG: 'error' });
  patient = await create('Patient', { resourceType: 'Patient', birthDate: '1980-02-01', name: [{ family: 'Heart' }] });
});

afterAll(() => server?.close());

async function create(type: string, resource: object): Promise<string> {
  const answer = await server.fetch(type, { method: 'POST', body: JSON.stringify(resource) });
  expect(answer.status).toBe(201);
  return (answer.headers.get('location') ?? '').split('/').at(-3) ?? '';
}

const heartRate = (at: string, value: number): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: at,
  valueQuantity: { value, unit: 'beats/min', system: 'http://unitsofmeasure.org', code: '/min' },
});

const bloodPressure = (at: string, systolic: number, diastolic: number): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: at,
  component: [['8480-6', systolic] as const, ['8462-4', diastolic] as const].map(([code, value]) => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  })),
});

const bundle = (...resources: object[]): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

type Answered = { status: number; entries: BundleEntry[]; text: string };

async function submit(body: object, init: RequestInit = {}): Promise<Answered> {
  const answer = await server.fetch('$submit-device-data', { method: 'POST', body: JSON.stringify(body), ...init });
  const text = await answer.text();
  const { entry = [] } = JSON.parse(text) as Bundle;
  return { status: answer.status, entries: entry, text };
}

const statusesOf = ({ entries }: Answered): string[] => entries.map(({ response }) => response?.status ?? '');

test('a heart rate goes to the narrow tier and a blood pressure to the resources, and both are Observations', async () => {
  const answer = await submit(
    bundle(heartRate('2026-03-01T08:00:00+01:00', 61), bloodPressure('2026-03-01T08:05:00+01:00', 121, 79)),
  );
  expect(answer, answer.text).toMatchObject({ status: 201 });
  expect(statusesOf(answer)).toEqual(['201 Created', '201 Created']);
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
  const sent = bundle(heartRate('2026-03-02T08:00:00+01:00', 62), bloodPressure('2026-03-02T08:05:00+01:00', 122, 78));
  const first = await submit(sent);
  const again = await submit(sent);
  expect(first.status).toBe(201);
  expect(again.status).toBe(200);
  expect(statusesOf(again)).toEqual(['200 OK', '200 OK']);
  expect(again.entries.map(({ response }) => response?.location)).toEqual(
    first.entries.map(({ response }) => response?.location),
  );
});

test('another value at the same time is the next version, amended', async () => {
  await submit(bundle(heartRate('2026-03-03T08:00:00+01:00', 63)));
  const answer = await submit(bundle(heartRate('2026-03-03T08:00:00+01:00', 64)));
  expect(answer.status).toBe(200);
  const location = answer.entries[0]?.response?.location ?? '';
  expect(location).toMatch(/\/_history\/2$/);
  const read = (await (await server.fetch(location)).json()) as Observation;
  expect(read).toMatchObject({ status: 'amended', valueQuantity: { value: 64 } });
});

test('where readings are from stands in a Provenance, with what was sent', async () => {
  const answer = await submit(bundle(heartRate('2026-03-04T08:00:00+01:00', 65)));
  const reference = (answer.entries[0]?.response?.location ?? '').replace(/\/_history.*/, '');
  const found = (await (await server.fetch(`Provenance?target=${reference}`)).json()) as Bundle<Provenance>;
  expect(found.entry?.[0]?.resource?.entity?.[0]?.what?.display).toMatch(/^What was sent, sha-256 [0-9a-f]{64}$/);
});

test('a submission is in the ledger, with the patient whose readings they are', async () => {
  await submit(bundle(heartRate('2026-03-05T08:00:00+01:00', 66)));
  const found = (await (await server.fetch(`AuditEvent?patient=${patient}&_sort=-date&_count=5`)).json()) as Bundle;
  expect(JSON.stringify(found)).toContain('submit-device-data');
});
