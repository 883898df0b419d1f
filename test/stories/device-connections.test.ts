import type { Bundle, Consent, Device, DeviceUseStatement, Provenance } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectionOfCaller } from '../../src/devices/connections/find.ts';
import { liveConnection } from '../../src/devices/connections/live.ts';
import { endWithdrawnJob } from '../../src/devices/connections/withdrawn.ts';
import type { Caller, Grant, Interaction } from '../../src/fhir/access.ts';
import { findClient } from '../../src/smart/clients/clients.ts';
import { draftConsent, endConsent, writeDrafts } from '../../src/smart/consents/consents.ts';
import { findUser } from '../../src/smart/people/users.ts';
import { createGrant, findGrant } from '../../src/smart/tokens/app-grants.ts';
import { callerOf } from '../support/caller.ts';
import { grantTo } from '../support/granted.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
  for (const id of ['ada', 'bea', 'cid'])
    await server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify({ resourceType: 'Patient', id }) });
  const child = {
    resourceType: 'Patient',
    id: 'kim',
    birthDate: '2020-01-01',
    meta: { tag: [{ system: 'https://portico.dev/fhir/CodeSystem/tag', code: 'dependent-minor' }] },
  };
  await server.fetch('Patient/kim', { method: 'PUT', body: JSON.stringify(child) });
});
afterAll(() => server?.close());

const scope = (type: string, may: string): Caller['scopes'][number] => ({
  context: 'patient',
  type,
  interactions: new Set([...may] as Interaction[]),
  query: null,
});

const read = async <T>(path: string): Promise<T> => (await (await server.fetch(path)).json()) as T;

/** An app that somebody has let into their record by the authorization server, and what it may. */
async function letIn(patient: string, clientId?: string): Promise<{ grantId: string; clientId: string; grant: Grant }> {
  const client = clientId ?? (await registerApp(server)).app.clientId;
  const found = await findClient(server.smart, 1, client);
  const { grantId } = await grantTo(server, { clientId: client }, { patient });
  const standing = await findGrant(server.database, 1, grantId);
  const user = await findUser(server.database, 1, standing?.userId ?? '');
  if (!found || !standing || !user) throw new Error('it was not let in');
  const wide = { ...standing, scope: 'patient/Observation.c patient/Patient.r' };
  const drafts = await draftConsent(server.smart, { grant: wide, client: found, user });
  await server.database.query('delete from app_grant where tenant = 1 and id = $1', [grantId]);
  await createGrant(server.database, { ...wide, consentId: drafts.consent?.id ?? null });
  await server.database.transaction((tx) => writeDrafts(server.smart, tx, drafts));
  const caller = callerOf({
    ...{ actor: 'app', purpose: '', subject: user.id, clientId: client, patient, fhirUser: `Patient/${patient}` },
    ...{ scopes: [scope('Observation', 'c'), scope('Patient', 'r')], reach: [patient], grantId },
  });
  return { grantId, clientId: client, grant: await server.smart.decide(caller) };
}

async function connected(grant: Grant, patient: string) {
  const found = await connectionOfCaller(server.smart.fhir, grant, patient);
  if (!found.ok) throw new Error(found.issues[0]?.diagnostics);
  return found.value;
}

const isLive = async (id: string): Promise<boolean> => (await liveConnection(server.database, 1, id)) !== null;

