import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { random, randomQuery, randomSort } from '../../../test/support/search-queries.ts';
import { grantOf, type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import type { Grant } from '../access.ts';
import type { Json, Resource } from '../context.ts';
import { draft } from '../store/draft.ts';
import { createStore } from '../store/store.ts';
import { linear } from './ucum.ts';

const seed = Number(process.env.PORTICO_SEED ?? Date.now() % 1_000_000);
const cases = Number(process.env.PORTICO_CASES ?? 300);

/** The tenants: in one all are resources, in the other those that can be are samples. */
const PLAIN = 5;
const TIERED = 6;

const loinc = 'http://loinc.org';
const mdc = 'urn:iso:std:iso:11073:10101';
const measures = [
  { codes: [[loinc, '8867-4']], category: 'vital-signs', unit: '/min', low: 40 },
  { codes: [[loinc, '55423-8']], category: 'activity', unit: '{steps}', low: 0 },
  {
    codes: [
      [loinc, '8310-5'],
      [mdc, '150364'],
    ],
    category: 'vital-signs',
    unit: 'Cel',
    low: 35,
  },
] as const;

const uuid5 = (name: string): string => {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** What a sample is of: its Observation is put together from it in both tenants. */
type Of = {
  measure: number;
  patient: string;
  device: string | null;
  start: number;
  duration: number;
  status: number;
  value: number;
  id: string;
};

const statuses = ['final', 'amended', 'entered-in-error'] as const;

const instant = (ms: number): string => new Date(ms).toISOString();

function observation(of: Of): Resource {
  const { codes, category, unit } = measures[of.measure] ?? measures[0];
  const time =
    of.duration === 0
      ? { effectiveDateTime: instant(of.start) }
      : { effectivePeriod: { start: instant(of.start), end: instant(of.start + of.duration) } };
  return {
    resourceType: 'Observation',
    id: of.id,
    status: statuses[of.status],
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code: { coding: codes.map(([system, code]) => ({ system, code })) },
    subject: { reference: `Patient/${of.patient}` },
    ...(of.device === null ? {} : { device: { reference: `Device/${of.device}` } }),
    ...time,
    valueQuantity: { value: of.value, unit, system: 'http://unitsofmeasure.org', code: unit },
  };
}

const begin = Date.UTC(2026, 0, 10);

function made(next: () => number): Of[] {
  const whole = (below: number): number => Math.floor(next() * below);
  const drawn = Array.from({ length: 400 }, (_, n): Of => {
    const measure = whole(measures.length);
    const duration = measure === 1 ? 60_000 * (1 + whole(3)) : 0;
    // Few instants, so that many are equal and the ids decide.
    const start = begin + whole(60) * 600_000 + (next() < 0.3 ? whole(1000) : 0);
    const device = next() < 0.2 ? null : `watch-${whole(3)}`;
    const status = next() < 0.8 ? 0 : 1 + whole(2);
    const value = (measures[measure]?.low ?? 0) + whole(40) / 4;
    const of = { measure, patient: `p${whole(4)}`, device, start, duration, status, value };
    return { ...of, id: uuid5(`${seed} ${n}`) };
  });
  // One device measures one thing once at a time.
  const named = drawn.map((of) => [[of.patient, of.device, of.measure, of.start, of.duration].join(), of] as const);
  return [...new Map(named).values()];
}

/** What is no sample, in both tenants: the tiers must be in one order. */
const beside = (n: number): Resource => ({
  ...observation({
    measure: 0,
    patient: `p${n % 4}`,
    device: null,
    start: begin + (n % 60) * 600_000,
    duration: 0,
    status: 0,
    value: 40 + (n % 40) / 4,
    id: `beside-${n}`,
  }),
  note: [{ text: 'after a walk' }],
});

let world: SearchWorld;
let all: Resource[];

const received = (n: number): Date => new Date(Date.UTC(2026, 0, 20) + Math.floor(n / 3) * 1000);

beforeAll(async () => {
  world = await searchWorld();
  const next = random(seed);
  const samples = made(next);
  const others = Array.from({ length: 100 }, (_, n) => beside(n));
  const store = createStore(world.database);
  const put = async (tenant: number, resource: Resource, at: Date): Promise<void> => {
    const one = draft(world.context, tenant, { text: JSON.stringify(resource), resource }, String(resource.id), at);
    const written = await store.update(grantOf({ tenant }), one, null);
    if (!written.ok) throw new Error(written.issues[0]?.diagnostics);
  };
  all = [...samples.map(observation), ...others];
  for (const tenant of [PLAIN, TIERED]) {
    for (const [n, resource] of others.entries()) await put(tenant, resource, received(n * 4));
    for (const n of [0, 1, 2, 3]) {
      const patient: Json = { name: [{ family: n < 2 ? 'Osei' : 'Bern' }], gender: n % 2 === 0 ? 'male' : 'female' };
      await put(tenant, { resourceType: 'Patient', id: `p${n}`, ...patient }, received(0));
      await put(tenant, { resourceType: 'Device', id: `watch-${n}`, manufacturer: `Maker ${n}` }, received(0));
    }
  }
  for (const [n, of] of samples.entries()) {
    await put(PLAIN, observation(of), received(n));
    await sample(of, received(n));
  }
}, 120_000);

afterAll(() => world.close());

const rowOf = (of: Of) => world.context.index(TIERED, observation(of));

/** What is behind the status, and in front of the time, of the text of an Observation. */
function headOf(of: Of): string {
  const {
    resourceType: _,
    id: __,
    status: ___,
    effectiveDateTime: _i,
    effectivePeriod: _p,
    valueQuantity: _v,
    ...head
  } = observation(of);
  return `,${JSON.stringify(head).slice(1, -1)}`;
}

/** The number of the next series. */
let drawn = 1;

async function sample(of: Of, at: Date): Promise<void> {
  const rows = [0, 1, 2].map((status) => rowOf({ ...of, status }));
  const [final] = rows;
  const unit = measures[of.measure]?.unit ?? '';
  const { factor, offset } = linear(unit) ?? { factor: 1, offset: 0 };
  const list = (values: readonly number[] = []): string => `{${values}}`;
  const [series] = await world.database.query(
    `insert into series (tenant, patient, source, measure, device, code, present, keys, keys_amended, keys_error, factor, shift,
       meta, head, unit, id)
     values ($1, $2, $3, $4, $3, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, $14)
     on conflict (tenant, patient, source, measure) do update set device = excluded.device returning id`,
    [
      TIERED,
      of.patient,
      of.device ?? '',
      String(of.measure),
      final?.code ?? null,
      list(final?.present),
      ...rows.map((row) => list(row.keys)),
      factor,
      offset,
      headOf(of),
      `,${JSON.stringify({ unit, system: 'http://unitsofmeasure.org', code: unit }).slice(1, -1)}`,
      drawn++,
    ],
  );
  await world.database.query(
    `insert into sample (tenant, series, start, duration, zone, status, value, received, id) values ($1, $2, $3, $4, 0, $5, $6, $7, $8)`,
    [TIERED, Number(series?.[0]), new Date(of.start), of.duration, of.status, of.value, at, of.id],
  );
}

const grants: readonly (readonly [string, (tenant: number) => Grant])[] = [
  ['everything', (tenant) => grantOf({ tenant })],
  ['two records', (tenant) => grantOf({ tenant, patients: ['p0', 'p3'] })],
  ['one record', (tenant) => grantOf({ tenant, patients: ['p1'] })],
  ['nobody', (tenant) => grantOf({ tenant, patients: [] })],
];

/** The ids of all pages, in order. */
async function pages(query: string, grant: Grant): Promise<string[]> {
  const found: string[] = [];
  let where = `Observation?${query}`;
  for (let page = 0; page < 100; page++) {
    const got = await world.ask(where, grant);
    if (!('found' in got)) return [`${got.status} ${got.issues[0]?.diagnostics}`];
    found.push(...got.found.map(({ mode, type, id, content }) => `${mode} ${type}/${id} ${content.length > 0}`));
    if (got.next === null) return found;
    where = got.next.slice(got.next.indexOf('Observation?'));
  }
  return found;
}

const asked = [
  '',
  'patient=p1',
  'patient=p1&code=8867-4',
  'code=8867-4,55423-8',
  'code=150364',
  'patient=Patient/p0,Patient/p2&code:not=8867-4',
  'category=vital-signs&_sort=date',
  'status=entered-in-error',
  'device=Device/watch-1&_sort=-date',
  'patient=p3&_sort=-_lastUpdated',
  '_lastUpdated=ge2026-01-20T00:01:00Z&_sort=_lastUpdated',
  'value-quantity=gt43||/min&patient=p0',
  'code-value-quantity=8310-5$le37|http://unitsofmeasure.org|Cel',
  'value-quantity=gt310|http://unitsofmeasure.org|K&_sort=value-quantity',
  'combo-code-value-quantity=8867-4$lt45&_sort=-value-quantity',
  'date=ge2026-01-10T02:00:00Z&date=lt2026-01-10T05:00:00Z',
  'patient.name=osei&code=8867-4',
  'patient=p2&_include=Observation:device&_include=Observation:subject',
  '_id=beside-1',
  'date:missing=true',
  'subject:Patient.gender=male&_sort=date',
];

test(`searches of Observations give the same pages in the same order whether they are resources or samples (seed ${seed})`, async () => {
  for (const [who, grant] of grants) {
    for (const query of asked) {
      for (const count of [7, 1000]) {
        const full = `${query === '' ? '' : `${query}&`}_count=${count}`;
        const expected = await pages(full, grant(PLAIN));
        expect(await pages(full, grant(TIERED)), `${full} of ${who} (seed ${seed})`).toEqual(expected);
      }
    }
  }
}, 240_000);

test(`${cases} random searches find the same among resources and among samples (seed ${seed})`, async () => {
  const next = random(seed + 1);
  let found = 0;
  for (let at = 0; at < cases; at++) {
    const { query } = randomQuery(next, all);
    const encoded = new URLSearchParams(query.split('&').map((part) => part.split(/=(.*)/s).slice(0, 2))).toString();
    const full = `${encoded}&_count=50${randomSort(next, 'Observation')}`;
    const [who, grant] = grants[Math.floor(next() * 3)] ?? grants[0] ?? ['', grantOf];
    const expected = await pages(full, grant(PLAIN));
    expect(await pages(full, grant(TIERED)), `${full} of ${who} (seed ${seed}, case ${at})`).toEqual(expected);
    const total = await world.ask(`Observation?${full}&_summary=count`, grant(TIERED));
    const plain = await world.ask(`Observation?${full}&_summary=count`, grant(PLAIN));
    expect('total' in total && total.total, full).toBe('total' in plain && plain.total);
    if (expected.length > 0) found++;
  }
  expect(found).toBeGreaterThan(cases / 4);
}, 240_000);

test('what points to samples and what they point to is found alike', async () => {
  for (const query of [
    'Patient?_has:Observation:patient:code=55423-8',
    'Device?_has:Observation:device:status=amended',
    'Patient?_revinclude=Observation:patient&_id=p1',
    'Device?_revinclude=Observation:device',
  ]) {
    const of = async (tenant: number): Promise<string[]> => (await world.find(query, grantOf({ tenant }))).sort();
    const expected = await of(PLAIN);
    expect(expected.length, query).toBeGreaterThan(1);
    expect(await of(TIERED), query).toEqual(expected);
  }
});

test('the text of a sample is the text that the resource would have', async () => {
  const store = createStore(world.database);
  for (const resource of all) {
    const id = String(resource.id);
    const [plain, sampled] = await Promise.all(
      [PLAIN, TIERED].map((tenant) => store.read(grantOf({ tenant }), 'Observation', id)),
    );
    if (!plain?.ok || !sampled?.ok) throw new Error(`${id} is not there`);
    expect(JSON.parse(sampled.value.content)).toEqual(JSON.parse(plain.value.content));
  }
});
