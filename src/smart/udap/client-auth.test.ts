import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Holder, issue } from '../../../test/support/test-ca.ts';
import {
  appUri,
  askToken,
  b2b,
  register,
  serviceClaims,
  sign,
  startUdapWorld,
  type UdapWorld,
} from '../../../test/support/udap-world.ts';

let world: UdapWorld;
let app: Holder;
let other: Holder;
let client: string;

beforeAll(async () => {
  world = await startUdapWorld();
  app = await issue({ name: 'App', uris: [appUri] }, world.root);
  other = await issue({ name: 'Other', uris: ['https://other.test/udap'] }, world.root);
  const { body } = await register(world.server, await sign({ by: app }, serviceClaims(world.server)));
  client = String(body.client_id);
});
afterAll(() => world.close());

const claims = (): Record<string, unknown> => ({
  iss: client,
  sub: client,
  aud: `${world.server.origin}/oauth2/token`,
  extensions: b2b,
});

test('an app gets a token that works by showing its certificate, and is told not to keep the answer', async () => {
  const { status, headers, body } = await askToken(world.server, await sign({ by: app }, claims()));
  expect(body).toMatchObject({
    access_token: expect.any(String),
    token_type: 'Bearer',
    scope: 'system/Patient.rs system/Observation.rs',
  });
  expect(status).toBe(200);
  expect(body.expires_in).toBeLessThanOrEqual(3600);
  expect(headers.get('cache-control')).toContain('no-store');
  expect(headers.get('pragma')).toContain('no-cache');
  const found = await fetch(`${world.server.base}/Patient`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  expect(found.status).toBe(200);
});

test('an app may show a newer certificate with the URI that it registered', async () => {
  const renewed = await issue({ name: 'App', uris: [appUri], key: 'ES384' }, world.root);
  const { status } = await askToken(world.server, await sign({ by: renewed, alg: 'ES384' }, claims()));
  expect(status).toBe(200);
});

test.each<[string, () => Promise<string>]>([
  ['is under the certificate of another app', () => sign({ by: other }, claims())],
  [
    'is under a certificate that nobody here vouches for',
    async () => sign({ by: await issue({ name: 'App', uris: [appUri] }) }, claims()),
  ],
  ['is signed with another key', () => sign({ by: app, key: other.keys.privateKey }, claims())],
  ['has no certificate', () => sign({ by: app, x5c: null }, claims())],
  ['is for another server', () => sign({ by: app }, { ...claims(), aud: 'https://other.test/token' })],
  ['is for the registration', () => sign({ by: app }, { ...claims(), aud: `${world.server.origin}/oauth2/register` })],
  ['is about another app', () => sign({ by: app }, { ...claims(), sub: 'somebody' })],
  ['is of an app that is not registered', () => sign({ by: app }, { ...claims(), iss: 'x', sub: 'x' })],
  ['has no jti', () => sign({ by: app }, { ...claims(), jti: undefined })],
  [
    'is good for more than five minutes',
    () => sign({ by: app }, { ...claims(), exp: Math.floor(Date.now() / 1000) + 400 }),
  ],
])('an assertion that %s is refused', async (_, assertion) => {
  const { status, body } = await askToken(world.server, await assertion());
  expect([400, 401]).toContain(status);
  expect(body.error).toBe('invalid_client');
});

test('an assertion is good once', async () => {
  const assertion = await sign({ by: app }, claims());
  const answers = await Promise.all(Array.from({ length: 5 }, () => askToken(world.server, assertion)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['no hl7-b2b', {}],
  ['another version', { 'hl7-b2b': { ...b2b['hl7-b2b'], version: '2' } }],
  ['no organization', { 'hl7-b2b': { ...b2b['hl7-b2b'], organization_id: undefined } }],
  ['no purpose', { 'hl7-b2b': { ...b2b['hl7-b2b'], purpose_of_use: [] } }],
])('an app that says %s of whom it asks for gets no token', async (_, extensions) => {
  const { status, body } = await askToken(world.server, await sign({ by: app }, { ...claims(), extensions }));
  expect(status).toBe(400);
  expect(body.error).toBe('invalid_grant');
});

test('an app that registered by UDAP says so with each request', async () => {
  const { status, body } = await askToken(world.server, await sign({ by: app }, claims()), { udap: '' });
  expect([400, 401]).toContain(status);
  expect(body.error).toBe('invalid_client');
});

test('an app whose registration ended gets no token', async () => {
  const uri = 'https://ended.test/udap';
  const holder = await issue({ name: 'Ended', uris: [uri] }, world.root);
  const said = { ...serviceClaims(world.server), iss: uri, sub: uri };
  const { body } = await register(world.server, await sign({ by: holder }, said));
  const asking = { ...claims(), iss: body.client_id, sub: body.client_id };
  expect((await askToken(world.server, await sign({ by: holder }, asking))).status).toBe(200);
  await register(world.server, await sign({ by: holder }, { ...said, grant_types: [] }));
  const refused = await askToken(world.server, await sign({ by: holder }, asking));
  expect(refused.body.error).toBe('invalid_client');
});
