import { afterAll, beforeAll, expect, test } from 'vitest';

import type { App, OpenedApp } from '../../../test/support/app.ts';
import type { Server } from '../../../test/support/server.ts';
import { formOf, openAs } from '../../../test/support/signed-in.ts';
import { people, registerApp, startSmartWorld } from '../../../test/support/smart-world.ts';
import { demoPassword } from '../people/demo-accounts.ts';
import { findUserByName } from '../people/users.ts';
import { refusalsOf } from '../refusals.ts';
import { mintToken, type NewClaims, placeOf } from '../tokens/tokens.ts';
import { explainToken } from './explain-token.ts';

let server: Server;
let app: OpenedApp & { app: App };
let other: OpenedApp & { app: App };

beforeAll(async () => {
  server = await startSmartWorld();
  app = await registerApp(server);
  other = await registerApp(server);
  const developer = await findUserByName(server.database, 1, 'dev');
  await server.database.query('update client set owner = $3 where tenant = $1 and id = $2', [
    1,
    app.app.clientId,
    developer?.id ?? '',
  ]);
}, 300_000);
afterAll(() => server?.close());

const amara = { ...people.amara, password: demoPassword };
const scope = 'launch/patient offline_access patient/Patient.rs patient/Observation.rs';
const explain = (token: unknown, wanted: Parameters<typeof explainToken>[3] = null) =>
  explainToken(server.smart, { tenant: 1, clientId: app.app.clientId }, String(token), wanted);

/** A token of the app that says something else, with the grant of a real one. */
async function variant(access: unknown, changes: Partial<NewClaims>, lifetime = 300, tenant = 1): Promise<string> {
  const claims = JSON.parse(Buffer.from(String(access).split('.')[1] ?? '', 'base64url').toString());
  const same = {
    tenant,
    subject: claims.sub,
    clientId: claims.client_id,
    scope: claims.scope,
    patient: claims.patient,
    grant: claims.grant,
  };
  return mintToken(server.smart.keys, placeOf(server.origin, tenant), { ...same, ...changes }, lifetime);
}

test('each reason is told by what is wrong with the token', async () => {
  const { body } = await app.launch(amara, { scope });
  const { access_token: access } = body;
  expect(await explain(access)).toMatchObject({ why: 'good' });
  expect(await explain(`Bearer ${access}`)).toMatchObject({ why: 'good' });
  expect(await explain(access, { type: 'Observation', interaction: 's' })).toMatchObject({ why: 'good' });
  expect(await explain(access, { type: 'Observation', interaction: 'c' })).toMatchObject({
    why: 'scope-lacks',
    context: 'patient',
  });
  expect(await explain(await variant(access, {}, -60))).toMatchObject({ why: 'expired' });
  expect(await explain(await variant(access, { patient: null }))).toEqual({ why: 'no-patient' });
  expect(await explain(await variant(access, { scope: 'user/Patient.rs' }))).toEqual({ why: 'no-user' });
  expect(await explain(await variant(access, { scope: 'system/Patient.rs user/Patient.rs' }))).toMatchObject({
    why: 'mixed',
  });
  expect(await explain(await variant(access, { scope: 'patient/Nothing.rs' }))).toMatchObject({ why: 'scope-unknown' });
  await server.database.query("insert into tenant (id, name) values (2, 'second') on conflict do nothing");
  expect(await explain(await variant(access, {}, 300, 2))).toMatchObject({ why: 'elsewhere', here: server.origin });
  expect(await explain(String(access).replace(/.{6}$/, 'AAAAAA'))).toEqual({ why: 'retired-key' });
  for (const nothing of ['', 'nonsense', 'a.b.c', 'x'.repeat(9000), '\0']) {
    expect(await explain(nothing)).toEqual({ why: 'unreadable' });
  }
});

test('a refresh token is told apart, and why it is not taken', async () => {
  const { body } = await app.launch(amara, { scope });
  expect(await explain(body.refresh_token)).toEqual({ why: 'refresh-token' });
  const next = await app.refresh(String(body.refresh_token));
  expect(next.status).toBe(200);
  expect(await explain(body.refresh_token)).toEqual({ why: 'refresh-used' });
  await app.refresh(String(body.refresh_token));
  expect(await explain(next.body.refresh_token)).toMatchObject({ why: 'revoked' });
  expect(await explain(next.body.access_token)).toMatchObject({ why: 'revoked' });
});

test('of the tokens of another app nothing is told', async () => {
  const { body } = await other.launch(amara, { scope });
  expect(await explain(body.access_token)).toEqual({ why: 'not-yours' });
  expect(await explain(body.refresh_token)).toEqual({ why: 'unreadable' });
  const local = await server.token();
  expect(await explain(local)).toEqual({ why: 'not-yours' });
});

test('a request that is refused is told to the developer of its app, in the page and by its id', async () => {
  const { body } = await app.launch(amara, { scope });
  const authorization = `Bearer ${body.access_token}`;
  const response = await fetch(`${server.base}/Condition?patient=amara-osei&code=secret`, {
    headers: { authorization },
  });
  expect(response.status).toBe(403);
  const requestId = response.headers.get('x-request-id') ?? '';
  await expect.poll(async () => (await refusalsOf(server.smart, 1, app.app.clientId)).length).toBeGreaterThan(0);
  const { browser, page } = await openAs(server, 'dev', `/developer/${app.app.clientId}`);
  expect(page.html).toContain('GET Condition');
  expect(page.html).not.toMatch(/amara-osei|code=secret/);
  const found = await browser.submit(page, formOf(page, 'find'), { request: requestId });
  expect(found.html).toContain('id="answer"');
  expect(found.html.split('id="answer"')[1]).toContain(requestId);
  const missing = await browser.submit(page, formOf(page, 'find'), { request: '01a1b2c3-0000-7000-8000-000000000001' });
  expect(missing.html).toContain('No refused request of this app');
});

test('a token that is pasted is shown nowhere and kept nowhere', async () => {
  const { body } = await app.launch(amara, { scope });
  const access = String(body.access_token);
  const { browser, page } = await openAs(server, 'dev', `/developer/${app.app.clientId}`);
  const sent = { token: access, type: 'Observation', interaction: 'c' };
  const told = await browser.submit(page, formOf(page, 'explain'), sent);
  expect(told.html).toContain('patient/Observation.c');
  expect(told.html).not.toContain(access);
  expect(told.html).not.toContain('amara-osei');
  const empty = await browser.submit(page, formOf(page, 'explain'), { token: ' ' });
  expect(empty.status).toBe(400);
  expect(empty.html).toContain('id="token-problem"');
});
