import type { Observation, Provenance } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { consentOf, to } from '../../../test/support/consents.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { markSamples } from '../../fhir/samples/mark.ts';
import { seriesFor } from '../../fhir/samples/series.ts';
import { writeSamples } from '../../fhir/samples/write.ts';
import { uuid5 } from '../identity.ts';
import { type Measure, measureOf } from '../measures.ts';
import { rollUpAgain } from './due.ts';
import { DAY, HOUR, MINUTE } from './piece.ts';
import { rollUp } from './roll-up.ts';

const day = Date.UTC(2026, 4, 6);
const now = day + 10 * DAY;

let server: Server;

beforeAll(async () => {
  server = await startServer();
  const ofP = { patient: { reference: 'Patient/p' } };
  for (const resource of [
    { resourceType: 'Practitioner', id: 'gp' },
    { resourceType: 'Patient', id: 'p', generalPractitioner: [{ reference: 'Practitioner/gp' }] },
    { resourceType: 'Patient', id: 'q' },
    { resourceType: 'Device', id: 'watch', ...ofP },
    { resourceType: 'Device', id: 'phone', ...ofP },
  ]) {
    const { resourceType, id } = resource;
    const response = await server.fetch(`${resourceType}/${id}`, { method: 'PUT', body: JSON.stringify(resource) });
    expect(response.status).toBe(201);
  }
});
afterAll(() => server?.close());

type Sent = { at: number; value: number; duration?: number };
type From = { patient: string; measure: string; device: 'watch' | 'phone'; zone?: number; labelled?: boolean };

function measure(id: string): Measure & { unit: NonNullable<Measure['unit']> } {
  const found = measureOf(id);
  if (!found?.unit) throw new Error(`${id} has no unit`);
  return { ...found, unit: found.unit };
}

const template = ({ patient, measure: id, device, labelled }: From): Observation => ({
  resourceType: 'Observation',
  ...(labelled
    ? { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] } }
    : {}),
  status: 'final',
  code: { coding: [...measure(id).codings] },
  subject: { reference: `Patient/${patient}` },
  device: { reference: `Device/${device}` },
  effectiveDateTime: new Date(day).toISOString(),
  valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: measure(id).unit.code },
});

const sampleId = (from: From, { at, duration = 0 }: Sent): string =>
  uuid5(`${from.patient} ${from.measure} ${from.device} ${at} ${duration}`);

async function send(from: From, sent: readonly Sent[]): Promise<void> {
  const { fhir } = server.smart;
  await fhir.database.transaction(async (tx) => {
    const of = { patient: from.patient, source: `app:a/${from.device}`, measure: from.measure };
    const series = await seriesFor(fhir, tx, 1, of, () => template(from));
    const all = sent.map((one) => ({
      ...{ series: series.id, id: sampleId(from, one), start: one.at, duration: one.duration ?? 0 },
      ...{ zone: from.zone ?? 0, value: one.value },
    }));
    await writeSamples(tx, 1, all, new Date(now));
  });
}

const roll = (at = now) => rollUp({ ...server.smart.fhir, now: () => at }, 1);

async function search<T>(query: string, init: RequestInit = {}): Promise<T[]> {
  const response = await server.fetch(query, init);
  const { entry = [] } = (await response.json()) as { entry?: { resource: T }[] }; // a Bundle
  return entry.map(({ resource }) => resource);
}

const rolled = (patient: string, code: string, init: RequestInit = {}) =>
  search<Observation>(`Observation?patient=${patient}&code=${code}&_sort=date&_count=100`, init);

const data = ({ valueSampledData }: Observation): string[] => valueSampledData?.data?.split(' ') ?? [];

const statistic = (observation: Observation | undefined, code: string): number | undefined => {
  const found = observation?.component?.find(({ code: { coding } }) => coding?.[0]?.code === code);
  return found?.valueQuantity?.value ?? found?.valueInteger;
};

