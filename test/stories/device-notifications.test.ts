import type { Bundle, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { endConnection } from '../../src/devices/connections/end.ts';
import { openConnection } from '../../src/devices/connections/open.ts';
import { writeTokens } from '../../src/devices/connections/secrets.ts';
import { hashOf, readConnection } from '../../src/devices/connections/store.ts';
import type { DeviceParts } from '../../src/devices/deps.ts';
import { deviceJobsOf } from '../../src/devices/jobs/index.ts';
import { purgePayloads } from '../../src/devices/payloads.ts';
import { uuid7 } from '../../src/fhir/store/uuid.ts';
import { patientIn } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';
import { startVendors, type VendorStandIn } from '../support/vendor-stand-in.ts';

let vendors: VendorStandIn;
let server: Server;

beforeAll(async () => {
  vendors = await startVendors();
  server = await startServer({ ...vendors.settings, PORTICO_LOG: 'error' });
});

afterAll(async () => {
  await server?.close();
  await vendors?.close();
});

/** A patient whose account at Withings is connected. */
async function connected(user: string): Promise<{ patient: string; connection: string }> {
  const context = server.smart.fhir;
  const patient = await patientIn(server);
  const by = { reference: `Patient/${patient}` } as const;
  const id = uuid7(Date.now());
  const opening = { tenant: 1, patient, kind: 'vendor', source: 'vendor:withings', name: 'Withings', id } as const;
  const opened = await openConnection(context, { ...opening, consent: null, by: by as never });
  expect(opened?.id).toBe(id);
  await server.database.query('update device_connection set vendor_user = $2 where tenant = 1 and id = $1', [
    id,
    hashOf(user),
  ]);
  vendors.tokens.set(`access of ${user}`, { vendor: 'withings', user, kind: 'access' });
  const tokens = { access: `access of ${user}`, refresh: null, expires: null, user };
  await writeTokens(context.settings, server.database, 1, id, tokens);
  return { patient, connection: id };
}

const weight = (grpid: number, value: number, at: number, modified = at) => ({
  ...{ grpid, attrib: 0, category: 1, date: at, created: at, modified, hash_deviceid: 'scale-1' },
  measures: [{ type: 1, value: value * 1000, unit: -3 }],
});

const has = (user: string, ...groups: object[]): void =>
  vendors.give('withings', user, 'measures', { measuregrps: groups, timezone: 'Europe/Paris', more: 0 });

/** Waits until the server has done what it has to. */
async function quiet(): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const [row] = await server.database.query(
      "select count(*)::int from job where done_at is null and kind in ('device-notified', 'device-payload') and run_at <= now()",
    );
    if (row?.[0] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the jobs are not done');
}

async function readings(patient: string): Promise<Observation[]> {
  const found = (await (await server.fetch(`Observation?patient=${patient}&_sort=date`)).json()) as Bundle<Observation>;
  return (found.entry ?? []).flatMap(({ resource }) => resource ?? []);
}

const valuesOf = (all: readonly Observation[]) =>
  all.map(({ status, valueQuantity }) => [status, valueQuantity?.value]);
const now = Math.floor(Date.now() / 1000);

test('what a vendor tells of is fetched and stored, and what it tells twice is there once', async () => {
  const { patient } = await connected('u1');
  has('u1', weight(1, 70.5, now - 1800));
  expect(await vendors.notify('withings', server.origin, { user: 'u1', of: '1' })).toBe(200);
  expect(await vendors.notify('withings', server.origin, { user: 'u1', of: '1' })).toBe(200);
  await quiet();
  expect(valuesOf(await readings(patient))).toEqual([['final', 70.5]]);
  has('u1', weight(1, 71, now - 1800, now));
  await vendors.notify('withings', server.origin, { user: 'u1', of: '1' });
  await quiet();
  expect(valuesOf(await readings(patient))).toEqual([['amended', 71]]);
});

test('the device is in the record, and the ledger says who brought what', async () => {
  const { patient } = await connected('u2');
  has('u2', weight(2, 80, now - 1800));
  await vendors.notify('withings', server.origin, { user: 'u2', of: '1' });
  await quiet();
  const [one] = await readings(patient);
  const device = await (await server.fetch(one?.device?.reference ?? '')).json();
  expect(device).toMatchObject({ manufacturer: 'Withings', patient: { reference: `Patient/${patient}` } });
  const audit = await (await server.fetch(`AuditEvent?patient=${patient}&_count=50`)).text();
  expect(audit).toContain('vendor:withings');
  expect(audit).toContain(`Observation/${one?.id}`);
  const [payload] = await server.database.query(
    'select state, outcome from device_payload where tenant = 1 and patient = $1 and size > 60 order by received desc',
    [patient],
  );
  expect(payload?.[0]).toBe('done');
});

test('O-52 once the patient has ended it, what comes is thrown away and the vendor is told that it came', async () => {
  const { patient, connection } = await connected('u3');
  has('u3', weight(3, 90, now - 1800));
  const one = await readConnection(server.database, 1, connection);
  if (one === null) throw new Error('there is no connection');
  const by = { reference: `Patient/${patient}` } as never;
  expect(await endConnection(server.smart.fhir, one, { by, why: 'Ended' })).toBe(true);
  expect(await vendors.notify('withings', server.origin, { user: 'u3', of: '1' })).toBe(200);
  await quiet();
  expect(await readings(patient)).toEqual([]);
  const rows = await server.database.query('select 1 from device_payload where tenant = 1 and patient = $1', [patient]);
  expect(rows).toEqual([]);
});

test('of somebody whom nobody has connected it is thrown away, and without the secret there is no such address', async () => {
  expect(await vendors.notify('withings', server.origin, { user: 'nobody', of: '1' })).toBe(200);
  const { url, ...init } = vendors.notice('withings', server.origin, { user: 'u1', of: '1' });
  expect((await fetch(`${url}x`, init)).status).toBe(404);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(`${server.origin}/devices/nobody/webhook`, { method: 'POST' })).status).toBe(404);
});

test('what was sent is forgotten after a time, and what waits is not', async () => {
  const { patient, connection } = await connected('u5');
  has('u5', weight(5, 60, now - 1800));
  await vendors.notify('withings', server.origin, { user: 'u5', of: '1' });
  await quiet();
  await server.database.query(
    `insert into device_payload (tenant, id, connection, patient, format, sha256, size, state, received)
     values (1, 'waits', $1, $2, 'withings', '', 0, 'taken', now())`,
    [connection, patient],
  );
  await purgePayloads(server.smart.fhir, 1, { before: Date.now() + 1000, given: 0 });
  const rows = await server.database.query('select id from device_payload where tenant = 1 and patient = $1', [
    patient,
  ]);
  expect(rows).toEqual([['waits']]);
  expect(valuesOf(await readings(patient))).toEqual([['final', 60]]);
});

test('each kind of work for later is done by one', () => {
  const parts = { vendors: new Map(), fetch: async () => ({ ok: false, reason: '' }) } as unknown as DeviceParts; // none is run
  const kinds = deviceJobsOf(parts).map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
});
