import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { Consent, Device } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../src/devices/connections/connection.ts';
import { connectionOfVendor } from '../../src/devices/connections/find.ts';
import { finishConnection } from '../../src/devices/connections/finish.ts';
import { liveConnection } from '../../src/devices/connections/live.ts';
import { fetchJob } from '../../src/devices/connections/poll.ts';
import { revokeTokensJob } from '../../src/devices/connections/revoke.ts';
import { readConnection } from '../../src/devices/connections/store.ts';
import { freshTokens } from '../../src/devices/connections/tokens.ts';
import type { DeviceParts } from '../../src/devices/deps.ts';
import { createLimits } from '../../src/devices/limits.ts';
import type { Caller, Grant } from '../../src/fhir/access.ts';
import { createGuardedFetch } from '../../src/net/guard.ts';
import { callerOf } from '../support/caller.ts';
import { runDueJobs } from '../support/jobs.ts';
import { freePort, type Server, startServer } from '../support/server.ts';

/** Withings, and below /fitbit Fitbit, as far as they give tokens and measurements. */
type Vendor = {
  url: string;
  asked: string[];
  refuses: boolean;
  user: string;
  verifier: string | null;
  close(): Promise<void>;
};

async function startVendor(): Promise<Vendor> {
  const asked: string[] = [];
  const port = await freePort();
  const vendor: Vendor = {
    ...{ url: `http://127.0.0.1:${port}`, asked, refuses: false, user: 'wu-1', verifier: null },
    close: () => new Promise((resolve) => http.close(() => resolve())),
  };
  let given = 0;
  const answer = (path: string, form: URLSearchParams): unknown => {
    if (path === '/fitbit/token') {
      vendor.verifier = form.get('code_verifier');
      return { access_token: 'fa', refresh_token: 'fr', expires_in: 28_800, token_type: 'Bearer', user_id: 'FB1' };
    }
    if (path === '/token') {
      if (vendor.refuses) return { status: 401, body: {}, error: 'no' };
      given += 1;
      const tokens = { access_token: `a${given}`, refresh_token: `r${given}`, expires_in: 3600, scope: 'user.metrics' };
      return { status: 0, body: { ...tokens, token_type: 'Bearer', userid: vendor.user } };
    }
    if (path === '/api/v2/signature') return { status: 0, body: { nonce: 'n' } };
    if (path === '/api/measure' && form.get('action') === 'getmeas')
      return { status: 0, body: { measuregrps: [{ grpid: 1, date: 1_790_000_000, measures: [] }], more: 0 } };
    return { status: 0, body: {} };
  };
  const http: HttpServer = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const path = new URL(request.url ?? '', vendor.url).pathname;
    const form = new URLSearchParams(body);
    asked.push([path, form.get('grant_type') ?? form.get('action') ?? ''].join(' '));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(path, form)));
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return vendor;
}

let vendor: Vendor;
let server: Server;
let parts: DeviceParts;

beforeAll(async () => {
  vendor = await startVendor();
  const secret = 's'.repeat(40);
  const { host } = new URL(vendor.url);
  server = await startServer({
    PORTICO_ALLOW_ADDRESSES: host,
    PORTICO_FITBIT_CLIENT_ID: 'us',
    PORTICO_FITBIT_CLIENT_SECRET: 'ours',
    PORTICO_FITBIT_URL: `${vendor.url}/fitbit`,
    PORTICO_WITHINGS_CLIENT_ID: 'us',
    PORTICO_WITHINGS_CLIENT_SECRET: 'ours',
    PORTICO_WITHINGS_WEBHOOK_SECRET: secret,
    PORTICO_WITHINGS_URL: vendor.url,
  });
  const below = (url: string) => ({
    endpoints: { authorize: `${url}/authorize`, token: `${url}/token`, revoke: `${url}/revoke`, api: `${url}/api` },
  });
  const us = { clientId: 'us', clientSecret: 'ours', webhookSecret: secret };
  parts = {
    vendors: new Map([
      ['withings', { ...us, ...below(vendor.url) }],
      ['fitbit', { ...us, ...below(`${vendor.url}/fitbit`) }],
    ]),
    fetch: createGuardedFetch({ allow: [host] }),
    limits: createLimits(),
  };
  for (const id of ['ada', 'bea', 'cid'])
    await server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify({ resourceType: 'Patient', id }) });
});
afterAll(async () => {
  await server?.close();
  await vendor?.close();
});

