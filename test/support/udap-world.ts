import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';

import { freePort, type Server, startServer } from './server.ts';
import { type Holder, issue, pemOf, privateKeyPem, x5cOf } from './test-ca.ts';

/** A server that takes part in a trust community, and the community's authority. */
export type UdapWorld = { server: Server; root: Holder; close(): Promise<void> };

export const appUri = 'https://app.test/udap';

export async function startUdapWorld(settings: Record<string, string> = {}): Promise<UdapWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-udap-'));
  const PORT = String(await freePort());
  const root = await issue({ name: 'Community', ca: true });
  const own = await issue({ name: 'Portico', uris: [`http://127.0.0.1:${PORT}/fhir/R4`] }, root);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const server = await startServer({
    ...settings,
    PORT,
    PORTICO_UDAP_CERT: file('cert.pem', pemOf(own)),
    PORTICO_UDAP_KEY: file('key.pem', await privateKeyPem(own)),
    PORTICO_UDAP_TRUST: file('trust.pem', pemOf(root)),
  });
  return {
    server,
    root,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Signing = {
  by: Holder;
  /** Whose key signs, where it is not the certificate's. */
  key?: CryptoKey;
  alg?: string;
  /** In the place of the certificates of the holder; null: none. */
  x5c?: unknown;
};

/** A JWT as UDAP has it, under the holder's certificate; a claim that is undefined is left out. */
export function sign(
  { by, key, alg = 'RS256', x5c = x5cOf(by) }: Signing,
  claims: Record<string, unknown>,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iat: now, exp: now + 300, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg, ...(x5c === null ? {} : { x5c: x5c as string[] }) }) // Wrong ones are for tests
    .sign(key ?? by.keys.privateKey);
}

/** What an app without people says of itself. */
export const serviceClaims = (server: Server): Record<string, unknown> => ({
  iss: appUri,
  sub: appUri,
  aud: `${server.origin}/oauth2/register`,
  client_name: 'Nightly reports',
  contacts: ['mailto:operations@app.test'],
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'private_key_jwt',
  scope: 'system/Patient.rs system/Observation.rs',
});

/** What an app that people sign in to says of itself. */
export const peopleClaims = (server: Server): Record<string, unknown> => ({
  ...serviceClaims(server),
  client_name: 'Heart diary',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['https://app.test/back'],
  logo_uri: 'https://app.test/logo.png',
  scope: 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs',
});

export async function register(
  server: Server,
  statement: string,
  more: Record<string, unknown> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.origin}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ software_statement: statement, certifications: [], udap: '1', ...more }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }; // A test looks into it
}

/** What an app says of whom it asks for. */
export const b2b = {
  'hl7-b2b': {
    version: '1',
    subject_name: 'Nightly reports',
    organization_name: 'App Inc.',
    organization_id: 'https://app.test/organization',
    purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
  },
};

/** Asks for a token with an assertion. */
export async function askToken(
  server: Server,
  assertion: string,
  form: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${server.origin}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      udap: '1',
      ...form,
    }),
  });
  const body = (await response.json()) as Record<string, unknown>; // A test looks into it
  return { status: response.status, headers: response.headers, body };
}