describe('an app that was let into a record', () => {
  test('O-50 is connected by its first submission, on the Consent by which it was let in', async () => {
    const { grant, clientId } = await letIn('ada');
    const connection = await connected(grant, 'ada');
    expect(connection).toMatchObject({ kind: 'app', source: `app:${clientId}`, state: 'active', measures: null });
    expect((await connected(grant, 'ada')).id).toBe(connection.id);
    const consent = await read<Consent>(`Consent/${connection.consent}`);
    expect(consent.identifier?.[0]?.system).toMatch(/\/oauth2\/grants$/);
    const device = await read<Device>(`Device/${connection.device}`);
    expect(device).toMatchObject({ status: 'active', patient: { reference: 'Patient/ada' } });
    const statement = await read<DeviceUseStatement>(`DeviceUseStatement/${connection.statement}`);
    expect(statement).toMatchObject({ status: 'active', device: { reference: `Device/${connection.device}` } });
    for (const one of [consent, device, statement])
      expect(server.smart.fhir.validate(one).filter(({ severity }) => severity === 'error')).toEqual([]);
    const { entry = [] } = await read<Bundle<Provenance>>(`Provenance?target=Device/${connection.device}`);
    expect(entry.map(({ resource }) => resource?.agent[0]?.who?.reference)).toEqual(['Patient/ada']);
  });

  test('has one connection, however many of its submissions come first', async () => {
    const { grant } = await letIn('ada');
    const all = await Promise.all(Array.from({ length: 8 }, () => connected(grant, 'ada')));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  });

  test('brings nothing any more once it was revoked where apps are, and begins anew when it is let in again', async () => {
    const first = await letIn('ada');
    const connection = await connected(first.grant, 'ada');
    const standing = await findGrant(server.database, 1, first.grantId);
    if (!standing) throw new Error('it is there');
    await endConsent(server.smart, standing, null, 'test');
    expect(await isLive(connection.id)).toBe(false);
    expect(await connectionOfCaller(server.smart.fhir, first.grant, 'ada')).toMatchObject({ ok: false, status: 403 });
    const again = await letIn('ada', first.clientId);
    const later = await connected(again.grant, 'ada');
    expect(later).toMatchObject({ source: connection.source, device: connection.device, state: 'active' });
    expect(later.id).not.toBe(connection.id);
    expect(await isLive(later.id)).toBe(true);
    expect(await read<DeviceUseStatement>(`DeviceUseStatement/${connection.statement}`)).toMatchObject({
      status: 'completed',
    });
  });

  test('brings nothing any more from when its Consent is made inactive by way of FHIR', async () => {
    const { grant } = await letIn('bea');
    const { id, consent } = await connected(grant, 'bea');
    const before = await read<Consent>(`Consent/${consent}`);
    expect(await isLive(id)).toBe(true);
    const body = JSON.stringify({ ...before, status: 'inactive' });
    expect((await server.fetch(`Consent/${consent}`, { method: 'PUT', body })).status).toBe(200);
    expect(await isLive(id)).toBe(false);
  });

  test('brings nothing into the record of somebody else, and learns nothing of them', async () => {
    const { grant } = await letIn('ada');
    const other = await connectionOfCaller(server.smart.fhir, grant, 'bea');
    const nobody = await connectionOfCaller(server.smart.fhir, grant, 'nobody');
    expect(other).toMatchObject({ ok: false, status: 404 });
    expect(nobody).toMatchObject({ ok: false, status: 404 });
  });
});

type Part = { name: string; [value: string]: unknown };
type Listed = { resourceType: string; parameter?: { part: Part[] }[] };

