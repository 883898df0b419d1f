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
  ['/fhir/R4/$submit-device-data', 'POST', 'authorization,content-type,dpop'],
  ['/devices/fhir', 'POST', 'authorization,content-type,dpop'],
  ['/devices/template:scale', 'POST', 'authorization,content-type'],
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

test('an app in a browser sends readings and reads what became of them, and why they were refused', async () => {
  const send = (headers: Record<string, string>) =>
    fetch(`${server.origin}/devices/fhir`, {
      method: 'POST',
      body: '{"resourceType":"Bundle","entry":[]}',
      headers: { origin, 'content-type': 'application/json', ...headers },
    });
  const refused = await send({});
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  const taken = await send({ authorization: `Bearer ${await server.token()}` });
  expect(taken.headers.get('access-control-allow-origin')).toBe('*');
  expect(taken.headers.get('access-control-allow-credentials')).toBeNull();
  expect(taken.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  const operation = await server.fetch('$submit-device-data', { method: 'POST', body: '{}', headers: { origin } });
  expect(operation.headers.get('access-control-allow-origin')).toBe('*');
});

test.each(['/devices/record', '/devices/off', '/devices/connect', '/devices/oura/webhook', '/devices/connect/oura'])(
  'no page of another origin may send to %s, which is no format of readings',
  async (path) => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const asked = await fetch(`${server.origin}${path}`, { method: 'OPTIONS', headers });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([404, null]);
    const sent = await fetch(`${server.origin}${path}`, { method: 'POST', headers: { origin }, redirect: 'manual' });
    if (path !== '/devices/connect') expect(sent.headers.get('access-control-allow-origin')).toBeNull();
    expect(sent.headers.get('access-control-allow-credentials')).toBeNull();
  },
);

test.each(['/oauth2/authorize', '/account', '/account/sign-in', '/developer', '/operator', '/devices'])(
  'no page of another origin reads %s, which goes by cookies',
  async (path) => {
    const answer = await fetch(`${server.origin}${path}`, { headers: { origin }, redirect: 'manual' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  },
);
