import type { Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { patientIn } from '../../../test/support/device-submissions.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { canonical } from '../canonical.ts';
import { observationId } from '../identity.ts';
import { observationOf } from '../observation.ts';
import type { Reading } from '../reading.ts';
import { storeReadings, type ToStore } from '../store.ts';
import { rollUpAgain } from './due.ts';
import { rollUp } from './roll-up.ts';

const HOUR = 3_600_000;
const noon = Date.UTC(2026, 4, 6, 12);
const now = noon + 240 * HOUR;
const source = 'app:a/watch';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

/** A heart rate that has a note, for which samples have no room. */
const noted = (hour: number, value: number, id = `r${hour}`): Reading => ({
  kind: 'reading',
  path: '',
  measure: 'heart-rate',
  start: { at: noon + hour * HOUR, zone: 0 },
  duration: 0,
  value: { value, unit: '/min' },
  more: { note: [{ text: 'after a walk' }] },
  record: { id, version: '1' },
});

const idOf = (patient: string, { start }: Reading): string =>
  observationId({ tenant: 1, patient, source, code: 'heart-rate', start: start.at, duration: 0, components: [] });

async function store(patient: string, ...all: (Reading | string)[]): Promise<void> {
  const batch = all.map((one): ToStore => {
    if (typeof one === 'string') return { deleted: { id: one, version: '2' }, source: 'app:a' };
    const { record, ...rest } = one;
    const value = canonical(rest, now);
    if (!value.ok) throw new Error(value.issues[0]?.diagnostics);
    const refs = { patient: `Patient/${patient}`, device: 'Device/watch', gateway: null };
    const observation = () => observationOf(value.value, refs);
    const key = record ? { record } : {};
    return { canonical: value.value, id: idOf(patient, one), source, sender: 'app:a', observation, ...key };
  });
  await storeReadings(server.smart.fhir, 1, patient, batch, new Date(now));
}

const roll = () => rollUp({ ...server.smart.fhir, now: () => now }, 1);

/** The hours that are due, from noon. */
async function due(patient: string): Promise<number[]> {
  const rows = await server.database.query(
    `select measure, hour from rollup_due where tenant = 1 and patient = $1 order by hour`,
    [patient],
  );
  expect(rows.every(([measure]) => measure === 'heart-rate')).toBe(true);
  return (rows as [string, Date][]).map(([, hour]) => (hour.getTime() - noon) / HOUR);
}

/** The values by the minute of the hours that are rolled up. */
async function hours(patient: string): Promise<string[]> {
  const answer = await server.fetch(`Observation?patient=${patient}&code=heart-rate-hourly&_sort=date`);
  const { entry = [] } = (await answer.json()) as { entry?: { resource: Observation }[] };
  return entry.map(({ resource: { status, valueSampledData } }) => valueSampledData?.data?.split(' ')[0] ?? status);
}

const read = async (id: string): Promise<Observation> =>
  (await (await server.fetch(`Observation/${id}`)).json()) as Observation;

const put = async (id: string, body: Observation): Promise<void> => {
  const answer = await server.fetch(`Observation/${id}`, { method: 'PUT', body: JSON.stringify(body) });
  expect([200, 201]).toContain(answer.status);
};

test('a reading that is a resource and that its sender takes back is missed in its hour', async () => {
  const patient = await patientIn(server);
  await store(patient, noted(0, 80), noted(2, 90));
  await roll();
  expect(await hours(patient)).toEqual(['80', '90']);
  expect(await due(patient)).toEqual([]);
  await store(patient, 'r2');
  expect(await due(patient)).toEqual([2]);
  await roll();
  expect(await hours(patient)).toEqual(['80', 'entered-in-error']);
  await store(patient, 'r2');
  expect(await due(patient)).toEqual([]);
});

test('a reading that is a resource and is corrected by way of FHIR is rolled up as it is now, where it was and where it is', async () => {
  const patient = await patientIn(server);
  const reading = noted(0, 80);
  const id = idOf(patient, reading);
  await store(patient, reading);
  await roll();
  const before = await read(id);
  await put(id, { ...before, valueQuantity: { ...before.valueQuantity, value: 81 } });
  expect(await due(patient)).toEqual([0]);
  await roll();
  expect(await hours(patient)).toEqual(['81']);
  const at = new Date(noon + 3 * HOUR).toISOString();
  await put(id, { ...before, effectiveDateTime: at });
  expect(await due(patient)).toEqual([0, 3]);
  await roll();
  expect(await hours(patient)).toEqual(['entered-in-error', '80']);
});

test('a reading that is a resource and is deleted by way of FHIR is missed, in a Bundle as well', async () => {
  const patient = await patientIn(server);
  const [one, other] = [noted(0, 70), noted(1, 71)];
  await store(patient, one, other);
  await roll();
  expect((await server.fetch(`Observation/${idOf(patient, one)}`, { method: 'DELETE' })).status).toBeLessThan(300);
  expect(await due(patient)).toEqual([0]);
  const entry = [{ request: { method: 'DELETE', url: `Observation/${idOf(patient, other)}` } }];
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  expect((await server.fetch('', { method: 'POST', body })).status).toBe(200);
  expect(await due(patient)).toEqual([0, 1]);
  await roll();
  expect(await hours(patient)).toEqual(['entered-in-error', 'entered-in-error']);
});

test('an Observation that somebody writes for a device is rolled up, and one without a device is not', async () => {
  const patient = await patientIn(server);
  const device = { resourceType: 'Device', id: 'scale', patient: { reference: `Patient/${patient}` } };
  await server.fetch('Device/scale', { method: 'PUT', body: JSON.stringify(device) });
  const observation = (hour: number): Observation => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date(noon + hour * HOUR).toISOString(),
    valueQuantity: { value: 64, system: 'http://unitsofmeasure.org', code: '/min' },
  });
  const post = (body: Observation) => server.fetch('Observation', { method: 'POST', body: JSON.stringify(body) });
  expect((await post(observation(0))).status).toBe(201);
  expect(await due(patient)).toEqual([]);
  expect((await post({ ...observation(1), device: { reference: 'Device/scale' } })).status).toBe(201);
  expect(await due(patient)).toEqual([1]);
  await roll();
  expect(await hours(patient)).toEqual(['64']);
});

test('all that is to be rolled up anew has the hours in it that have no samples', async () => {
  const patient = await patientIn(server);
  const { more: _, ...sample } = noted(5, 60);
  await store(patient, noted(0, 80), noted(2, 90), sample);
  await roll();
  expect(await due(patient)).toEqual([]);
  await rollUpAgain(server.smart.fhir.database, 1, patient);
  expect(await due(patient)).toEqual([0, 2, 5]);
});
