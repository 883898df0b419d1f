import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ClientMetadata } from '../../src/smart/clients/client.ts';
import { disableClient, findClient, saveClient } from '../../src/smart/clients/clients.ts';
import { enableClient } from '../../src/smart/developer/operator-records.ts';
import { type ConsentWorld, callback, consentWorld, decide, told, verifier } from '../support/consent-world.ts';
import { askToken } from '../support/granted.ts';
import { registerService } from '../support/smart-world.ts';

let world: ConsentWorld;

beforeAll(async () => {
  world = await consentWorld();
});
afterAll(() => world.close());

async function change(id: string, metadata: Partial<ClientMetadata>): Promise<void> {
  const client = await findClient(world.server.smart, 1, id);
  if (client) await saveClient(world.server.database, { ...client, metadata: { ...client.metadata, ...metadata } });
}

const exchange = (clientId: string, code = '') =>
  askToken(world.server, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });

const wide = 'launch/patient openid patient/Patient.rs patient/Observation.rs';
const narrow = 'launch/patient openid patient/Patient.rs';

test('A-48 an app that is registered for less gets less for a code that it was given before', async () => {
  const app = await world.app();
  const browser = await world.browser(await world.user('Patient/amara-osei'));
  const { code } = told(await decide(browser, await browser.open(world.at(app, { scope: wide }))));
  await change(app, { scope: narrow });
  const { status, body } = await exchange(app, code);
  expect(status).toBe(200);
  expect(body.scope?.split(' ').sort()).toEqual(narrow.split(' ').sort());
});

test('A-48 an app that is registered for less gets less of what it was granted before, where nobody is asked again', async () => {
  const app = await world.app();
  const browser = await world.browser(await world.user('Patient/amara-osei'));
  await decide(browser, await browser.open(world.at(app, { scope: wide })));
  await change(app, { scope: narrow });
  const { code } = told(await browser.open(world.at(app, { scope: narrow, prompt: 'none' })));
  // A public app whose address is https.
  expect(code).toBeTypeOf('string');
  expect((await exchange(app, code)).body.scope).not.toMatch(/Observation/);
});

test('A-48 a person who is asked while an app is narrowed down grants no more than is left', async () => {
  const app = await world.app();
  const browser = await world.browser(await world.user('Patient/amara-osei'));
  const page = await browser.open(world.at(app, { scope: wide }));
  await change(app, { scope: narrow });
  const { code } = told(await decide(browser, page));
  expect((await exchange(app, code)).body.scope).not.toMatch(/Observation/);
});

test('A-44 an address that was taken back while a person was asked is sent nothing', async () => {
  const app = await world.app();
  const browser = await world.browser(await world.user('Patient/amara-osei'));
  const page = await browser.open(world.at(app, { scope: narrow }));
  await change(app, { redirect_uris: ['https://app.test/other'] });
  for (const decision of ['allow', 'deny'] as const) {
    const after = await decide(browser, page, decision);
    expect(after.status).toBe(400);
    expect(new URL(after.url).origin).toBe(world.server.origin);
  }
});

test('A-56 a service that is let in again gets tokens, and those from before stay ended', async () => {
  const service = await registerService(world.server, 'system/Patient.rs');
  const ask = async () => (await service.token({ grant_type: 'client_credentials' })).body.access_token;
  const read = async (token: unknown) =>
    (await fetch(`${world.server.base}/Patient`, { headers: { authorization: `Bearer ${token}` } })).status;
  const before = await ask();
  expect(await read(before)).toBe(200);
  await disableClient(world.server.smart, 1, service.app.clientId, 'a test');
  expect(await ask()).toBeUndefined();
  await enableClient(world.server.database, 1, service.app.clientId);
  const [after, again] = [await ask(), await ask()];
  expect(await read(before)).toBe(401);
  expect(await read(after)).toBe(200);
  expect(await read(again)).toBe(200);
  await disableClient(world.server.smart, 1, service.app.clientId, 'a test');
  expect(await read(after)).toBe(401);
});