/** An operation on a patient, by who is said: the patient themself unless another token is given. */
async function call(patient: string, code: string, parameters: Record<string, string | string[]> = {}, token?: string) {
  const parameter = Object.entries(parameters).flatMap(([name, values]) =>
    [values].flat().map((valueString) => ({ name, valueString })),
  );
  const bearer = token ?? (await server.token('patient/*.cruds', { patient, fhirUser: `Patient/${patient}` }));
  const answer = await server.fetch(`Patient/${patient}/$${code}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }),
  });
  return { status: answer.status, body: (await answer.json()) as Listed };
}

const told = ({ parameter = [] }: Listed) =>
  parameter.map(({ part }) => Object.fromEntries(part.map(({ name, ...value }) => [name, Object.values(value)[0]])));

describe('a source of readings that a patient looks after', () => {
  test('is listed to them with what it may bring, and to nobody who may not see its Device', async () => {
    const { grant } = await letIn('cid');
    const { id } = await connected(grant, 'cid');
    const { status, body } = await call('cid', 'device-connections');
    expect(status).toBe(200);
    expect(told(body)).toEqual([expect.objectContaining({ id, kind: 'app', state: 'active', all: true })]);
    const other = await server.token('patient/*.cruds', { patient: 'bea', fhirUser: 'Patient/bea' });
    expect((await call('cid', 'device-connections', {}, other)).status).toBe(404);
    const narrow = await server.token('patient/Patient.r', { patient: 'cid', fhirUser: 'Patient/cid' });
    expect((await call('cid', 'device-connections', {}, narrow)).status).toBe(403);
  });

  test('O-51 brings what they have chosen, and is of another by no word of theirs', async () => {
    const { grant } = await letIn('cid');
    const { id } = await connected(grant, 'cid');
    const chosen = await call('cid', 'device-choose', {
      connection: id,
      measure: ['heart-rate', 'steps'],
      priority: '5',
    });
    expect(chosen.status).toBe(200);
    expect(await liveConnection(server.database, 1, id)).toMatchObject({
      measures: ['heart-rate', 'steps'],
      priority: 5,
    });
    expect((await call('cid', 'device-choose', { connection: id, measure: 'mood' })).status).toBe(400);
    expect((await call('cid', 'device-choose', { connection: id, all: 'true' })).status).toBe(200);
    expect(await liveConnection(server.database, 1, id)).toMatchObject({ measures: null, priority: 5 });
    expect((await call('ada', 'device-choose', { connection: id, all: 'true' })).status).toBe(404);
    expect((await call('ada', 'device-disconnect', { connection: id })).status).toBe(404);
    expect(await isLive(id)).toBe(true);
  });

  test('is ended with its Consent, its Device and its statement, and that is written down', async () => {
    const { grant, grantId } = await letIn('cid');
    const { id, consent, device, statement } = await connected(grant, 'cid');
    expect((await call('cid', 'device-disconnect', { connection: id })).status).toBe(200);
    expect(await isLive(id)).toBe(false);
    expect(await read<Consent>(`Consent/${consent}`)).toMatchObject({ status: 'inactive' });
    expect(await read<Device>(`Device/${device}`)).toMatchObject({ status: 'inactive' });
    const ended = await read<DeviceUseStatement>(`DeviceUseStatement/${statement}`);
    expect(ended).toMatchObject({ status: 'completed' });
    expect(ended.timingPeriod?.end).toBeDefined();
    const { entry = [] } = await read<Bundle>(`AuditEvent?entity=Consent/${consent}&action=U`);
    expect(entry.length).toBeGreaterThan(0);
    expect((await call('cid', 'device-disconnect', { connection: id })).status).toBe(200);
    expect(await findGrant(server.database, 1, grantId)).not.toBeNull();
    const again = await connectionOfCaller(server.smart.fhir, grant, 'cid');
    expect(again).toMatchObject({ ok: false, status: 403 });
  });

  test('is ended by nobody before what is being stored is stored, and nothing is stored afterwards', async () => {
    for (let round = 0; round < 20; round++) {
      const { grant } = await letIn('cid');
      const { id } = await connected(grant, 'cid');
      const done: string[] = [];
      let begin = (): void => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const submission = server.smart.fhir.database.transaction(async (tx) => {
        const live = await liveConnection(tx, 1, id);
        begin();
        // Long enough for whoever ends it to have come.
        await tx.query('select pg_sleep(0.03)');
        done.push('stored');
        return live;
      });
      await begun;
      const answer = await call('cid', 'device-disconnect', { connection: id });
      done.push('ended');
      expect(answer.status).toBe(200);
      expect(await isLive(id)).toBe(false);
      expect(await submission).not.toBeNull();
      expect(done).toEqual(['stored', 'ended']);
    }
  });

  test('stops as well when its Consent is withdrawn while something is being stored', async () => {
    const { grant } = await letIn('cid');
    const { id, consent } = await connected(grant, 'cid');
    const before = await read<Consent>(`Consent/${consent}`);
    const done: string[] = [];
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const submission = server.smart.fhir.database.transaction(async (tx) => {
      await liveConnection(tx, 1, id);
      begin();
      await tx.query('select pg_sleep(0.1)');
      done.push('stored');
    });
    await begun;
    const body = JSON.stringify({ ...before, status: 'inactive' });
    expect((await server.fetch(`Consent/${consent}`, { method: 'PUT', body })).status).toBe(200);
    done.push('withdrawn');
    await submission;
    expect(done).toEqual(['stored', 'withdrawn']);
    await runDueJobs(server.smart.fhir, Date.now() + 120_000, [endWithdrawnJob]);
    const listed = told((await call('cid', 'device-connections')).body).find((one) => one.id === id);
    expect(listed).toMatchObject({ state: 'revoked' });
  });
});

describe('a gateway that the operator has registered', () => {
  async function gateway(clientId: string, patient: string | null = null): Promise<Grant> {
    const caller = callerOf({
      ...{ actor: 'device-gateway', purpose: '', subject: clientId, clientId, patient, reach: [] },
      scopes: [{ ...scope('Observation', 'c'), context: 'system' }],
    });
    return server.smart.decide(caller);
  }

  test('brings readings of who has connected it, and of nobody else', async () => {
    const { clientId } = (await registerApp(server)).app;
    const refused = await connectionOfCaller(server.smart.fhir, await gateway(clientId), 'bea');
    expect(refused).toMatchObject({ ok: false, status: 404 });
    const { status, body } = await call('bea', 'device-connect', { gateway: clientId, measure: 'body-weight' });
    expect(status).toBe(200);
    const connection = await connected(await gateway(clientId), 'bea');
    expect(JSON.stringify(body)).toContain(connection.id);
    expect(connection).toMatchObject({ kind: 'gateway', source: `gateway:${clientId}`, measures: ['body-weight'] });
    expect((await call('bea', 'device-connect', { gateway: clientId })).status).toBe(200);
    expect((await connected(await gateway(clientId), 'bea')).id).toBe(connection.id);
    const other = await connectionOfCaller(server.smart.fhir, await gateway(clientId), 'ada');
    expect(other).toMatchObject({ ok: false, status: 404 });
    expect((await call('bea', 'device-disconnect', { connection: connection.id })).status).toBe(200);
    expect((await connectionOfCaller(server.smart.fhir, await gateway(clientId), 'bea')).ok).toBe(false);
  });

  test('is connected by the patient, not by an app of theirs, nor by who treats them', async () => {
    const { clientId } = (await registerApp(server)).app;
    const app = await server.token('patient/*.cruds', { patient: 'bea', actor: 'app' });
    expect((await call('bea', 'device-connect', { gateway: clientId }, app)).status).toBe(403);
    const stranger = await server.token('patient/*.cruds', { patient: 'ada', fhirUser: 'Patient/ada' });
    expect((await call('bea', 'device-connect', { gateway: clientId }, stranger)).status).toBe(404);
    expect((await call('bea', 'device-connect', { gateway: 'unknown' })).status).toBe(400);
    expect((await call('bea', 'device-connect', {})).status).toBe(400);
    expect((await call('kim', 'device-connect', { gateway: clientId })).status).toBe(422);
  });
});

test('O-52 submissions that are under way while their source is disconnected store nothing once that was answered', async () => {
  await server.fetch('Patient/dan', { method: 'PUT', body: '{"resourceType":"Patient","id":"dan"}' });
  const bearer = await server.token('patient/*.cruds', { patient: 'dan', fhirUser: 'Patient/dan' });
  let minute = 0;
  const submit = async (): Promise<number> => {
    const entry = Array.from({ length: 20 }, () => {
      minute += 1;
      return {
        resource: {
          resourceType: 'Observation',
          status: 'final',
          subject: { reference: 'Patient/dan' },
          code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
          effectiveDateTime: new Date(Date.parse('2026-01-01T00:00:00Z') + minute * 60_000).toISOString(),
          valueQuantity: { value: 70, system: 'http://unitsofmeasure.org', code: '/min' },
        },
      };
    });
    const answer = await server.fetch('$submit-device-data', {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }),
    });
    await answer.text();
    return answer.status;
  };
  expect(await submit()).toBe(201);
  const [{ id } = { id: '' }] = told((await call('dan', 'device-connections')).body);
  const stored = async (): Promise<number> => {
    const sql = `select count(*)::int from sample m join series s on s.tenant = m.tenant and s.id = m.series
      where m.tenant = 1 and s.patient = 'dan'`;
    return Number((await server.database.query(sql))[0]?.[0]);
  };
  const all = Promise.all(Array.from({ length: 12 }, submit));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await call('dan', 'device-disconnect', { connection: String(id) })).status).toBe(200);
  const answered = await stored();
  const statuses = await all;
  expect(await stored()).toBe(answered);
  expect(statuses.every((status) => [200, 201, 403, 412].includes(status))).toBe(true);
  expect(await submit()).toBe(403);
});

test('O-91 a dependant who is a child has no devices', async () => {
  const caller = callerOf({ scopes: [{ ...scope('*', 'cruds'), context: 'system' }] });
  const found = await connectionOfCaller(server.smart.fhir, await server.smart.decide(caller), 'kim');
  expect(found).toMatchObject({ ok: false, status: 422 });
});
