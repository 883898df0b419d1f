import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../test/support/server.ts';
import { clientAuths } from './client-auth/index.ts';
import { tokenGrants } from './grants/index.ts';
import { parseScopes } from './scopes/scopes.ts';

type Json = Record<string, unknown>;

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await server.database.query(`insert into tenant (id, name) values (2, 'second')`);
});
afterAll(() => server?.close());

const documents = [
  '/.well-known/smart-configuration',
  '/fhir/R4/.well-known/smart-configuration',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

async function read(path: string): Promise<Json> {
  const answer = await fetch(`${server.origin}${path}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  return (await answer.json()) as Json;
}

test.each(['', '/t/2'].flatMap((prefix) => documents.map((path) => `${prefix}${path}`)))(
  'every address that %s names is one of this server',
  async (path) => {
    const body = await read(path);
    const issuer = path.startsWith('/t/2') ? `${server.origin}/t/2` : server.origin;
    expect(body.issuer).toBe(issuer);
    const named = Object.entries(body).filter(([name]) => /_endpoint$|_uri$|_bundle$/.test(name));
    expect(named.length).toBeGreaterThan(6);
    for (const [name, value] of named) {
      const url = String(value);
      expect(url, name).toMatch(new RegExp(`^${issuer}/`));
      const answers = await Promise.all(
        ['GET', 'POST'].map(async (method) => (await fetch(url, { method, redirect: 'manual' })).status),
      );
      expect(
        answers.some((status) => status !== 404),
        name,
      ).toBe(true);
    }
  },
);

test('both addresses of smart-configuration say the same', async () => {
  expect(await read(documents[0] ?? '')).toEqual(await read(documents[1] ?? ''));
});

test.each(documents)('%s lists the ways to get a token and to show who one is that there are', async (path) => {
  const body = await read(path);
  expect(body.grant_types_supported).toEqual(tokenGrants.map(({ type }) => type));
  expect(body.token_endpoint_auth_methods_supported).toEqual(clientAuths.map(({ method }) => method));
  expect(body).toMatchObject({
    code_challenge_methods_supported: ['S256'],
    dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    authorization_response_iss_parameter_supported: true,
    pushed_authorization_request_endpoint: expect.any(String),
  });
});

test('every scope that is listed is one that may be asked for, those of US Core on a part of a type among them', async () => {
  const { scopes_supported: scopes = [] } = (await read(documents[0] ?? '')) as { scopes_supported?: string[] };
  for (const scope of scopes) expect(parseScopes(scope).ok, scope).toBe(true);
  expect(scopes.filter((one) => /^patient\/Condition\.rs\?category=/.test(one))).toHaveLength(3);
  for (const part of ['laboratory', 'social-history', 'vital-signs', 'survey', 'sdoh']) {
    expect(scopes.some((one) => one.startsWith('patient/Observation.rs?category=') && one.endsWith(`|${part}`))).toBe(
      true,
    );
  }
});

test('keys and configuration may be kept for five minutes', async () => {
  for (const path of [...documents, '/oauth2/jwks']) {
    const { headers } = await fetch(`${server.origin}${path}`);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
  }
});
