import { Readable } from 'node:stream';
import type { AuditEvent, Bundle, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openConnectionOf } from '../../src/devices/connections/store.ts';
import { eraseBrought } from '../../src/devices/erasing/erase-brought.ts';
import { eraseBroughtJob } from '../../src/devices/erasing/erase-job.ts';
import { rollUp } from '../../src/devices/rollups/roll-up.ts';
import type { FhirContext } from '../../src/fhir/context.ts';
import { bloodPressure, collection, heartRate, patientIn, submit } from '../support/device-submissions.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';

let servers: Server[] = [];
let server: Server;

beforeAll(async () => {
  // As it is set up by itself, and with records that are sealed.
  servers = [await startServer(), await startServer({ PORTICO_SHRED: 'on' })];
  server = servers[0] as Server; // of two
}, 60_000);
afterAll(() => Promise.all(servers.map((one) => one.close())));

const minute = (at: number): string => new Date(Date.parse('2026-01-05T10:00:00Z') + at * 60_000).toISOString();

/** As the patient themself, by an app of theirs. */
async function as(on: Server, patient: string, app: string, scope = 'patient/*.cruds') {
  const token = await on.token(scope, { patient, fhirUser: `Patient/${patient}`, subject: app });
  return { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' } };
}

/** Values that nothing else has. */
const phoneBeats = [171, 173, 177];

/** Brings readings of all kinds by a phone, and some by a watch, and has them rolled up. */
async function brought(on: Server): Promise<string> {
  const patient = await patientIn(on);
  const phone = await as(on, patient, 'phone');
  const id = { identifier: [{ system: 'urn:phone', value: 'r1' }] };
  const noted = { note: [{ text: 'after a walk by the lake' }] };
  const beats = [0, 1, 65].map((at, n) => heartRate(patient, minute(at), phoneBeats[n] ?? 0, n === 0 ? id : {}));
  const sent = [
    ...beats,
    heartRate(patient, minute(70), 175, noted),
    bloodPressure(patient, minute(3), 187, 99),
    {
      ...heartRate(patient, minute(4), 0),
      code: { coding: [{ system: 'urn:x', code: 'mood' }], text: `Stubborn as ${patient}` },
    },
  ];
  expect((await submit(on, collection(...sent), phone)).status).toBe(201);
  await submit(on, collection(heartRate(patient, minute(1), 174)), phone);
  const moved = await submit(on, collection(heartRate(patient, minute(66), 176)), phone);
  const one = moved.entries[0]?.response?.location?.split('/')[1] ?? '';
  const before = (await (await on.fetch(`Observation/${one}`)).json()) as Observation;
  const body = JSON.stringify({ ...before, valueQuantity: { ...before.valueQuantity, value: 178 } });
  expect((await on.fetch(`Observation/${one}`, { method: 'PUT', body })).status).toBe(200);
  const watch = [0, 30, 70].map((at) => heartRate(patient, minute(at), 90));
  expect((await submit(on, collection(...watch), await as(on, patient, 'watch'))).status).toBe(201);
  await rollUp(on.smart.fhir, 1);
  return patient;
}

async function connection(on: Server, patient: string, app: string): Promise<string> {
  const found = await openConnectionOf(on.database, 1, patient, `app:${app}`);
  if (!found) throw new Error('it is not connected');
  return found.id;
}

async function disconnect(on: Server, patient: string, id: string, readings: string | null, scope?: string) {
  const parameter = [
    { name: 'connection', valueString: id },
    ...(readings === null ? [] : [{ name: 'readings', valueCode: readings }]),
  ];
  const answer = await on.fetch(`Patient/${patient}/$device-disconnect`, {
    ...(await as(on, patient, 'phone', scope)),
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  return { status: answer.status, text: await answer.text() };
}

const rowsSql = `select
  (select count(*) from series where tenant = 1 and patient = $1 and source like 'app:phone/%')
  + (select count(*) from device_written where tenant = 1 and patient = $1 and source like 'app:phone/%')
  + (select count(*) from device_record where tenant = 1 and patient = $1 and source = 'app:phone')
  + (select count(*) from device_payload where tenant = 1 and patient = $1
      and connection in (select id from device_connection where source = 'app:phone'))`;

/** Everything that is said of the patient in an Observation, now or before. */
async function said(on: Server, patient: string): Promise<string> {
  const rows = await on.smart.fhir.database.query(
    `select content from observation where tenant = $1 and patient = $2
     union all select content from resource_history where tenant = $1 and type = 96 and patient = $2
     union all select content from sample_observation_history where tenant = $1 and patient = $2`,
    [1, patient],
  );
  return rows.map(([content]) => String(content)).join('\n');
}

/** The server does it by itself. */
async function erased(on: Server, patient: string): Promise<void> {
  const open = async (): Promise<number> => {
    const sql = `select count(*)::int from job where kind = 'device-erase' and done_at is null and payload like '%' || $1 || '%'`;
    return Number((await on.database.query(sql, [patient]))[0]?.[0]);
  };
  await expect.poll(open, { timeout: 20_000 }).toBe(0);
}

async function events(on: Server, patient: string): Promise<AuditEvent[]> {
  const { entry = [] } = (await (
    await on.fetch(`AuditEvent?patient=${patient}&action=D`)
  ).json()) as Bundle<AuditEvent>;
  return entry.flatMap(({ resource }) => (resource?.outcomeDesc?.includes('source of readings') ? [resource] : []));
}

async function expectGone(on: Server, patient: string): Promise<void> {
  expect(Number((await on.database.query(rowsSql, [patient]))[0]?.[0])).toBe(0);
  const left = await said(on, patient);
  for (const value of [...phoneBeats, 174, 175, 176, 178, 187]) expect(left).not.toContain(`"value":${value}`);
  expect(left).not.toMatch(/\b17\d\b/);
  expect(left).not.toMatch(/lake|Stubborn/);
  const texts = await on.database.query('select count(*)::int from concept_text where value ilike $1', [
    `%as ${patient}`,
  ]);
  expect(texts[0]?.[0]).toBe(0);
}

test('what a source brought stays where it is disconnected and nothing else is said', async () => {
  const patient = await brought(server);
  const ended = await disconnect(server, patient, await connection(server, patient, 'phone'), null);
  expect(ended).toMatchObject({ status: 200, text: expect.stringContaining('what it brought before stays') });
  expect(await said(server, patient)).toContain('"value":171');
  expect(await events(server, patient)).toEqual([]);
});

test('what a source brought goes with all versions and sums of it, and what another brought is summed up anew', async () => {
  for (const on of servers) {
    const patient = await brought(on);
    expect(await said(on, patient)).toMatch(/"data":"[^"]*17[1-8]/);
    const id = await connection(on, patient, 'phone');
    const { sha256 } = await on.smart.fhir.blobs.put(Readable.from([Buffer.from(`long and of ${patient}`)]));
    const long = `insert into device_payload (tenant, id, connection, patient, format, sha256, size, state, received)
      values (1, $1, $2, $1, 'x', $3, 1, 'done', now())`;
    await on.database.query(long, [patient, id, sha256]);
    const ended = await disconnect(on, patient, id, 'erase');
    expect(ended).toMatchObject({ status: 200, text: expect.stringContaining('is being erased') });
    await erased(on, patient);
    await expectGone(on, patient);
    expect(await on.smart.fhir.blobs.get(sha256)).toBeNull();
    await rollUp(on.smart.fhir, 1);
    await expectGone(on, patient);
    const hours = (await (
      await on.fetch(`Observation?patient=${patient}&code=heart-rate-hourly&_sort=date`)
    ).json()) as Bundle<Observation>;
    const counts = hours.entry?.map(
      ({ resource }) => resource?.component?.find(({ valueInteger }) => valueInteger)?.valueInteger,
    );
    expect(counts).toEqual([2, 1]);
    const [event, ...others] = await events(on, patient);
    expect(others).toEqual([]);
    expect(event?.agent[0]?.who?.reference).toBe(`Patient/${patient}`);
    expect(JSON.stringify(event)).toContain('app:phone');
    expect(event?.entity?.[1]?.detail).toEqual([
      { type: 'samples', valueString: '2' },
      { type: 'observations', valueString: '5' },
    ]);
    expect(JSON.stringify(event)).not.toMatch(/\b17\d\b|2026-01-05/);
    const ending = (await (await on.fetch(`AuditEvent?patient=${patient}&action=U`)).json()) as Bundle<AuditEvent>;
    expect(JSON.stringify(ending)).toContain('A source of readings was disconnected');
    expect(on.smart.fhir.validate(event).filter(({ severity }) => severity === 'error')).toEqual([]);
  }
}, 60_000);

test('what was kept can be erased later, but not while the source is connected again', async () => {
  const patient = await brought(server);
  const id = await connection(server, patient, 'phone');
  expect((await disconnect(server, patient, id, 'keep')).status).toBe(200);
  expect((await disconnect(server, patient, id, 'everything')).status).toBe(400);
  const again = `insert into device_connection (tenant, id, patient, kind, source, name, state, created_at)
    values (1, $1, $1, 'app', 'app:phone', 'Phone', 'active', now())`;
  await server.database.query(again, [patient]);
  const refused = await disconnect(server, patient, id, 'erase');
  expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('is connected again') });
  await server.database.query('delete from device_connection where id = $1', [patient]);
  expect((await disconnect(server, patient, id, 'erase')).status).toBe(200);
  await erased(server, patient);
  await expectGone(server, patient);
});

