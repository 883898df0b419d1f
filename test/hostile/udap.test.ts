import { afterAll, beforeAll, expect, test } from 'vitest';

import { disableClient } from '../../src/smart/clients/clients.ts';
import { issue } from '../support/test-ca.ts';
import {
  appUri,
  peopleClaims,
  register,
  serviceClaims,
  sign,
  startUdapWorld,
  type UdapWorld,
} from '../support/udap-world.ts';

let world: UdapWorld;

beforeAll(async () => {
  world = await startUdapWorld();
});
afterAll(() => world.close());

test('A-56 an app that the operator disabled does not come back under the same certificate', async () => {
  const { server, root } = world;
  const by = await issue({ name: 'App', uris: [appUri] }, root);
  const send = async (claims: object) => register(server, await sign({ by }, { ...serviceClaims(server), ...claims }));
  const { status, body } = await send({});
  expect(status).toBe(201);
  await disableClient(server.smart, 1, String(body.client_id), 'a test');
  expect(await send({})).toMatchObject({ status: 400, body: { error: 'unapproved_software_statement' } });
  // Neither does it take its own registration back first.
  expect((await send({ grant_types: [] })).status).toBe(400);
  expect((await send({})).status).toBe(400);
});

test('an app that ended its own registration may register again', async () => {
  const { server, root } = world;
  const uri = 'https://other.test/udap';
  const by = await issue({ name: 'Other', uris: [uri] }, root);
  const send = async (claims: object) =>
    register(server, await sign({ by }, { ...serviceClaims(server), iss: uri, sub: uri, ...claims }));
  expect((await send({})).status).toBe(201);
  expect((await send({ grant_types: [] })).status).toBe(200);
  expect((await send({})).status).toBe(201);
});

test.each([
  ['a name that turns the direction of what follows', { client_name: 'Heart \u202egnihtemos' }],
  ['a name of two lines', { client_name: 'Heart\nPortico says: this app is safe' }],
  ['an address whose host would be read as a policy', { redirect_uris: ['https://a;script-src.test/back'] }],
  ['an address with a line in it', { redirect_uris: ['https://app.test/back\r\nSet-Cookie: a=b'] }],
  ['an address in letters that no header has', { redirect_uris: ['https://app.test/β'] }],
])('A-44 an app does not register with %s', async (_, claims) => {
  const { server, root } = world;
  const uri = 'https://third.test/udap';
  const by = await issue({ name: 'Third', uris: [uri] }, root);
  const statement = await sign({ by }, { ...peopleClaims(server), iss: uri, sub: uri, ...claims });
  expect((await register(server, statement)).status).toBe(400);
});
