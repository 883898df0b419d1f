import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Holder, issue } from '../../../test/support/test-ca.ts';
import {
  appUri,
  peopleClaims,
  register,
  serviceClaims,
  sign,
  startUdapWorld,
  type UdapWorld,
} from '../../../test/support/udap-world.ts';

let world: UdapWorld;
let app: Holder;
let stranger: Holder;

beforeAll(async () => {
  world = await startUdapWorld();
  app = await issue({ name: 'App', uris: [appUri, 'https://app.test/other'] }, world.root);
  stranger = await issue({ name: 'App', uris: [appUri] }, await issue({ name: 'Community', ca: true }));
});
afterAll(() => world.close());

/** A certificate with a URI of its own, so that tests do not meet each other's apps. */
async function someApp(): Promise<{ holder: Holder; uri: string }> {
  const uri = `https://app.test/${crypto.randomUUID()}`;
  return { holder: await issue({ name: 'App', uris: [uri] }, world.root), uri };
}

test('an app registers by what it signed under a certificate of the community', async () => {
  const statement = await sign({ by: app }, serviceClaims(world.server));
  const { status, body } = await register(world.server, statement);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    client_id: expect.stringMatching(/./),
    software_statement: statement,
    client_name: 'Nightly reports',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs system/Observation.rs',
  });
  expect(body).not.toHaveProperty('client_secret');
});

test('an app that people sign in to has its redirect_uris in the answer', async () => {
  const { holder, uri } = await someApp();
  const claims = { ...peopleClaims(world.server), iss: uri, sub: uri };
  const { status, body } = await register(world.server, await sign({ by: holder }, claims));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['https://app.test/back'],
  });
});

test.each([
  ['system/*.cruds', 'system/*.rs'],
  ['system/Patient.read user/Patient.rs portico/operator', 'system/Patient.read'],
])('a service that asks for %s is registered for %s', async (scope, granted) => {
  const { holder, uri } = await someApp();
  const claims = { ...serviceClaims(world.server), iss: uri, sub: uri, scope };
  const { body } = await register(world.server, await sign({ by: holder }, claims));
  expect(body.scope).toBe(granted);
});

test('who registers again under the same URI, with another certificate too, changes what was registered', async () => {
  const { holder, uri } = await someApp();
  const claims = { ...serviceClaims(world.server), iss: uri, sub: uri };
  const first = await register(world.server, await sign({ by: holder }, claims));
  const renewed = await issue({ name: 'App', uris: [uri], key: 'ES384' }, world.root);
  const changed = await sign({ by: renewed, alg: 'ES384' }, { ...claims, client_name: 'Daily reports' });
  const second = await register(world.server, changed);
  expect(second.status).toBe(200);
  expect(second.body).toMatchObject({ client_id: first.body.client_id, client_name: 'Daily reports' });
});

test('an app that asks for no grant type ends its registration, and can begin anew', async () => {
  const { holder, uri } = await someApp();
  const claims = { ...serviceClaims(world.server), iss: uri, sub: uri };
  const first = await register(world.server, await sign({ by: holder }, claims));
  const ended = await register(world.server, await sign({ by: holder }, { ...claims, grant_types: [] }));
  expect(ended.status).toBe(200);
  expect(ended.body).toMatchObject({ client_id: first.body.client_id, grant_types: [] });
  const again = await register(world.server, await sign({ by: holder }, { ...claims, grant_types: [] }));
  expect(again.status).toBe(400);
  const anew = await register(world.server, await sign({ by: holder }, claims));
  expect(anew.status).toBe(201);
  expect(anew.body.client_id).not.toBe(first.body.client_id);
});

test('of many registrations under one new URI at a time one app comes out', async () => {
  const { holder, uri } = await someApp();
  const claims = { ...serviceClaims(world.server), iss: uri, sub: uri };
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => register(world.server, await sign({ by: holder }, claims))),
  );
  expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(1);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
});

test.each<[string, string, () => Promise<string>]>([
  ['is not a JWT', 'invalid_software_statement', async () => 'x.y.z'],
  [
    'names an issuer that is not in the certificate',
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), iss: 'https://app.test/x', sub: 'https://app.test/x' }),
  ],
  [
    'is signed with another key',
    'invalid_software_statement',
    () => sign({ by: app, key: stranger.keys.privateKey }, serviceClaims(world.server)),
  ],
  [
    'is under a certificate that nobody here vouches for',
    'unapproved_software_statement',
    () => sign({ by: stranger }, serviceClaims(world.server)),
  ],
  ['has no x5c', 'invalid_software_statement', () => sign({ by: app, x5c: null }, serviceClaims(world.server))],
  [
    'is for another server',
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), aud: 'https://other.test/register' }),
  ],
  [
    'is good for more than five minutes',
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), exp: Math.floor(Date.now() / 1000) + 400 }),
  ],
  [
    'has expired',
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), exp: Math.floor(Date.now() / 1000) - 60 }),
  ],
  [
    'is about somebody else',
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), sub: 'https://app.test/other' }),
  ],
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti'].map((name): [string, string, () => Promise<string>] => [
    `has no ${name}`,
    'invalid_software_statement',
    () => sign({ by: app }, { ...serviceClaims(world.server), [name]: undefined }),
  ]),
  ...(
    [
      ['client_name', undefined],
      ['contacts', ['https://app.test']],
      ['grant_types', ['client_credentials', 'authorization_code']],
      ['grant_types', ['refresh_token']],
      ['grant_types', 'client_credentials'],
      ['token_endpoint_auth_method', 'client_secret_basic'],
      ['scope', undefined],
      ['scope', 'system/Nothing.rs'],
      ['redirect_uris', ['https://app.test/back']],
    ] as const
  ).map(([name, value]): [string, string, () => Promise<string>] => [
    `says ${name} ${JSON.stringify(value)}`,
    'invalid_client_metadata',
    () => sign({ by: app }, { ...serviceClaims(world.server), [name]: value }),
  ]),
  ...['http://app.test/back', 'https://app.test/back#x', 'javascript:alert(1)', 'https://me@app.test/'].map(
    (uri): [string, string, () => Promise<string>] => [
      `wants to be answered at ${uri}`,
      'invalid_redirect_uri',
      () => sign({ by: app }, { ...peopleClaims(world.server), redirect_uris: [uri] }),
    ],
  ),
])('a statement that %s is refused: %s', async (_, error, statement) => {
  const { status, body } = await register(world.server, await statement());
  expect(status).toBe(400);
  expect(body).toMatchObject({ error, error_description: expect.stringMatching(/./) });
});

test('a statement is good for one registration', async () => {
  const { holder, uri } = await someApp();
  const statement = await sign({ by: holder }, { ...serviceClaims(world.server), iss: uri, sub: uri });
  expect((await register(world.server, statement)).status).toBe(201);
  const again = await register(world.server, statement);
  expect(again.status).toBe(400);
  expect(again.body).toMatchObject({ error: 'invalid_software_statement' });
});

test('another version of UDAP is refused', async () => {
  const statement = await sign({ by: app }, serviceClaims(world.server));
  expect(await register(world.server, statement, { udap: '2' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  });
});