async function refusedTo(patient: string, status: number, sentence: RegExp, scope?: string): Promise<void> {
  const id = await connection(server, patient, 'phone');
  const refused = await disconnect(server, patient, id, 'erase', scope);
  expect(refused.status).toBe(status);
  expect(refused.text).toMatch(sentence);
  expect(await connection(server, patient, 'phone')).toBe(id);
  expect(await said(server, patient)).toContain('"value":171');
}

test('nothing is erased while a legal hold is on the record, also where it was placed in between', async () => {
  const patient = await brought(server);
  const hold = `insert into legal_hold (tenant, id, patient, matter, sealed, placed_at, placed_by)
    values (1, $1, $1, 'a case', false, now(), 'test')`;
  await server.database.query(hold, [patient]);
  await refusedTo(patient, 409, /legal hold.*It can be disconnected all the same/);
  await server.database.query('update legal_hold set sealed = true where id = $1', [patient]);
  await refusedTo(patient, 409, /cannot be deleted at present/);
  const payload = {
    patient,
    source: 'app:phone',
    who: { reference: `Patient/${patient}` },
    amount: { samples: 1, observations: 1 },
  };
  const job = {
    tenant: 1,
    id: '00000000-0000-4000-8000-000000000000',
    kind: 'device-erase',
    payload,
    attempts: 1,
    asked: 1,
  };
  await eraseBroughtJob.run(server.smart.fhir, job);
  expect(await said(server, patient)).toContain('"value":171');
  const later = `select count(*)::int from job where kind = 'device-erase' and done_at is null and run_at > now() + interval '30 min'
    and payload like '%' || $1 || '%'`;
  expect((await server.database.query(later, [patient]))[0]?.[0]).toBe(1);
  await server.database.query('delete from legal_hold where id = $1', [patient]);
  await runDueJobs(server.smart.fhir, Date.now() + 3_700_000, [eraseBroughtJob]);
  await erased(server, patient);
  await expectGone(server, patient);
});

