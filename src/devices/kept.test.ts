import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { canaries, inTables } from '../../test/support/canaries.ts';
import { type Server, startServer } from '../../test/support/server.ts';
import { relabelSeries } from '../privacy/labels/relabel-series.ts';
import { pastOf } from '../privacy/retention/past-samples.ts';
import { purgePast } from '../privacy/retention/purge-past.ts';
import { type RetentionRule, retentionRules } from '../privacy/retention/retention-rules.ts';
import { canonical } from './canonical.ts';
import { observationId } from './identity.ts';
import { observationOf } from './observation.ts';
import type { Reading } from './reading.ts';
import { storeReadings, type ToStore } from './store.ts';

let server: Server;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-readings-'));
  server = await startServer({ PORTICO_DATA: data });
});
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

const received = new Date();
const start = received.getTime() - 3_600_000;

/** A Patient with samples, a version of one of them, and a reading that is a resource. */
async function patientWith(id: string, birthDate: string, source: string, record = 'r'): Promise<void> {
  await server.fetch(`Patient/${id}`, {
    method: 'PUT',
    body: JSON.stringify({ resourceType: 'Patient', id, birthDate }),
  });
  const reading = (more: Partial<Reading>): ToStore => {
    const one: Reading = {
      ...{ kind: 'reading', path: '', measure: 'heart-rate', start: { at: start, zone: 0 }, duration: 0 },
      value: { value: 60, unit: '/min' },
      ...more,
    };
    const value = canonical(one, received.getTime());
    if (!value.ok) throw new Error(value.issues[0]?.diagnostics);
    const observation = () => observationOf(value.value, { patient: `Patient/${id}`, device: null, gateway: null });
    const identity = {
      tenant: 1,
      patient: id,
      source,
      code: one.measure,
      start: one.start.at,
      duration: 0,
      components: [],
    };
    return {
      canonical: value.value,
      id: observationId(identity),
      source,
      observation,
      record: { id: record, version: '1', part: String(one.start.at) },
    };
  };
  const store = (...batch: ToStore[]) => storeReadings(server.smart.fhir, 1, id, batch, received);
  await store(
    reading({}),
    reading({ start: { at: start + 1000, zone: 0 } }),
    reading({ measure: 'body-weight', value: { value: 70, unit: 'kg' } }),
  );
  await store(reading({ value: { value: 61, unit: '/min' }, record: { id: record, version: '2' } }));
}

const countOf = async (patient: string): Promise<number> => {
  const body = (await (await server.fetch(`Observation?subject=Patient/${patient}&_summary=count`)).json()) as {
    total: number;
  };
  return body.total;
};

const rowsOf = async (table: string, patient: string): Promise<number> => {
  const where = table.startsWith('sample')
    ? 'series in (select id from series s where s.tenant = $1 and s.patient = $2)'
    : 'patient = $2';
  const [row] = await server.database.query(`select count(*)::int from ${table} where tenant = $1 and ${where}`, [
    1,
    patient,
  ]);
  return Number(row?.[0]);
};

test('after $erase nothing of what devices sent is in any table, and what others were sent is found as before', async () => {
  const [source = '', record = ''] = canaries(2);
  await patientWith('gone', '1980-01-01', `app:${source}`, record);
  await patientWith('stays', '1980-01-01', 'app:other');
  const found = await inTables(server.database, [source, 'Patient/gone']);
  expect(found).toContain('series: 0');
  expect(found).toContain('series: 1');
  const answer = await server.fetch('Patient/gone/$erase?grace=0', { method: 'POST' });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  const receipt = (JSON.parse(text) as { parameter: { name: string; valueString?: string }[] }).parameter.find(
    ({ name }) => name === 'receipt',
  );
  expect(JSON.parse(receipt?.valueString ?? '{}')).toMatchObject({
    others: {
      sample: { before: 2, after: 0 },
      series: { before: 1, after: 0 },
      sample_history: { before: 1, after: 0 },
      device_record: { before: 3, after: 0 },
      device_written: { before: 1, after: 0 },
    },
    resources: { Observation: { before: 1, after: 0 } },
  });
  expect(await inTables(server.database, [source])).toEqual([]);
  for (const table of ['series', 'device_record', 'device_written', 'rollup_due']) {
    expect(await rowsOf(table, 'gone')).toBe(0);
  }
  const [orphans] = await server.database.query(
    `select (select count(*)::int from sample m where m.tenant = $1 and not exists (select from series s where s.tenant = $1 and s.id = m.series))
      + (select count(*)::int from sample_history m where m.tenant = $1 and not exists (select from series s where s.tenant = $1 and s.id = m.series))`,
    [1],
  );
  expect(orphans?.[0]).toBe(0);
  const words = await server.fetch('Observation?code:text=heart&subject=Patient/stays&_summary=count');
  expect(await words.json()).toMatchObject({ total: 2 });
});

