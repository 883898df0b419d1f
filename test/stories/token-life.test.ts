import { afterAll, beforeAll, expect, test } from 'vitest';

import { disableClient } from '../../src/smart/clients/clients.ts';
import { boundTokens } from '../support/dpop.ts';
import { exchange, grantTo, refresh } from '../support/granted.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

type Json = Record<string, unknown>;

let server: Server;
let app: { clientId: string };
let other: { clientId: string };

beforeAll(async () => {
  server = await startServer();
  app = (await registerApp(server)).app;
  other = (await registerApp(server)).app;
  await server.fetch('Patient/pa', { method: 'PUT', body: '{"resourceType":"Patient","id":"pa"}' });
});
afterAll(() => server?.close());

const tokens = async (client = app): Promise<Record<string, string>> =>
  (await exchange(server, client, (await grantTo(server, client)).code)).body;

const post = async (
  path: string,
  form: Record<string, string>,
  headers = {},
): Promise<{ status: number; body: Json }> => {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${server.origin}/oauth2/${path}`, { method: 'POST', body, headers });
  return { status: answer.status, body: (await answer.json()) as Json };
};
const reads = async (token = ''): Promise<number> =>
  (await fetch(`${server.base}/Patient/pa`, { headers: { authorization: `Bearer ${token}` } })).status;

test('an app is told what its token stands for, with exactly the scopes that it has', async () => {
  const { access_token = '', scope } = await tokens();
  const { body } = await post('introspect', { token: access_token, client_id: app.clientId });
  expect(body).toMatchObject({
    active: true,
    client_id: app.clientId,
    scope,
    patient: 'pa',
    fhirUser: `${server.base}/Patient/pa`,
    iss: server.origin,
    token_type: 'Bearer',
    exp: expect.any(Number),
    sub: expect.any(String),
  });
});

test('of the token of another app, of an old one and of none it is told the same, and no more', async () => {
  const { access_token = '' } = await tokens();
  for (const token of [access_token, 'nonsense', 'a.b.c']) {
    const { status, body } = await post('introspect', { token, client_id: other.clientId });
    expect([status, body]).toEqual([200, { active: false }]);
  }
});

test('the operator is told of every token; nobody is told who does not say who they are', async () => {
  const { access_token = '', refresh_token = '' } = await tokens();
  const authorization = `Bearer ${await server.token('portico/operator')}`;
  expect((await post('introspect', { token: access_token }, { authorization })).body.active).toBe(true);
  expect((await post('introspect', { token: refresh_token }, { authorization })).body).toMatchObject({
    active: true,
    token_type: 'refresh_token',
  });
  expect((await post('introspect', { token: access_token })).status).toBe(401);
});

test('whoever has the whole of the system is told of every token, and who has a part of it of none', async () => {
  const { access_token = '' } = await tokens();
  const asked = async (scope: string) => {
    const authorization = `Bearer ${await server.token(scope)}`;
    return post('introspect', { token: access_token }, { authorization });
  };
  expect((await asked('system/*.rs')).body).toMatchObject({ active: true, client_id: app.clientId });
  expect((await asked('system/Patient.rs')).status).toBe(403);
});

test('of a token of the operator no app is named', async () => {
  const token = await server.token('system/*.rs');
  const { body } = await post('introspect', { token }, { authorization: `Bearer ${token}` });
  expect(body).toMatchObject({ active: true, scope: 'system/*.rs', token_type: 'Bearer' });
  expect(body).not.toHaveProperty('client_id');
});

test('a refresh token that is used, or whose app or person may do nothing any more, is active no more', async () => {
  const own = (await registerApp(server)).app;
  const first = await tokens(own);
  const active = async (token = ''): Promise<unknown> => {
    const authorization = `Bearer ${await server.token('portico/operator')}`;
    return (await post('introspect', { token }, { authorization })).body.active;
  };
  const second = await refresh(server, own, first.refresh_token);
  expect([await active(first.refresh_token), await active(second.body.refresh_token)]).toEqual([false, true]);
  await disableClient(server.smart, 1, own.clientId, 'test');
  expect([await active(second.body.refresh_token), await active(second.body.access_token)]).toEqual([false, false]);
});

test('an access token that is given back is refused from the next request on; its refresh token is not', async () => {
  const { access_token = '', refresh_token } = await tokens();
  expect(await reads(access_token)).toBe(200);
  expect((await post('revoke', { token: access_token, client_id: other.clientId })).status).toBe(200);
  expect(await reads(access_token)).toBe(200);
  expect((await post('revoke', { token: access_token, client_id: app.clientId })).status).toBe(200);
  expect(await reads(access_token)).toBe(401);
  expect((await refresh(server, app, refresh_token)).status).toBe(200);
});

test('with a refresh token that is given back everything ends', async () => {
  const { access_token, refresh_token = '' } = await tokens();
  expect((await post('revoke', { token: refresh_token, client_id: app.clientId })).status).toBe(200);
  expect(await reads(access_token)).toBe(401);
  expect((await refresh(server, app, refresh_token)).status).toBe(400);
});

test('userinfo says who the person is, and needs openid', async () => {
  const { access_token } = await tokens();
  const headers = { authorization: `Bearer ${access_token}` };
  const answer = await fetch(`${server.origin}/oauth2/userinfo`, { headers });
  expect(await answer.json()).toMatchObject({ sub: expect.any(String), fhirUser: `${server.base}/Patient/pa` });
  const { code } = await grantTo(server, app, { scope: 'launch/patient patient/Patient.rs' });
  const without = (await exchange(server, app, code)).body.access_token;
  const refused = await fetch(`${server.origin}/oauth2/userinfo`, { headers: { authorization: `Bearer ${without}` } });
  expect(refused.status).toBe(403);
});

test('a token that is bound to a key is good with a proof of it, and without one it is not', async () => {
  const { prove, body, token, ath } = await boundTokens(server, app);
  expect(body.token_type).toBe('DPoP');
  const url = `${server.base}/Patient/pa`;
  const read = async (scheme: string, dpop?: string): Promise<number> =>
    (
      await fetch(`${url}?_summary=true`, {
        headers: { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) },
      })
    ).status;
  expect(await read('DPoP', await prove('GET', url, { ath }))).toBe(200);
  expect(await read('Bearer')).toBe(401);
  expect(await read('Bearer', await prove('GET', url, { ath }))).toBe(401);
  expect(await read('DPoP')).toBe(401);
});
