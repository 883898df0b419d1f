import { afterAll, beforeAll, expect, test } from 'vitest';

import { openConnectionOf } from '../../src/devices/connections/store.ts';
import { ingest } from '../../src/devices/ingest.ts';
import type { ItemOutcome } from '../../src/devices/outcomes.ts';
import type { Item } from '../../src/devices/reading.ts';
import { collection, heartRate, patientIn, statusesOf, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const minute = (at: number): string => new Date(Date.parse('2026-01-01T00:00:00Z') + at * 60_000).toISOString();

const asPatient = async (patient: string): Promise<{ headers: { authorization: string } }> => {
  const token = await server.token('patient/*.cruds', { patient, fhirUser: `Patient/${patient}` });
  return { headers: { authorization: `Bearer ${token}` } };
};

async function connected(patient: string) {
  const [row = []] = await server.database.query(
    `select source from device_connection where tenant = 1 and patient = $1 and state = 'active'`,
    [patient],
  );
  const found = await openConnectionOf(server.database, 1, patient, String(row[0]));
  if (!found) throw new Error('it was not connected');
  return found;
}

async function choose(patient: string, connection: string, measures: readonly string[]): Promise<number> {
  const parameter = [
    { name: 'connection', valueString: connection },
    ...measures.map((valueCode) => ({ name: 'measure', valueCode })),
  ];
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  const who = await asPatient(patient);
  return (await server.fetch(`Patient/${patient}/$device-choose`, { method: 'POST', body, ...who })).status;
}

async function stored(patient: string, measure: string): Promise<number> {
  const sql = `select count(*)::int from sample m join series s on s.tenant = m.tenant and s.id = m.series
    where m.tenant = 1 and s.patient = $1 and s.measure = $2`;
  return Number((await server.database.query(sql, [patient, measure]))[0]?.[0]);
}

const readingOf = (measure: string, at: number, unit: string): Item => ({
  kind: 'reading',
  path: `item[${at}]`,
  measure,
  start: { at: Date.parse(minute(at)), zone: 0 },
  duration: 60_000,
  value: { value: 60, unit },
});

test('what was read before a choice and is stored after it is held to that choice, item by item', async () => {
  const patient = await patientIn(server);
  expect((await submit(server, collection(heartRate(patient, minute(0), 60)), await asPatient(patient))).status).toBe(
    201,
  );
  const before = await connected(patient);
  expect(before.measures).toBeNull();
  // The patient chooses once the chunk was gone through, and before it is stored.
  let chose = 0;
  const { fhir } = server.smart;
  const transaction: typeof fhir.database.transaction = async (run) => {
    if (chose === 0) chose = await choose(patient, before.id, ['steps']);
    return fhir.database.transaction(run);
  };
  const database = new Proxy(fhir.database, {
    get: (of, name) => (name === 'transaction' ? transaction : Reflect.get(of, name)),
  });
  const link = { tenant: 1, patient, connection: before, grant: null };
  const items = [readingOf('heart-rate', 1, '/min'), readingOf('steps', 2, '{steps}')];
  const options = { received: Date.now(), payload: { id: 'test', hash: 'a'.repeat(64) } };
  const outcomes: ItemOutcome[] = [];
  for await (const some of ingest({ ...fhir, database }, link, items, options)) outcomes.push(...some);
  expect(chose).toBe(200);
  expect(outcomes.map(({ path, status }) => [path, status])).toEqual([
    ['item[1]', '422'],
    ['item[2]', '201'],
  ]);
  expect(outcomes[0]?.issue).toMatchObject({ code: 'business-rule', expression: 'item[1]' });
  expect(outcomes[0]?.issue?.diagnostics).toContain('heart-rate');
  expect(await stored(patient, 'heart-rate')).toBe(1);
  expect(await stored(patient, 'steps')).toBe(1);
});

test('submissions that are under way while measures are chosen store nothing outside of them once that was answered', async () => {
  const patient = await patientIn(server);
  const who = await asPatient(patient);
  let at = 0;
  const send = async (): Promise<string[]> => {
    const all = Array.from({ length: 20 }, () => {
      at += 1;
      return heartRate(patient, minute(at), 70);
    });
    return statusesOf(await submit(server, collection(...all), who));
  };
  expect(new Set(await send())).toEqual(new Set(['201']));
  const { id } = await connected(patient);
  const all = Promise.all(Array.from({ length: 12 }, send));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await choose(patient, id, ['steps'])).toBe(200);
  const answered = await stored(patient, 'heart-rate');
  const statuses = new Set((await all).flat());
  expect(await stored(patient, 'heart-rate')).toBe(answered);
  expect([...statuses].every((one) => ['201', '422'].includes(one))).toBe(true);
  expect(new Set(await send())).toEqual(new Set(['422']));
});
