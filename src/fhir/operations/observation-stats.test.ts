import type { Observation, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';
import { uuid5 } from '../../devices/identity.ts';
import type { Resource } from '../context.ts';
import { seriesFor } from '../samples/series.ts';
import { writeSamples } from '../samples/write.ts';
import { type Point, statistics, statisticsOf } from './statistics.ts';

const HOUR = 3_600_000;
const begin = Date.UTC(2026, 2, 1);
const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';

let server: Server;

const observation = (patient: string, code: string, at: number, value: number, unit: string): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: loinc, code }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: new Date(at).toISOString(),
  valueQuantity: { value, unit, system: ucum, code: unit },
});

type Sent = { at: number; value: number; duration?: number };

async function samples(patient: string, code: string, unit: string, sent: readonly Sent[], source = 'app:a/watch') {
  const { fhir } = server.smart;
  await fhir.database.transaction(async (tx) => {
    const of = { patient, source, measure: code };
    const series = await seriesFor(fhir, tx, 1, of, () => observation(patient, code, begin, 1, unit));
    const all = sent.map(({ at, value, duration = 0 }) => {
      const id = uuid5(`${patient} ${source} ${code} ${at} ${duration}`);
      return { series: series.id, id, start: at, duration, zone: 60, value };
    });
    await writeSamples(tx, 1, all, new Date(begin));
  });
}

async function resources(all: readonly object[]): Promise<void> {
  const entry = all.map((resource) => {
    const { resourceType, id } = resource as Resource; // as they are written below
    const request = id ? { method: 'PUT', url: `${resourceType}/${id}` } : { method: 'POST', url: resourceType };
    return { resource, request };
  });
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  expect((await server.fetch('', { method: 'POST', body })).status).toBe(200);
}

// In beats a minute; those that are resources are said in beats a second.
const beats: Sent[] = Array.from({ length: 200 }, (_, n) => ({
  at: begin + n * 7 * 60_000,
  value: 60 + ((n * 37) % 41) + n / 50,
}));

beforeAll(async () => {
  server = await startServer();
  await resources([
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Patient', id: 'q' },
  ]);
  await samples('p', '8867-4', '/min', beats.slice(0, 150));
  await samples('q', '8867-4', '/min', [{ at: begin, value: 200 }]);
  await samples('p', '55423-8', '{steps}', [
    { at: begin, value: 100, duration: 60_000 },
    { at: begin + 60_000, value: 20, duration: 60_000 },
    { at: begin, value: 5000, duration: 24 * HOUR },
  ]);
  await resources([
    ...beats.slice(150).map(({ at, value }) => observation('p', '8867-4', at, value / 60, '/s')),
    { ...observation('p', '8867-4', begin, 500, '/min'), status: 'entered-in-error' },
    { ...observation('p', '8867-4', begin, 70, '/min'), valueQuantity: undefined, valueString: 'fast' },
    observation('p', '29463-7', begin, 154, '[lb_av]'),
    observation('p', '29463-7', begin + HOUR, 71, 'kg'),
    observation('p', '8310-5', begin, 98.6, '[degF]'),
    observation('p', '8310-5', begin + HOUR, 38, 'Cel'),
    ...[120, 130].map((systolic, n) => ({
      ...observation('p', '85354-9', begin + n * HOUR, 0, 'mm[Hg]'),
      valueQuantity: undefined,
      component: [
        ['8480-6', systolic],
        ['8462-4', systolic - 40],
      ].map(([code, value]) => ({
        code: { coding: [{ system: loinc, code }] },
        valueQuantity: { value, unit: 'mm[Hg]', system: ucum, code: 'mm[Hg]' },
      })),
    })),
  ]);
});
afterAll(() => server?.close());

type Said = Record<string, number | string | null | undefined>;

async function stats(query: string, init: RequestInit = {}) {
  const response = await server.fetch(query === '' ? 'Observation/$stats' : `Observation/$stats?${query}`, init);
  const body = (await response.json()) as Parameters; // looked at member by member
  const of = (name: string): Observation[] =>
    (body.parameter ?? []).filter((one) => one.name === name).map(({ resource }) => resource as Observation);
  const said = of('statistics').map(({ component = [] }): Said => {
    const pairs = component.map(({ code, valueQuantity, valueInteger }): [string, number | null] => [
      code.text ?? code.coding?.[0]?.code ?? '',
      valueQuantity?.value ?? valueInteger ?? null,
    ]);
    const unit = component.find(({ valueQuantity }) => valueQuantity)?.valueQuantity?.code;
    return { ...Object.fromEntries(pairs), unit };
  });
  return { status: response.status, said, all: of('statistics'), sources: of('source') };
}