test('nothing is erased that must be kept: by law, or because others have a part in it', async () => {
  const patient = await brought(server);
  const rule = {
    ...{ types: ['Observation'], class: 'clinical', jurisdiction: '*', years: 5, trigger: 'last-activity' },
    ...{ withstands: 'erasure', source: 'https://example.org/law' },
  };
  await server.database.query(
    `insert into retention_rule (tenant, name, rule, changed_at, changed_by) values (1, 'device law', $1, now(), 'test')`,
    [JSON.stringify(rule)],
  );
  await refusedTo(patient, 409, /must be kept: device law/);
  await server.database.query('delete from retention_rule where tenant = $1', [1]);
  await server.fetch('Practitioner/doc', { method: 'PUT', body: '{"resourceType":"Practitioner","id":"doc"}' });
  const { entry = [] } = (await (
    await server.fetch(`Observation?patient=${patient}&code=85354-9`)
  ).json()) as Bundle<Observation>;
  const pressure = entry[0]?.resource;
  const reviewed = { ...pressure, status: 'corrected', performer: [{ reference: 'Practitioner/doc' }] };
  const write = { method: 'PUT', body: JSON.stringify(reviewed) };
  expect((await server.fetch(`Observation/${pressure?.id}`, write)).status).toBe(200);
  await refusedTo(patient, 409, /must be kept: clinical record/);
  await refusedTo(
    patient,
    403,
    /do not cover deleting Observation/,
    'patient/Consent.cruds patient/Patient.r patient/Observation.cru',
  );
});

