import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const origin = 'https://app.example';

test.each([
  ['/fhir/R4/metadata', 'GET', 'accept'],
  ['/fhir/R4/Patient/1', 'GET', 'authorization'],
  ['/fhir/R4/Patient/1', 'PUT', 'authorization,content-type,if-match'],
  ['/fhir/R4/.well-known/smart-configuration', 'GET', 'accept'],
  ['/.well-known/openid-configuration', 'GET', 'accept'],
  ['/oauth2/token', 'POST', 'content-type,dpop'],
  ['/oauth2/revoke', 'POST', 'content-type'],
  ['/oauth2/introspect', 'POST', 'authorization'],
  ['/oauth2/userinfo', 'GET', 'authorization,dpop'],
  ['/oauth2/jwks', 'GET', 'accept'],
])('a page of another origin may ask whether it may call %s (%s)', async (path, method, headers) => {
  const answer = await fetch(`${server.origin}${path}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  expect(answer.headers.get('access-control-allow-methods')).toContain(method);
  const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/,\s*/);
  expect(headers.split(',').filter((name) => !allowed.includes(name))).toEqual([]);
});

test('it reads what it is answered, refusals and versions too', async () => {
  const refused = await fetch(`${server.base}/Patient/1`, { headers: { origin } });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  const created = await server.fetch('Patient', {
    method: 'POST',
    headers: { origin },
    body: JSON.stringify({ resourceType: 'Patient' }),
  });
  expect(created.status).toBe(201);
  const readable = (created.headers.get('access-control-expose-headers') ?? '').split(', ');
  expect(readable).toEqual(expect.arrayContaining(['ETag', 'Location', 'WWW-Authenticate']));
});

test.each(['/oauth2/authorize', '/account', '/account/sign-in', '/developer', '/operator'])(
  'no page of another origin reads %s, which goes by cookies',
  async (path) => {
    const answer = await fetch(`${server.origin}${path}`, { headers: { origin }, redirect: 'manual' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  },
);
