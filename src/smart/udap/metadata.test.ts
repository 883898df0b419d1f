import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';
import { pemOf } from '../../../test/support/test-ca.ts';
import { startUdapWorld, type UdapWorld } from '../../../test/support/udap-world.ts';

let world: UdapWorld;
let without: Server;

beforeAll(async () => {
  [world, without] = await Promise.all([startUdapWorld(), startServer()]);
});
afterAll(() => Promise.all([world.close(), without.close()]));

test('a server tells what it can do by UDAP, to everybody and for any community', async () => {
  for (const query of ['', '?community=https://community.test']) {
    const response = await fetch(`${world.server.base}/.well-known/udap${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({
      udap_versions_supported: ['1'],
      udap_profiles_supported: expect.arrayContaining(['udap_dcr', 'udap_authn', 'udap_authz']),
      udap_authorization_extensions_supported: ['hl7-b2b'],
      udap_authorization_extensions_required: [],
      udap_certifications_supported: [],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      registration_endpoint_jwt_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      authorization_endpoint: `${world.server.origin}/oauth2/authorize`,
      token_endpoint: `${world.server.origin}/oauth2/token`,
      registration_endpoint: `${world.server.origin}/oauth2/register`,
    });
  }
});

test('the endpoints are signed under the certificate of the server, for its FHIR base', async () => {
  const response = await fetch(`${world.server.base}/.well-known/udap`);
  const { signed_metadata: signed, ...said } = (await response.json()) as Record<string, string>;
  const [leaf = ''] = decodeProtectedHeader(signed ?? '').x5c ?? [];
  const certificate = new X509Certificate(Buffer.from(leaf, 'base64'));
  expect(certificate.verify(new X509Certificate(pemOf(world.root)).publicKey)).toBe(true);
  expect(certificate.subjectAltName).toContain(`URI:${world.server.base}`);
  const { payload, protectedHeader } = await jwtVerify(signed ?? '', certificate.publicKey);
  expect(protectedHeader.alg).toBe('RS256');
  expect(payload).toMatchObject({
    iss: world.server.base,
    sub: world.server.base,
    jti: expect.any(String),
    authorization_endpoint: said.authorization_endpoint,
    token_endpoint: said.token_endpoint,
    registration_endpoint: said.registration_endpoint,
  });
  const { exp = 0, iat = 0 } = payload;
  expect(exp).toBeGreaterThan(Date.now() / 1000);
  expect(exp - iat).toBeLessThanOrEqual(365 * 24 * 3600);
});

test('a server without a certificate says nothing of UDAP', async () => {
  const response = await fetch(`${without.base}/.well-known/udap`);
  expect(response.status).toBe(404);
});

test('a tenant whose base the certificate does not name has no UDAP', async () => {
  await world.server.database.query('insert into tenant (id, name) values (2, $1)', ['second']);
  const response = await fetch(`${world.server.origin}/t/2/fhir/R4/.well-known/udap`);
  expect(response.status).toBe(404);
});