const everything = [...statistics.map(({ code }) => code), 'regression'].map((code) => `statistic=${code}`).join('&');

function naive(points: readonly Point[], ignored: number, from: number): Said {
  const all = statisticsOf(points, ignored, from);
  const pairs = statistics.map(({ code, of }) => [code, of(all)] as const);
  return { ...Object.fromEntries(pairs), gradient: all.gradient, intercept: all.intercept };
}

/** Equal to 8 digits. */
function expectAlike(said: Said | undefined, wanted: Said): void {
  for (const [code, value] of Object.entries(wanted)) {
    const found = said?.[code];
    if (typeof value !== 'number') expect([code, found]).toEqual([code, value]);
    else
      expect(Math.abs(Number(found) - value), `${code}: ${found}, not ${value}`).toBeLessThan(
        1e-6 * (1 + Math.abs(value)),
      );
  }
}

test('every statistic is that of all readings, resources and samples, in one unit', async () => {
  const { status, said, all } = await stats(`subject=Patient/p&code=8867-4&system=${loinc}&${everything}`);
  expect(status).toBe(200);
  expect(said).toHaveLength(1);
  const perSecond = beats.map(({ at, value }) => ({ at, value: value / 60 }));
  expectAlike(said[0], naive(perSecond, 1, begin));
  expect(said[0]?.unit).toBe('/s');
  expect(server.smart.fhir.validate(all[0]).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test.each([
  ['the samples of an hour', { start: begin, end: begin + HOUR }],
  ['the samples of a day', { start: begin, end: begin + 24 * HOUR }],
  ['a time without any', { start: begin - HOUR, end: begin - 1 }],
])('a period tells which are meant: %s', async (_, { start, end }) => {
  const [from, until] = [start, end].map((at) => new Date(at).toISOString());
  const parameter = [
    { name: 'subject', valueUri: 'Patient/p' },
    { name: 'coding', valueCoding: { system: loinc, code: '8867-4' } },
    { name: 'period', valuePeriod: { start: from, end: until } },
    ...statistics.map(({ code }) => ({ name: 'statistic', valueCode: code })),
  ];
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  const { said } = await stats('', { method: 'POST', body });
  const within = beats.filter(({ at }) => at >= start && at <= end);
  const isPerSecond = within.length > 150;
  const {
    gradient: _g,
    intercept: _i,
    ...wanted
  } = naive(
    within.map(({ at, value }) => ({ at, value: isPerSecond ? value / 60 : value })),
    within.length > 0 ? 1 : 0,
    start,
  );
  expectAlike(said[0], wanted);
});

test('a duration is so many hours until now', async () => {
  await samples('q', '9279-1', '/min', [
    { at: Date.now() - 90 * 60_000, value: 10 },
    { at: Date.now() - 30 * 60_000, value: 20 },
  ]);
  const query = 'subject=Patient/q&code=9279-1&statistic=average&statistic=count';
  expect((await stats(`${query}&duration=1`)).said).toEqual([{ average: 20, count: 1, unit: '/min' }]);
  expect((await stats(`${query}&duration=2`)).said).toEqual([{ average: 15, count: 2, unit: '/min' }]);
});

test('readings in other units of the same kind count, said in the unit of the latest', async () => {
  const [weight] = (await stats('subject=Patient/p&code=29463-7&statistic=max&statistic=min&statistic=count')).said;
  expect(weight).toMatchObject({ maximum: 71, count: 2, unit: 'kg' });
  expect(weight?.minimum).toBeCloseTo(69.853, 3);
  const [warm] = (await stats('subject=Patient/p&code=8310-5&statistic=average&statistic=sum&statistic=variance')).said;
  expect(warm).toMatchObject({ average: 37.5, sum: 75, variance: 0.5 });
});

test('the total of a day is never added to its parts', async () => {
  const { said } = await stats('subject=Patient/p&code=55423-8&statistic=sum,count');
  expect(said).toEqual([{ sum: 120, count: 2, unit: '{steps}' }]);
});

test('a panel is the statistics of each of its parts, and a part can be asked for', async () => {
  const panel = await stats('subject=Patient/p&code=85354-9&statistic=average');
  expect(panel.all.map(({ code }) => code.coding?.[0]?.code).toSorted()).toEqual(['8462-4', '8480-6']);
  expect(panel.said.map(({ average }) => average).toSorted()).toEqual([125, 85]);
  expect((await stats('subject=Patient/p&code=8480-6&statistic=average')).said).toEqual([
    { average: 125, unit: 'mm[Hg]' },
  ]);
});

test('what they are made of comes with them, the latest first, as much as is asked for', async () => {
  const query = `subject=Patient/p&code=8867-4&statistic=count`;
  expect((await stats(query)).sources).toEqual([]);
  const { sources } = await stats(`${query}&include=true&limit=60`);
  expect(sources).toHaveLength(60);
  expect(sources[0]?.effectiveDateTime).toBe(new Date(beats.at(-1)?.at ?? 0).toISOString());
  expect(sources.at(-1)?.effectiveDateTime).toContain('+01:00');
});

test.each([
  'code=8867-4&statistic=average',
  'subject=Patient/p&statistic=average',
  'subject=Patient/p&code=8867-4',
  'subject=Patient/p&code=8867-4&statistic=mode',
  'subject=Patient/p&code=8867-4&statistic=average&duration=soon',
  'subject=Patient/p&code=8867-4&statistic=average&include=true&limit=0',
])('$stats?%s is refused', async (query) => {
  expect((await stats(query)).status).toBe(400);
});

test.each([
  ['patient/Observation.rs', 150, 51],
  ['patient/Observation.rs?status=final', 150, 51],
])('statistics are of what a caller may see: %s', async (scope, fewest, more) => {
  const headers = { authorization: `Bearer ${await server.token(scope, { patient: 'p' })}` };
  const query = 'code=8867-4&statistic=total-count&statistic=maximum';
  const { said } = await stats(`subject=Patient/p&${query}`, { headers });
  expect(said[0]).toMatchObject({ 'total-count': fewest + more });
  expect((await stats(`subject=Patient/q&${query}`, { headers })).said).toEqual([
    { 'total-count': 0, maximum: null, unit: undefined },
  ]);
  const blind = { authorization: `Bearer ${await server.token('patient/Patient.rs', { patient: 'p' })}` };
  expect((await stats(`subject=Patient/p&${query}`, { headers: blind })).status).toBe(403);
});

const lastn = async (query: string, init: RequestInit = {}) => {
  const response = await server.fetch(`Observation/$lastn?${query}`, init);
  const { entry = [] } = (await response.json()) as { entry?: { resource: Observation }[] }; // a Bundle
  return entry.map(({ resource }) => resource);
};

test('$lastn is the latest of each code, whichever tier they are in', async () => {
  const [latest, ...others] = await lastn('patient=p&code=8867-4');
  expect(others).toEqual([]);
  expect(latest?.effectiveDateTime).toBe(new Date(beats.at(-1)?.at ?? 0).toISOString());
  // Fifty of them are resources, the others samples.
  const many = await lastn('patient=p&code=8867-4&max=60');
  expect(many.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime ?? ''))).toEqual(
    beats
      .slice(-60)
      .map(({ at }) => at)
      .toReversed(),
  );
  const both = await lastn('patient=p&code=8867-4,55423-8');
  expect(both.map(({ code }) => code.coding?.[0]?.code).toSorted()).toEqual(['55423-8', '8867-4']);
});

test('where texts tell what a caller may see they are read: statistics and $lastn are of that', async () => {
  const sent = [10, 20, 30, 40].map((value, n) => ({ at: begin + n * HOUR, value }));
  await samples('q', '59408-5', '%', sent);
  await samples('q', '59408-5', '%', [
    { at: begin + HOUR, value: 21 },
    { at: begin + 2 * HOUR, value: 31 },
  ]);
  await resources([{ ...observation('q', '59408-5', begin - HOUR, 11, '%'), status: 'amended' }]);
  const headers = {
    authorization: `Bearer ${await server.token('patient/Observation.rs?status=amended', { patient: 'q' })}`,
  };
  const { said } = await stats('subject=Patient/q&code=59408-5&statistic=count,minimum,maximum,sum', { headers });
  expect(said).toEqual([{ count: 3, minimum: 11, maximum: 31, sum: 63, unit: '%' }]);
  const found = await lastn('patient=q&code=59408-5&max=2', { headers });
  expect(found.map(({ valueQuantity }) => valueQuantity?.value)).toEqual([31, 21]);
});
