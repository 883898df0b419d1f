import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type App, assertionOf, type OpenedApp, type TokenAnswer } from '../support/app.ts';
import type { Server } from '../support/server.ts';
import { registerService, startSmartWorld } from '../support/smart-world.ts';
import { bothWays } from '../support/tls.ts';

const bearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe.each(bothWays)('1.6 backend services over %s', (_, settings) => {
  let server: Server;
  let service: OpenedApp & { app: App };
  let url: string;

  beforeAll(async () => {
    server = await startSmartWorld(await settings());
    service = await registerService(server, 'system/Patient.rs system/Observation.rs');
    url = (await service.endpoints()).token_endpoint;
  });
  afterAll(() => server.close());

  const ask = (form: Record<string, string>): Promise<Response> =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const asked = async (more: Record<string, string> = {}, claims: Record<string, unknown> = {}) => ({
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: bearer,
    client_assertion: await assertionOf(service.app, url, claims),
    ...more,
  });
  const search = (type: string, { body }: TokenAnswer): Promise<Response> =>
    fetch(`${server.base}/${type}`, { headers: { authorization: `Bearer ${body.access_token}` } });

  test.each(['ES384', 'RS384'] as const)('a service with a key for %s gets a token that works', async (alg) => {
    const one = await registerService(server, 'system/Patient.rs', { alg });
    const answer = await one.token({ grant_type: 'client_credentials', scope: 'system/Patient.rs' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      access_token: expect.any(String),
      token_type: 'Bearer',
      scope: 'system/Patient.rs',
    });
    expect(answer.body.expires_in).toBeLessThanOrEqual(300);
    expect((await search('Patient', answer)).status).toBe(200);
    expect((await search('Observation', answer)).status).toBe(403);
  });

  test('a service gets no more than it is registered for', async () => {
    const answer = await service.token({ grant_type: 'client_credentials', scope: 'system/*.cruds' });
    const granted = String(answer.body.scope ?? '')
      .split(' ')
      .sort();
    if (answer.status === 200) expect(granted).toEqual(['system/Observation.rs', 'system/Patient.rs']);
    else expect(answer.body.error).toBe('invalid_scope');
  });

  test('a service that names no scope gets what it is registered for', async () => {
    const { body } = await service.token({ grant_type: 'client_credentials' });
    expect(body.scope).toBe('system/Patient.rs system/Observation.rs');
  });

  test('a wrong grant_type is refused with 400', async () => {
    expect((await ask(await asked({ grant_type: 'not_a_grant_type' }))).status).toBe(400);
  });

  test('a wrong client_assertion_type is refused', async () => {
    expect([400, 401]).toContain((await ask(await asked({ client_assertion_type: 'not_an_assertion_type' }))).status);
  });

  test('an invalid JWT is refused', async () => {
    expect([400, 401]).toContain((await ask(await asked({ client_assertion: 'not_a_jwt' }))).status);
  });

  test.each<[string, (now: number) => Record<string, unknown>]>([
    ['is good for more than five minutes', (now) => ({ exp: now + 400 })],
    ['has expired', (now) => ({ exp: now - 60 })],
    ['is for another server', () => ({ aud: 'https://other.test/token' })],
    ['is about another client', () => ({ sub: 'somebody' })],
    ['has no jti', () => ({ jti: undefined })],
    ['has no exp', () => ({ exp: undefined })],
  ])('an assertion that %s is refused', async (_name, claims) => {
    const response = await ask(await asked({}, claims(Math.floor(Date.now() / 1000))));
    expect([400, 401]).toContain(response.status);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('an assertion is good once', async () => {
    const form = await asked();
    expect((await ask(form)).status).toBe(200);
    expect([400, 401]).toContain((await ask(form)).status);
  });

  test('a service has no refresh token', async () => {
    const { body } = await service.token({ grant_type: 'client_credentials' });
    expect(body).not.toHaveProperty('refresh_token');
  });
});