const isValid = (resource: unknown): void =>
  expect(server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error')).toEqual([]);

test('an hour of samples becomes one Observation by the minute, a day one by the hour', async () => {
  const from: From = { patient: 'p', measure: 'heart-rate', device: 'watch', zone: 120 };
  const beats = Array.from({ length: 90 }, (_, n) => ({ at: day + n * MINUTE, value: 60 + (n % 10) }));
  await send(from, beats);
  await roll();
  const hours = await rolled('p', 'heart-rate-hourly');
  expect(hours).toHaveLength(2);
  expect(hours.map((one) => data(one).length)).toEqual([60, 60]);
  expect(hours.map((one) => data(one).filter((value) => value === 'E').length)).toEqual([0, 30]);
  expect(hours[0]?.effectivePeriod).toEqual({
    start: '2026-05-06T02:00:00.000+02:00',
    end: '2026-05-06T02:59:59.999+02:00',
  });
  const [daily, ...others] = await rolled('p', 'heart-rate-daily');
  expect(others).toEqual([]);
  expect(daily?.effectivePeriod).toEqual({
    start: '2026-05-06T00:00:00.000+02:00',
    end: '2026-05-06T23:59:59.999+02:00',
  });
  expect(data(daily ?? ({} as Observation)).slice(0, 5)).toEqual(['E', 'E', '64.5', '64.5', 'E']);
  expect(['minimum', 'maximum', 'average', 'count'].map((code) => statistic(daily, code))).toEqual([60, 69, 64.5, 90]);
  expect(daily?.device?.reference).toBe('Device/watch');
  for (const one of [...hours, daily]) isValid(one);
});

test('a roll-up is found by its own codes and taken for no reading', async () => {
  const [daily] = await rolled('p', '8867-4-daily');
  expect(daily?.code.coding?.[0]?.code).toBe('heart-rate-daily');
  const readings = await search<Observation>('Observation?patient=p&code=8867-4&_count=100');
  expect(readings).toHaveLength(90);
  const stats = await server.fetch('Observation/$stats?subject=Patient/p&code=8867-4&statistic=total-count');
  expect(await stats.text()).toContain('"valueInteger":90');
});

test('its Provenance says what it was made from', async () => {
  const [daily] = await rolled('p', 'heart-rate-daily');
  const [made, ...others] = await search<Provenance>(`Provenance?target=Observation/${daily?.id}`);
  expect(others).toEqual([]);
  expect(made?.target).toHaveLength(3);
  expect(made?.entity?.map(({ what }) => what.reference)).toEqual(['Device/watch']);
  isValid(made);
});

test('what comes late is rolled up into the same hour and day, and what is known already changes nothing', async () => {
  const from: From = { patient: 'p', measure: 'heart-rate', device: 'watch', zone: 120 };
  const [before] = await rolled('p', 'heart-rate-daily');
  await send(from, [{ at: day + 5 * MINUTE, value: 65 }]);
  await roll();
  await rollUpAgain(server.database, 1, 'p');
  await roll();
  expect((await rolled('p', 'heart-rate-daily'))[0]?.meta?.versionId).toBe('1');
  await send(from, [{ at: day + 5 * HOUR, value: 150 }]);
  await roll();
  const [after] = await rolled('p', 'heart-rate-daily');
  expect([after?.id, after?.meta?.versionId]).toEqual([before?.id, '2']);
  expect(statistic(after, 'maximum')).toBe(150);
  expect((await rolled('p', 'heart-rate-hourly')).map(({ meta }) => meta?.versionId)).toEqual(['1', '1', '1']);
});

test('where nothing is left of an hour its roll-up was entered in error', async () => {
  const from: From = { patient: 'p', measure: 'heart-rate', device: 'watch' };
  const id = sampleId(from, { at: day + 5 * HOUR, value: 0 });
  await server.smart.fhir.database.transaction((tx) => markSamples(tx, 1, [id], new Date(now)));
  await roll();
  const hours = await rolled('p', 'heart-rate-hourly');
  expect(hours.map(({ status }) => status)).toEqual(['final', 'final', 'entered-in-error']);
  isValid(hours[2]);
  expect(statistic((await rolled('p', 'heart-rate-daily'))[0], 'maximum')).toBe(69);
});

test('a reading that a person corrects counts with what they wrote', async () => {
  const id = sampleId({ patient: 'p', measure: 'heart-rate', device: 'watch' }, { at: day, value: 0 });
  const reading = (await (await server.fetch(`Observation/${id}`)).json()) as Observation; // which was stored
  const corrected = { ...reading, status: 'corrected', valueQuantity: { ...reading.valueQuantity, value: 44 } };
  const put = await server.fetch(`Observation/${id}`, { method: 'PUT', body: JSON.stringify(corrected) });
  expect(put.status).toBe(200);
  await roll();
  const [daily] = await rolled('p', 'heart-rate-daily');
  expect([statistic(daily, 'minimum'), statistic(daily, 'count')]).toEqual([44, 90]);
});

test('two sources are never added: the first by priority counts, the other where it has nothing', async () => {
  const connection = `insert into device_connection (tenant, id, patient, kind, source, name, state, priority, created_at)
    values (1, $1, 'p', 'app', $2, 'x', 'active', $3, now())`;
  await server.database.query(connection, ['c1', 'app:a', 50]);
  await server.database.query(connection, ['c2', 'app:b', 10]);
  const steps = Array.from({ length: 30 }, (_, n) => ({ at: day + n * MINUTE, value: 10, duration: MINUTE }));
  await send({ patient: 'p', measure: 'steps', device: 'watch' }, steps);
  await send({ patient: 'p', measure: 'steps', device: 'phone' }, [
    { at: day + 20 * MINUTE, value: 1000, duration: 20 * MINUTE },
    { at: day, value: 20_000, duration: DAY },
  ]);
  await roll();
  // Of one app the phone comes first by its name: 1000 in 20 minutes, and ten minutes of the watch before them twice.
  expect(statistic((await rolled('p', 'steps-daily'))[0], 'sum')).toBe(1200);
  await server.database.query(
    `update series set source = 'app:b/watch' where source = 'app:a/watch' and measure = 'steps'`,
  );
  await rollUpAgain(server.database, 1, 'p');
  await roll();
  const [daily] = await rolled('p', 'steps-daily');
  expect(statistic(daily, 'sum')).toBe(300 + 500);
  isValid(daily);
});

test('an hour that is not over waits', async () => {
  await send({ patient: 'q', measure: 'heart-rate', device: 'watch' }, [{ at: day, value: 70 }]);
  await roll(day + HOUR - 1);
  expect(await rolled('q', 'heart-rate-hourly')).toEqual([]);
  await roll(day + HOUR);
  expect(await rolled('q', 'heart-rate-hourly')).toHaveLength(1);
});

test('a roll-up is as confidential as what it is made of', async () => {
  const from: From = { patient: 'q', measure: 'respiratory-rate', device: 'watch', labelled: true };
  await send(from, [{ at: day, value: 14 }]);
  await roll();
  const [daily] = await rolled('q', 'respiratory-rate-daily');
  expect(daily?.meta?.security?.map(({ code }) => code)).toEqual(['R']);
});

test('a roll-up that somebody deleted is not made again', async () => {
  const [hour] = await rolled('q', 'heart-rate-hourly');
  expect((await server.fetch(`Observation/${hour?.id}`, { method: 'DELETE' })).status).toBe(204);
  await rollUpAgain(server.database, 1, 'q');
  await roll();
  expect(await rolled('q', 'heart-rate-hourly')).toEqual([]);
});

test('a reading that is still being written when its hour is rolled up is rolled up afterwards', async () => {
  const from: From = { patient: 'q', measure: 'spo2', device: 'watch' };
  const { fhir } = server.smart;
  const at = day + 8 * HOUR;
  await send(from, [{ at, value: 97 }]);
  await fhir.database.transaction(async (tx) => {
    const of = { patient: 'q', source: 'app:a/watch', measure: 'spo2' };
    const series = await seriesFor(fhir, tx, 1, of, () => template(from));
    const late = { at: at + MINUTE, value: 91 };
    const sample = { series: series.id, id: sampleId(from, late), start: late.at, duration: 0, zone: 0, value: 91 };
    await writeSamples(tx, 1, [sample], new Date(now));
    await roll();
  });
  await roll();
  const [daily] = await rolled('q', 'spo2-daily');
  expect([statistic(daily, 'count'), statistic(daily, 'minimum')]).toEqual([2, 91]);
});

test('what a person has written by hand is not summed up with what devices measure', async () => {
  const from: From = { patient: 'q', measure: 'heart-rate', device: 'watch' };
  const { device: _, ...byHand } = template(from);
  const said = (more: object) => JSON.stringify({ ...byHand, ...more });
  const time = new Date(day + 30 * MINUTE).toISOString();
  const value = (bpm: number) => ({ effectiveDateTime: time, valueQuantity: { ...byHand.valueQuantity, value: bpm } });
  const device = { reference: 'Device/chest-strap', display: 'Strap' };
  for (const body of [said(value(200)), said({ ...value(80), device })])
    expect((await server.fetch('Observation', { method: 'POST', body })).status).toBe(201);
  await rollUpAgain(server.database, 1, 'q');
  await roll();
  const [daily] = await rolled('q', 'heart-rate-daily');
  expect([statistic(daily, 'maximum'), statistic(daily, 'count')]).toEqual([80, 2]);
});

test('who must not see readings of a code does not see what they are rolled up to', async () => {
  const headers = { authorization: `Bearer ${await server.token('user/*.rs', { fhirUser: 'Practitioner/gp' })}` };
  const seen = async (code: string) => (await rolled('p', code, { headers })).length;
  expect([await seen('heart-rate-daily'), await seen('steps-daily')]).toEqual([1, 1]);
  const code = [{ coding: [{ system: 'http://loinc.org', code: '8867-4' }] }];
  const denied = consentOf('p', {
    type: 'permit',
    provision: [{ type: 'deny', actor: [to('Practitioner/gp')], code }],
  });
  expect((await server.fetch('Consent', { method: 'POST', body: JSON.stringify(denied) })).status).toBe(201);
  expect([await seen('8867-4'), await seen('heart-rate-daily'), await seen('heart-rate-hourly')]).toEqual([0, 0, 0]);
  expect(await seen('steps-daily')).toBe(1);
  const query = 'subject=Patient/p&code=8867-4&statistic=count';
  const stats = await server.fetch(`Observation/$stats?${query}`, { headers });
  expect(await stats.text()).toContain('"valueInteger":0');
});
