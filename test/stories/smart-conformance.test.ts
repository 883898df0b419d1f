import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { App, OpenedApp } from '../support/app.ts';
import type { Server } from '../support/server.ts';
import { people, registerApp, startSmartWorld } from '../support/smart-world.ts';
import { bothWays } from '../support/tls.ts';

type Json = Record<string, unknown>;

const { amara } = people;

/** A page elsewhere, whose scripts call this server. */
const origin = 'https://app.test';

const jsonOf = async (
  url: string,
  headers: Record<string, string> = {},
): Promise<{ response: Response; body: Json }> => {
  const response = await fetch(url, { headers: { accept: 'application/json', ...headers } });
  return { response, body: (await response.json()) as Json };
};

describe.each(bothWays)('over %s', (_, settings) => {
  let server: Server;
  let app: OpenedApp & { app: App };

  beforeAll(async () => {
    server = await startSmartWorld(await settings());
    app = await registerApp(server);
  });
  afterAll(() => server.close());

  const ofAmara = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs';

  describe('1.1 discovery', () => {
    test('smart-configuration is JSON that anybody may read', async () => {
      const { response, body } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toMatchObject({
        authorization_endpoint: expect.stringMatching(/^https?:/),
        token_endpoint: expect.stringMatching(/^https?:/),
        grant_types_supported: expect.arrayContaining(['authorization_code', 'client_credentials', 'refresh_token']),
        code_challenge_methods_supported: ['S256'],
      });
    });

    test('with sso-openid-connect it names the issuer and its keys', async () => {
      const { body } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      expect(body).toMatchObject({ issuer: server.origin, jwks_uri: expect.stringMatching(/^https?:/) });
    });

    test('it names where tokens are introspected, managed and revoked, and where apps register', async () => {
      const { body } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      for (const name of ['introspection', 'management', 'registration', 'revocation']) {
        expect(body[`${name}_endpoint`]).toMatch(/^https?:/);
      }
    });

    test('every capability that certification asks for is listed', async () => {
      const { body } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      expect(body.capabilities).toEqual(
        expect.arrayContaining([
          'launch-standalone',
          'launch-ehr',
          'client-public',
          'client-confidential-symmetric',
          'client-confidential-asymmetric',
          'sso-openid-connect',
          'context-banner',
          'context-style',
          'context-ehr-patient',
          'context-ehr-encounter',
          'context-standalone-patient',
          'permission-offline',
          'permission-patient',
          'permission-user',
          'permission-v1',
          'permission-v2',
          'authorize-post',
        ]),
      );
    });

    test('scopes_supported has scopes on resources', async () => {
      const { body } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      expect(
        (body.scopes_supported as string[]).some((one) => /^(patient|user|system)\/[A-Za-z*]+\.[cruds]+/.test(one)),
      ).toBe(true);
    });

    test('pages of any origin may read smart-configuration, metadata and FHIR', async () => {
      const token = await server.token('system/*.rs');
      for (const path of ['.well-known/smart-configuration', 'metadata', 'Patient/amara-osei']) {
        const response = await fetch(`${server.base}/${path}`, {
          headers: { origin, ...(path.startsWith('Patient') ? { authorization: `Bearer ${token}` } : {}) },
        });
        expect(response.status).toBe(200);
        expect(['*', origin]).toContain(response.headers.get('access-control-allow-origin'));
      }
    });

    test('pages of any origin may use the token endpoint', async () => {
      const { token_endpoint: url } = await app.endpoints();
      const response = await fetch(url, { method: 'POST', headers: { origin }, body: new URLSearchParams({}) });
      expect(['*', origin]).toContain(response.headers.get('access-control-allow-origin'));
    });
  });

  describe('1.4 OpenID Connect', () => {
    test('the id token is signed with RS256 by a key of jwks_uri, for this app, and names its user in FHIR', async () => {
      const { body } = await app.launch(amara, { scope: ofAmara, also: { nonce: 'n-0S6_WzA2Mj' } });
      const { body: discovered } = await jsonOf(`${server.origin}/.well-known/openid-configuration`);
      const { body: keys } = await jsonOf(String(discovered.jwks_uri));
      const token = String(body.id_token);
      const key = createLocalJWKSet(keys as unknown as JSONWebKeySet); // jose checks it
      const { payload } = await jwtVerify(token, key, {
        issuer: String(discovered.issuer),
        audience: app.app.clientId,
      });
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
      expect(payload.sub).toMatch(/^.{1,255}$/);
      expect(payload).toMatchObject({ exp: expect.any(Number), iat: expect.any(Number), nonce: 'n-0S6_WzA2Mj' });
      expect(payload).toMatchObject({ auth_time: expect.any(Number), amr: ['pwd'], at_hash: expect.any(String) });
      expect(payload.fhirUser).toBe(`${server.base}/Patient/amara-osei`);
    });

    test('the user that it names can be read with the access token, though no scope but fhirUser says so', async () => {
      const { body } = await app.launch(amara, { scope: 'openid fhirUser' });
      const { fhirUser } = decodeJwt(String(body.id_token));
      const response = await fetch(String(fhirUser), { headers: { authorization: `Bearer ${body.access_token}` } });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ resourceType: 'Patient', id: 'amara-osei' });
      expect(
        (await fetch(`${server.base}/Observation`, { headers: { authorization: `Bearer ${body.access_token}` } }))
          .status,
      ).toBe(403);
    });

    test('openid-configuration is where the issuer says, with what OpenID asks for', async () => {
      const { response, body } = await jsonOf(`${server.origin}/.well-known/openid-configuration`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toMatchObject({
        issuer: server.origin,
        authorization_endpoint: expect.any(String),
        token_endpoint: expect.any(String),
        jwks_uri: expect.any(String),
        response_types_supported: expect.arrayContaining(['code']),
        subject_types_supported: expect.arrayContaining(['public']),
        id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      });
    });

    test('jwks_uri has an RSA key with kid, alg and use', async () => {
      const { body: discovered } = await jsonOf(`${server.origin}/.well-known/openid-configuration`);
      const { response, body } = await jsonOf(String(discovered.jwks_uri));
      expect(response.status).toBe(200);
      expect(body.keys).toContainEqual(
        expect.objectContaining({
          kty: 'RSA',
          n: expect.any(String),
          e: 'AQAB',
          kid: expect.any(String),
          alg: 'RS256',
          use: 'sig',
        }),
      );
      for (const key of body.keys as Json[]) expect(key).not.toHaveProperty('d');
    });
  });

  describe('1.7 introspection', () => {
    test('of a token that is active it tells what the token answer told', async () => {
      const confidential = await registerApp(server, { credentials: 'basic' });
      const { body } = await confidential.launch(amara, { scope: ofAmara });
      const { body: configuration } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      const url = String(configuration.introspection_endpoint);
      const answer = await confidential.token({ token: String(body.access_token) }, url);
      const { iss, sub, fhirUser } = decodeJwt(String(body.id_token));
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        active: true,
        client_id: confidential.app.clientId,
        patient: 'amara-osei',
        iss,
        sub,
        fhirUser,
        exp: expect.any(Number),
      });
      expect(String(answer.body.scope).split(' ').sort()).toEqual(String(body.scope).split(' ').sort());
    });

    test('of a token that is not it tells that alone', async () => {
      const confidential = await registerApp(server, { credentials: 'basic' });
      const { body: configuration } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
      const answer = await confidential.token({ token: 'unknown' }, String(configuration.introspection_endpoint));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ active: false });
    });
  });

  test('1.8 user-access brands are a Bundle that anybody may read, whose Organizations and Endpoints belong together', async () => {
    const { body: configuration } = await jsonOf(`${server.base}/.well-known/smart-configuration`);
    const { response, body } = await jsonOf(String(configuration.user_access_brand_bundle), { origin });
    expect(response.status).toBe(200);
    expect(['*', origin]).toContain(response.headers.get('access-control-allow-origin'));
    expect(response.headers.get('etag')).not.toBeNull();
    expect(body).toMatchObject({ resourceType: 'Bundle', type: 'collection', timestamp: expect.any(String) });
    const entries = body.entry as { fullUrl: string; resource: Json }[];
    const organizations = entries.filter(({ resource }) => resource.resourceType === 'Organization');
    const endpoints = entries.filter(({ resource }) => resource.resourceType === 'Endpoint');
    const named = organizations.flatMap(({ resource }) => (resource.endpoint as { reference: string }[]) ?? []);
    expect(organizations.length).toBeGreaterThan(0);
    expect(endpoints.length).toBeGreaterThan(0);
    for (const { reference } of named) expect(endpoints.some(({ fullUrl }) => fullUrl.endsWith(reference))).toBe(true);
    for (const { fullUrl } of endpoints) expect(named.some(({ reference }) => fullUrl.endsWith(reference))).toBe(true);
  });
});