const everything: Caller['scopes'] = [
  { context: 'patient', type: '*', interactions: new Set(['c', 'r', 'u', 'd', 's']), query: null },
];

const grantOf = (patient: string, subject = 'test'): Promise<Grant> =>
  server.smart.decide(
    callerOf({
      ...{ actor: 'self', purpose: '', subject, patient, fhirUser: `Patient/${patient}` },
      ...{ scopes: everything, reach: [patient] },
    }),
  );

async function call(patient: string, code: string, parameter: { name: string; valueString: string }[]) {
  const bearer = await server.token('patient/*.cruds', { patient, fhirUser: `Patient/${patient}` });
  const answer = await server.fetch(`Patient/${patient}/$${code}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  const body = (await answer.json()) as { parameter?: { name: string; valueString?: string; valueUrl?: string }[] };
  return { status: answer.status, body };
}

async function begin(patient: string, measures: readonly string[] = [], of = 'withings') {
  const chosen = measures.map((id) => ({ name: 'measure', valueString: id }));
  const { status, body } = await call(patient, 'device-connect', [{ name: 'vendor', valueString: of }, ...chosen]);
  const named = (name: string) => body.parameter?.find((one) => one.name === name);
  return {
    status,
    connection: named('connection')?.valueString ?? '',
    url: new URL(named('authorize')?.valueUrl ?? 'http://nowhere.example'),
  };
}

/** What the vendor sends a browser back with, and by whom it is brought. */
async function comeBack(grant: Grant, query: Record<string, string>, of = 'withings') {
  return finishConnection(server.smart.fhir, parts, {
    ...{ tenant: 1, vendor: of, grant },
    query: new URLSearchParams(query),
  });
}

async function connect(patient: string, user: string) {
  vendor.user = user;
  const { connection, url } = await begin(patient);
  const state = url.searchParams.get('state') ?? '';
  const done = await comeBack(await grantOf(patient), { code: 'c', state });
  if (!done.ok) throw new Error(done.issues[0]?.diagnostics);
  return connection;
}

describe('an account at a vendor', () => {
  test('is connected by who agrees there, with what was chosen, and a Consent that says so', async () => {
    vendor.user = 'wu-1';
    const { status, connection, url } = await begin('ada', ['body-weight', 'heart-rate']);
    expect(status).toBe(200);
    expect(`${url.origin}${url.pathname}`).toBe(`${vendor.url}/authorize`);
    expect(url.searchParams.get('redirect_uri')).toBe(`${server.origin}/devices/connect/withings/callback`);
    expect(await liveConnection(server.database, 1, connection)).toBeNull();
    const state = url.searchParams.get('state') ?? '';
    expect(await comeBack(await grantOf('ada'), { code: 'c', state })).toEqual({ ok: true, value: { connection } });
    const live = await liveConnection(server.database, 1, connection);
    expect(live).toMatchObject({ kind: 'vendor', source: 'vendor:withings', measures: ['body-weight', 'heart-rate'] });
    expect(await connectionOfVendor(server.database, 1, 'withings', 'wu-1')).toMatchObject({ id: connection });
    const consent = (await (await server.fetch(`Consent/${live?.consent}`)).json()) as Consent;
    expect(consent).toMatchObject({ status: 'active', performer: [{ reference: 'Patient/ada' }] });
    expect(consent.provision?.code?.length).toBe(2);
    const device = (await (await server.fetch(`Device/${live?.device}`)).json()) as Device;
    for (const one of [consent, device])
      expect(server.smart.fhir.validate(one).filter(({ severity }) => severity === 'error')).toEqual([]);
    const [row] = await server.database.query(
      `select encode(secrets, 'escape') from device_connection where tenant = 1 and id = $1`,
      [connection],
    );
    expect(String(row?.[0])).not.toContain('wu-1');
  });

  test('is not connected by anybody else, twice, elsewhere, or without a word of the vendor', async () => {
    const { connection, url } = await begin('bea');
    const state = url.searchParams.get('state') ?? '';
    const other = await comeBack(await grantOf('bea', 'another'), { code: 'c', state });
    expect(other).toMatchObject({ ok: false, status: 403 });
    const again = await comeBack(await grantOf('bea'), { code: 'c', state });
    expect(again).toMatchObject({ ok: false, status: 400 });
    const second = (await begin('bea')).url.searchParams.get('state') ?? '';
    const elsewhere = await comeBack(await grantOf('bea'), { code: 'c', state: second }, 'oura');
    expect(elsewhere).toMatchObject({ ok: false, status: 400 });
    const third = (await begin('bea')).url.searchParams.get('state') ?? '';
    const denied = await comeBack(await grantOf('bea'), { error: 'access_denied', state: third });
    expect(denied).toMatchObject({ ok: false, status: 422 });
    const fourth = (await begin('bea')).url.searchParams.get('state') ?? '';
    const mixed = await comeBack(await grantOf('bea'), { code: 'c', state: fourth, iss: 'https://evil.example' });
    expect(mixed.ok).toBe(false);
    expect(await comeBack(await grantOf('bea'), { code: 'c', state: 'made-up' })).toMatchObject({ status: 400 });
    expect(await readConnection(server.database, 1, connection)).toMatchObject({ state: 'pending' });
  });

  test('is redeemed with what its challenge was made of, where the vendor takes one', async () => {
    const { url, connection } = await begin('ada', ['steps'], 'fitbit');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    const state = url.searchParams.get('state') ?? '';
    const done = await comeBack(await grantOf('ada'), { code: 'c', state }, 'fitbit');
    expect(done).toEqual({ ok: true, value: { connection } });
    const hashed = createHash('sha256')
      .update(vendor.verifier ?? '')
      .digest('base64url');
    expect(hashed).toBe(url.searchParams.get('code_challenge'));
    expect(await connectionOfVendor(server.database, 1, 'fitbit', 'FB1')).toMatchObject({ id: connection });
  });

  test('brings the readings of one person and of no second one', async () => {
    vendor.user = 'wu-1';
    const state = (await begin('bea')).url.searchParams.get('state') ?? '';
    expect(await comeBack(await grantOf('bea'), { code: 'c', state })).toMatchObject({ ok: false, status: 409 });
  });

  test('has its token renewed once, however many want it at the same time', async () => {
    const id = await connect('bea', 'wu-2');
    const connection = await readConnection(server.database, 1, id);
    if (connection === null) throw new Error('it is there');
    const later = { ...server.smart.fhir, now: () => Date.now() + 3_600_000 };
    vendor.asked.length = 0;
    const all = await Promise.all(Array.from({ length: 5 }, () => freshTokens(later, parts, connection)));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(vendor.asked.filter((one) => one === '/token refresh_token')).toHaveLength(1);
  });

  test('is expired once the vendor takes our token no more, and goes on where it was when it is agreed to again', async () => {
    const id = await connect('cid', 'wu-3');
    const connection = await readConnection(server.database, 1, id);
    if (connection === null) throw new Error('it is there');
    const later = { ...server.smart.fhir, now: () => Date.now() + 7_200_000 };
    vendor.refuses = true;
    expect(await freshTokens(later, parts, connection)).toEqual({ ok: false, why: 'expired' });
    vendor.refuses = false;
    expect(await readConnection(server.database, 1, id)).toMatchObject({ state: 'expired', problem: 'expired' });
    expect(await connect('cid', 'wu-3')).toBe(id);
    const again = await readConnection(server.database, 1, id);
    expect(again).toMatchObject({ state: 'active', problem: null, consent: connection.consent });
  });

  test('is asked for what it has, which waits to be read in; and ended, it is told so and what waits is thrown away', async () => {
    const id = await connect('cid', 'wu-3');
    await server.database.query(
      `insert into job (tenant, id, kind, key, payload, run_at) values (1, 'now', 'device-fetch', 'now', $1, now())`,
      [JSON.stringify({ connection: id })],
    );
    await runDueJobs(server.smart.fhir, Date.now(), [fetchJob(parts)]);
    expect(await readConnection(server.database, 1, id)).toMatchObject({ problem: null });
    const kept = 'select count(*)::int from device_payload where tenant = 1 and connection = $1';
    expect(Number((await server.database.query(kept, [id]))[0]?.[0])).toBeGreaterThan(0);
    await server.database.query(
      `insert into device_payload (tenant, id, connection, format, sha256, size, bytes, state, received)
       values (1, 'waits', $1, 'withings', '', 1, 'x', 'taken', now())`,
      [id],
    );
    vendor.asked.length = 0;
    const ended = await call('cid', 'device-disconnect', [{ name: 'connection', valueString: id }]);
    expect(ended.status).toBe(200);
    const waiting = await server.database.query(`${kept} and state = 'taken'`, [id]);
    expect(Number(waiting[0]?.[0])).toBe(0);
    expect(await connectionOfVendor(server.database, 1, 'withings', 'wu-3')).toBeNull();
    await runDueJobs(server.smart.fhir, Date.now() + 1000, [revokeTokensJob(parts)]);
    expect(vendor.asked).toContain('/revoke revoke');
    const [row] = await server.database.query(
      'select secrets is null from device_connection where tenant = 1 and id = $1',
      [id],
    );
    expect(row?.[0]).toBe(true);
  });

  test('has to be connected again for what nobody has agreed to there, and who chooses that is told where', async () => {
    await server.fetch('Patient/fay', { method: 'PUT', body: '{"resourceType":"Patient","id":"fay"}' });
    const id = await connect('fay', 'wu-5');
    const choose = async (...measures: string[]) => {
      const chosen = measures.map((valueString) => ({ name: 'measure', valueString }));
      const all = [{ name: 'connection', valueString: id }, ...chosen];
      return (await call('fay', 'device-choose', all)).body.parameter ?? [];
    };
    // It gave `user.metrics` alone.
    expect((await choose('body-weight')).map(({ name }) => name)).toEqual(['connection']);
    const wider = await choose('body-weight', 'steps');
    expect(wider.map(({ name }) => name)).toEqual(['connection', 'missing', 'note', 'authorize']);
    expect(wider[1]).toEqual({ name: 'missing', valueCode: 'steps' });
    expect(wider[2]?.valueString).toContain('has to be connected again');
    const url = new URL(wider[3]?.valueUrl ?? '');
    expect(url.searchParams.get('scope')).toBe('user.metrics,user.activity,user.info');
    expect(await liveConnection(server.database, 1, id)).toMatchObject({ measures: ['body-weight', 'steps'] });
    const fay = await grantOf('fay');
    const done = await comeBack(fay, { code: 'c', state: url.searchParams.get('state') ?? '' });
    expect(done).toEqual({ ok: true, value: { connection: id } });
    expect(await liveConnection(server.database, 1, id)).toMatchObject({ measures: ['body-weight', 'steps'] });
    const tokens = await freshTokens({ ...server.smart.fhir, now: () => Date.now() + 3_600_000 }, parts, {
      ...((await readConnection(server.database, 1, id)) as Connection), // it was read a moment ago
    });
    expect(tokens).toMatchObject({ ok: true, tokens: { scopes: ['user.metrics'] } });
  });

  test('is connected as a new connection after it was ended, with the Device of before', async () => {
    const id = await connect('cid', 'wu-3');
    const { body } = await call('cid', 'device-connections', []);
    const listed = JSON.stringify(body);
    expect(listed).toContain(id);
    const all = await server.database.query(
      `select count(distinct device)::int, count(*)::int from device_connection where tenant = 1 and patient = 'cid'
         and state <> 'pending'`,
    );
    expect(all).toEqual([[1, 2]]);
  });

  test('is ended, and its token taken back, when the patient withdraws its Consent by way of FHIR', async () => {
    const id = await connect('ada', 'wu-1');
    const { consent } = (await readConnection(server.database, 1, id)) ?? {};
    vendor.asked.length = 0;
    const bearer = await server.token('patient/*.cruds', { patient: 'ada', fhirUser: 'Patient/ada' });
    const answer = await server.fetch(`Consent/${consent}/$revokeConsent`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
    });
    expect(answer.status).toBe(200);
    expect(await liveConnection(server.database, 1, id)).toBeNull();
    await vi.waitFor(() => expect(vendor.asked).toContain('/revoke revoke'), { timeout: 15_000, interval: 100 });
    expect(await readConnection(server.database, 1, id)).toMatchObject({ state: 'revoked' });
  }, 20_000);

  test('is taken back at the vendor when the record is erased, and nothing is left of it', async () => {
    await server.fetch('Patient/eve', { method: 'PUT', body: '{"resourceType":"Patient","id":"eve"}' });
    const id = await connect('eve', 'wu-9');
    vendor.asked.length = 0;
    const officer = await server.token('system/*.cruds', { actor: 'privacy-officer' });
    const erased = await server.fetch('Patient/eve/$erase?grace=0', {
      method: 'POST',
      headers: { authorization: `Bearer ${officer}` },
    });
    expect(erased.status).toBe(200);
    await vi.waitFor(() => expect(vendor.asked).toContain('/revoke revoke'), { timeout: 15_000, interval: 100 });
    await vi.waitFor(async () => expect(await readConnection(server.database, 1, id)).toBeNull(), { timeout: 5000 });
  }, 30_000);
});