/** A context whose database breaks down at the nth statement or transaction: before it, or once it is done. */
function breaking(context: FhirContext, nth: number, when: 'before' | 'after'): FhirContext {
  let left = nth;
  const broken = async <T>(run: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left === 0 && when === 'before') throw new Error('killed');
    const value = await run();
    if (left === 0) throw new Error('killed');
    return value;
  };
  const { database } = context;
  const own = {
    query: (...all: Parameters<typeof database.query>) => broken(() => database.query(...all)),
    transaction: (run: never) => broken(() => database.transaction(run)),
  };
  return {
    ...context,
    database: new Proxy(database, { get: (of, name) => Reflect.get(name in own ? own : of, name) }),
  };
}

test('wherever an erasure is broken off it is ended later, and the ledger tells of it once', async () => {
  const patient = await brought(server);
  const id = await connection(server, patient, 'phone');
  const of = { tenant: 1, patient, source: 'app:phone' };
  const { fhir } = server.smart;
  let killed = 0;
  for (let nth = 1; nth <= 14; nth++) {
    for (const when of ['before', 'after'] as const) {
      const run = eraseBrought(breaking(fhir, nth, when), of, async () => {});
      await run.catch((error: Error) => {
        expect(error.message).toBe('killed');
        killed += 1;
      });
    }
  }
  expect(killed).toBeGreaterThan(5);
  expect((await disconnect(server, patient, id, 'erase')).status).toBe(200);
  await erased(server, patient);
  await expectGone(server, patient);
  expect(await events(server, patient)).toHaveLength(1);
});

test('an erasure that is taken up again after it was told of tells of it no second time', async () => {
  const patient = await brought(server);
  const payload = {
    patient,
    source: 'app:phone',
    who: { reference: `Patient/${patient}` },
    amount: { samples: 4, observations: 5 },
  };
  const job = {
    tenant: 1,
    id: '00000000-0000-4000-8000-000000000001',
    kind: 'device-erase',
    payload,
    attempts: 1,
    asked: 1,
  };
  const sql = `insert into job (tenant, id, kind, payload, run_at, attempts, locked_until)
    values (1, $1, 'device-erase', $2, now(), 1, now() + interval '1 hour')`;
  await server.database.query(sql, [job.id, JSON.stringify(payload)]);
  await eraseBroughtJob.run(server.smart.fhir, job);
  await eraseBroughtJob.run(server.smart.fhir, job);
  await expectGone(server, patient);
  expect(await events(server, patient)).toHaveLength(1);
});