test('what must be kept by law withstands the erasure, with the samples, and the receipt says so', async () => {
  await patientWith('lawful', '1980-01-01', 'app:lawful');
  const [first] = retentionRules;
  const rule: Partial<RetentionRule> = { ...first, name: 'devices', types: ['Observation'], withstands: 'erasure' };
  const { name, ...rest } = rule;
  const token = await server.token('system/*.cruds', { actor: 'privacy-officer' });
  const headers = { authorization: `Bearer ${token}` };
  const query = `name=${name}&rule=${encodeURIComponent(JSON.stringify(rest))}`;
  expect((await server.fetch(`$set-retention-rule?${query}`, { method: 'POST', headers })).status).toBe(200);
  const answer = await server.fetch('Patient/lawful/$erase?grace=0', { method: 'POST' });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  expect(text).toContain('devices');
  expect(await rowsOf('sample', 'lawful')).toBe(2);
  await server.database.query('delete from retention_rule where tenant = $1', [1]);
});

test('samples that are past every rule are purged with the record, unless a hold stands', async () => {
  for (const id of ['past', 'on-hold']) await patientWith(id, '1980-01-01', `app:${id}`);
  const token = await server.token('system/*.cruds', { actor: 'legal' });
  const held = await server.fetch('Patient/on-hold/$hold?matter=m', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(held.status).toBe(200);
  const then = new Date();
  then.setUTCFullYear(then.getUTCFullYear() + 10);
  const purge = (at: number) => purgePast({ ...server.smart.fhir, now: () => at }, 1);
  await purge(then.getTime() - 86_400_000);
  expect(await countOf('past')).toBe(3);
  await purge(then.getTime() + 86_400_000);
  expect(await rowsOf('series', 'past')).toBe(0);
  expect(await rowsOf('device_record', 'past')).toBe(0);
  expect(await countOf('past')).toBe(0);
  expect(await countOf('on-hold')).toBe(3);
});

test('samples are kept as long as the longest rule about them says', () => {
  const rule = (more: Partial<RetentionRule>): RetentionRule => ({
    ...{ name: 'r', types: ['Observation'], class: 'clinical', jurisdiction: '*', years: 2, trigger: 'last-activity' },
    ...{ withstands: 'nothing', source: 's' },
    ...more,
  });
  const now = Date.parse('2026-06-01');
  const of = { patient: null, activity: Date.parse('2025-01-01') };
  expect(pastOf([rule({})], of, now)).toBeNull();
  expect(pastOf([rule({ years: 1 })], of, now)).toEqual({ rule: 'r', before: null });
  expect(pastOf([rule({ types: ['Task'], years: 0 })], of, now)).toBeNull();
  const ends = rule({ name: 'each', trigger: 'period-end', years: 3 });
  expect(pastOf([rule({ years: 1 }), ends], of, now)).toEqual({ rule: 'each', before: new Date('2023-06-01') });
  expect(pastOf([rule({}), ends], of, now)).toBeNull();
});

test('samples that were stored under other rules are labelled once they change', async () => {
  await patientWith('labels', '1980-01-01', 'app:labels');
  await server.database.query(
    `update series set head = replace(head, '8867-4', '7917-8') where tenant = $1 and patient = $2`,
    [1, 'labels'],
  );
  await relabelSeries(server.smart.fhir, 1);
  const [row] = await server.database.query(
    'select content, labels::int, date_end is not null from sample_observation where tenant = $1 and patient = $2 limit 1',
    [1, 'labels'],
  );
  expect(String(row?.[0])).toContain('"code":"HIV"');
  expect(row?.[1]).not.toBe(0);
  const found = await server.fetch('Observation?subject=Patient/labels&_security=HIV&date=gt2020&_summary=count');
  expect(await found.json()).toMatchObject({ total: 2 });
});
