import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepPushed } from '../../src/smart/authorize/request.ts';
import { findClient, saveClient } from '../../src/smart/clients/clients.ts';
import { newInitialAccessToken } from '../../src/smart/clients/initial-access.ts';
import { createLaunch } from '../../src/smart/launch/launch.ts';
import { invite } from '../../src/smart/people/invitations.ts';
import type { User } from '../../src/smart/people/user.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { sha256 } from '../../src/smart/random.ts';
import { createGrant } from '../../src/smart/tokens/app-grants.ts';
import { issueCode } from '../../src/smart/tokens/codes.ts';
import { issueRefreshToken } from '../../src/smart/tokens/refresh-tokens.ts';
import { challengeOf } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { type ConsentWorld, callback, consentWorld, verifier } from '../support/consent-world.ts';

let world: ConsentWorld;
let app: string;
let user: User;
let there: string;

/** An app and a user of the same ids in two tenants: only the tenant tells them apart. */
beforeAll(async () => {
  world = await consentWorld();
  const { server } = world;
  there = `${server.origin}/t/2`;
  await server.database.query('insert into tenant (id, name) values ($1, $2)', [2, 'two']);
  app = await world.app({ scope: 'openid fhirUser launch launch/patient offline_access patient/*.rs user/*.rs' });
  const client = await findClient(server.smart, 1, app);
  if (!client) throw new Error('There is no app');
  const secret = { secretHash: sha256('s'), managementHash: sha256('m') };
  await saveClient(server.database, { ...client, ...secret });
  await saveClient(server.database, { ...client, tenant: 2, managementHash: sha256('n') });
  user = await world.user('Patient/amara-osei', ['operator', 'developer']);
  const other = await addUser(server.database, { ...user, tenant: 2, roles: ['operator', 'developer'] });
  await server.database.query('update user_account set id = $3 where tenant = $1 and id = $2', [
    2,
    other?.id ?? null,
    user.id,
  ]);
  for (const tenant of [1, 2]) {
    await createGrant(server.database, {
      tenant,
      id: 'the same',
      clientId: app,
      userId: user.id,
      sessionId: null,
      scope: 'openid offline_access patient/Patient.rs',
      context: {},
      fhirUser: 'Patient/amara-osei',
      patient: 'amara-osei',
      consentId: null,
      dpopJkt: null,
      expiresAt: null,
    });
  }
});
afterAll(() => world.close());

const post = (path: string, form: Record<string, string>, headers = {}) =>
  fetch(`${there}${path}`, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });

const use = () => ({ tenant: 1, grantId: 'the same', clientId: app });

describe('A-41 of one tenant nothing counts in another', () => {
  test('a code', async () => {
    const codeChallenge = challengeOf(verifier);
    const code = await issueCode(world.server.database, {
      ...use(),
      redirectUri: callback,
      codeChallenge,
      nonce: null,
      signedInAt: null,
      methods: [],
    });
    const answer = await post('/oauth2/token', {
      grant_type: 'authorization_code',
      client_id: app,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    });
    expect(answer.status).toBe(400);
  });

  test('a refresh token, for a new token, to be looked at, or to be given back', async () => {
    const { database } = world.server;
    const token = await issueRefreshToken(database, { ...use(), scope: 'patient/Patient.rs' });
    const form = { grant_type: 'refresh_token', client_id: app, refresh_token: token, token };
    expect((await post('/oauth2/token', form)).status).toBe(400);
    expect(await (await post('/oauth2/introspect', form)).json()).toEqual({ active: false });
    expect((await post('/oauth2/revoke', form)).status).toBe(200);
    const live = 'select tenant from app_grant where tenant = any($1) and revoked_at is null';
    expect((await database.query(live, [[1, 2]])).length).toBe(2);
  });

  test('an access token, at every address that takes one', async () => {
    const token = await world.server.token('openid portico/launch portico/operator', { subject: user.id });
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/oauth2/userinfo', '/oauth2/introspect', '/oauth2/launch'])
      expect((await post(path, { token }, headers)).status, path).toBe(401);
  });

  test('a pushed request, a launch, an invitation and what lets register', async () => {
    const { smart, database } = world.server;
    const request_uri = await keepPushed(smart, 1, app, new URL(world.at(app)).searchParams);
    const pushed = await fetch(`${there}/oauth2/authorize?${new URLSearchParams({ client_id: app, request_uri })}`);
    expect(pushed.status).toBe(400);
    const launch = await createLaunch(smart, { tenant: 1, clientId: app, userId: user.id, context: {} });
    if (!launch.ok) throw new Error(launch.reason);
    const asked = new URL(
      world.at(app, { scope: 'launch openid', launch: launch.value.launch, aud: `${there}/fhir/R4` }),
    );
    const begun = await fetch(`${there}/oauth2/authorize${asked.search}`, { redirect: 'manual' });
    expect(begun.headers.get('location')).toMatch(/error=invalid_request/);
    const invited = new URL(await invite(smart, user));
    expect((await fetch(`${there}${invited.pathname}${invited.search}`)).status).toBe(404);
    const access = await newInitialAccessToken(database, 1, 'x', true);
    const body = JSON.stringify({ client_name: 'x', redirect_uris: ['https://app.test/'] });
    const headers = { authorization: `Bearer ${access}` };
    expect((await fetch(`${there}/oauth2/register`, { method: 'POST', headers, body })).status).toBe(401);
  });

  test('the token by which an app looks after its registration, and its secret', async () => {
    const headers = { authorization: 'Bearer m' };
    expect((await fetch(`${there}/oauth2/register/${app}`, { headers })).status).toBe(401);
    expect((await fetch(`${there}/oauth2/register/${app}`, { method: 'DELETE', headers })).status).toBe(401);
    expect((await fetch(`${world.server.origin}/oauth2/register/${app}`, { headers })).status).toBe(200);
  });

  test('a session, under whichever name its cookie is sent, and the token of a form', async () => {
    const browser = await world.browser(user);
    const home = await browser.open(`${world.server.origin}/account/security`);
    expect(home.url).toMatch(/\/account\/security$/);
    const csrf = home.forms.flatMap(({ fields }) => fields).find(({ name }) => name === 'csrf')?.value ?? '';
    const value = browser.cookies.get('portico_session') ?? '';
    for (const name of ['portico_session', 'portico_session_2', '__Host-portico_session_2']) {
      const stranger = openBrowser(world.server.origin);
      stranger.cookies.set(name, value);
      expect((await stranger.open(`${there}/operator/people`)).url, name).toMatch(/\/t\/2\/account\/sign-in/);
      const sent = await post(
        '/account/sign-out',
        { csrf },
        { origin: world.server.origin, cookie: `${name}=${value}` },
      );
      expect(sent.status, name).toBe(403);
    }
  });

  test('a request that somebody is asked about', async () => {
    const browser = await world.browser(user);
    const page = await browser.open(world.at(app));
    expect(page.status).toBe(200);
    const elsewhere = await browser.open(page.url.replace(world.server.origin, there));
    expect(elsewhere.status).toBe(400);
  });
});
