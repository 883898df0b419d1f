import { afterAll, beforeAll, expect, test } from 'vitest';

import { beginConnection } from '../../src/devices/connections/begin.ts';
import { finishConnection } from '../../src/devices/connections/finish.ts';
import type { DeviceParts } from '../../src/devices/deps.ts';
import { createLimits } from '../../src/devices/limits.ts';
import type { Caller, Grant } from '../../src/fhir/access.ts';
import { callerOf } from '../support/caller.ts';
import { patientIn } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

/** A vendor at which everybody has the same account, and who was asked of it. */
let asked = 0;
const us = { clientId: 'us', clientSecret: 'ours', webhookSecret: 's'.repeat(40) };
const parts: DeviceParts = {
  vendors: new Map([
    ['fitbit', us],
    ['oura', us],
  ]),
  limits: createLimits(),
  fetch: async () => {
    asked += 1;
    const text = JSON.stringify({ access_token: 'a', refresh_token: 'r', token_type: 'Bearer', user_id: 'SAME' });
    return { ok: true, value: { status: 200, contentType: 'application/json', cacheControl: null, text } };
  },
};

const scopes: Caller['scopes'] = [
  { context: 'patient', type: '*', interactions: new Set(['c', 'r', 'u', 'd', 's']), query: null },
];
const grantOf = (patient: string, more: Partial<Caller> = {}): Promise<Grant> =>
  server.smart.decide(
    callerOf({
      actor: 'self',
      purpose: '',
      subject: patient,
      patient,
      fhirUser: `Patient/${patient}`,
      scopes,
      reach: [patient],
      ...more,
    }),
  );

async function begin(patient: string, subject = patient): Promise<string> {
  const who = { tenant: 1, patient, source: 'vendor:fitbit', name: 'Fitbit', measures: null, subject };
  const begun = await beginConnection(server.smart.fhir, parts, who);
  if (!begun.ok) throw new Error(begun.issues[0]?.diagnostics);
  return new URL(begun.value.authorize).searchParams.get('state') ?? '';
}

const comeBack = (grant: Grant, state: string, vendor = 'fitbit', tenant = 1) =>
  finishConnection(server.smart.fhir, parts, {
    tenant,
    vendor,
    grant,
    query: new URLSearchParams({ code: 'c', state }),
  });

test('of several who connect one account at the same instant it brings the readings of one', async () => {
  const patients = await Promise.all(Array.from({ length: 6 }, () => patientIn(server)));
  const begun = [];
  for (const patient of patients) begun.push({ state: await begin(patient), grant: await grantOf(patient) });
  const done = await Promise.all(begun.map(({ grant, state }) => comeBack(grant, state)));
  expect(done.filter(({ ok }) => ok)).toHaveLength(1);
  const open = await server.database.query(
    "select count(*)::int from device_connection where tenant = 1 and source = 'vendor:fitbit' and state = 'active'",
  );
  expect(open).toEqual([[1]]);
});

test('what was begun ends for who began it, once, at the vendor and in the tenant that it was begun with', async () => {
  const [patient, other] = [await patientIn(server), await patientIn(server)];
  const grant = await grantOf(patient);
  asked = 0;
  for (const attempt of [
    async () => comeBack(await grantOf(other), await begin(patient)),
    async () => comeBack(grant, await begin(patient), 'oura'),
    async () => comeBack(grant, await begin(patient), 'fitbit', 2),
    async () => comeBack(grant, 'guessed'),
    async () => comeBack(grant, ''),
  ])
    expect((await attempt()).ok).toBe(false);
  const state = await begin(patient);
  await comeBack(await grantOf(other), state);
  expect((await comeBack(grant, state)).ok).toBe(false);
  expect(asked).toBe(0);
});

test('who may see the record no more when they come back connects nothing to it', async () => {
  const [patient, own] = [await patientIn(server), await patientIn(server)];
  const state = await begin(patient, 'guardian');
  asked = 0;
  const grant = await grantOf(own, { subject: 'guardian' });
  expect((await comeBack(grant, state)).ok).toBe(false);
  expect(asked).toBe(0);
});
