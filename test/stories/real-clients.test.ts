import { MedplumClient } from '@medplum/core';
import { Client as FhirKitClient } from 'fhir-kit-client';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type App, type Credentials, comeBack } from '../support/app.ts';
import type { Server } from '../support/server.ts';
import { people, redirectUri, registerApp, registerService, startSmartWorld } from '../support/smart-world.ts';

const { amara } = people;
const scope = 'openid fhirUser offline_access launch/patient patient/Patient.rs patient/Observation.rs';

let server: Server;

beforeAll(async () => {
  server = await startSmartWorld();
});
afterAll(() => server.close());

const keyOf = ({ credentials }: App): Credentials & { kind: 'key' } => {
  if (credentials.kind !== 'key') throw new Error('The app has no key');
  return credentials;
};

describe('openid-client', () => {
  async function configured(app: App): Promise<openid.Configuration> {
    const { key, kid } = keyOf(app);
    const auth = openid.PrivateKeyJwt({ key, kid });
    return openid.discovery(new URL(server.origin), app.clientId, {}, auth, {
      execute: [openid.allowInsecureRequests],
    });
  }

  test('signs in with PKCE by a pushed request, is bound by DPoP, refreshes, introspects and revokes', async () => {
    const { app } = await registerApp(server, { credentials: 'key' });
    const config = await configured(app);
    const verifier = openid.randomPKCECodeVerifier();
    const [state, nonce] = [openid.randomState(), openid.randomNonce()];
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const asked = {
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      aud: server.base,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const url = await openid.buildAuthorizationUrlWithPAR(config, asked, { DPoP });
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const back = await comeBack(server, url, amara);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const tokens = await openid.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(tokens).toMatchObject({ token_type: 'dpop', patient: 'amara-osei' });
    expect(tokens.claims()?.fhirUser).toBe(`${server.base}/Patient/amara-osei`);

    const patient = new URL(`${server.base}/Patient/amara-osei`);
    const read = (token: string, proof?: openid.DPoPHandle) =>
      openid.fetchProtectedResource(config, token, patient, 'GET', undefined, undefined, proof ? { DPoP: proof } : {});
    expect((await read(tokens.access_token, DPoP)).status).toBe(200);
    await expect(read(tokens.access_token)).rejects.toThrow();

    const user = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '', { DPoP });
    expect(user.fhirUser).toBe(`${server.base}/Patient/amara-osei`);

    const again = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect((await read(again.access_token, DPoP)).status).toBe(200);
    expect(await openid.tokenIntrospection(config, again.access_token)).toMatchObject({
      active: true,
      client_id: app.clientId,
      patient: 'amara-osei',
    });
    await openid.tokenRevocation(config, again.refresh_token ?? '');
    expect(await openid.tokenIntrospection(config, again.access_token)).toEqual({ active: false });
    await expect(openid.refreshTokenGrant(config, again.refresh_token ?? '', undefined, { DPoP })).rejects.toThrow();
  });

  test('gets a token for a service', async () => {
    const { app } = await registerService(server, 'system/Patient.rs');
    const config = await configured(app);
    const tokens = await openid.clientCredentialsGrant(config, { scope: 'system/Patient.rs' });
    const url = new URL(`${server.base}/Patient`);
    expect((await openid.fetchProtectedResource(config, tokens.access_token, url, 'GET')).status).toBe(200);
  });
});

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true };

  async function discovered(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(server.origin);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  }

  test('signs in with PKCE, refreshes, introspects and revokes, with a secret', async () => {
    const { app } = await registerApp(server, { credentials: 'basic' });
    const as = await discovered();
    const client: oauth.Client = { client_id: app.clientId };
    const auth = oauth.ClientSecretBasic('secret' in app.credentials ? app.credentials.secret : '');
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: app.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      state,
      aud: server.base,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const parameters = oauth.validateAuthResponse(as, client, await comeBack(server, url, amara), state);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      parameters,
      redirectUri,
      verifier,
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    expect(tokens).toMatchObject({ token_type: 'bearer', patient: 'amara-osei' });

    const refreshing = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', insecure);
    const again = await oauth.processRefreshTokenResponse(as, client, refreshing);
    const introspect = async (token: string) =>
      oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, auth, token, insecure),
      );
    expect(await introspect(again.access_token)).toMatchObject({ active: true, client_id: app.clientId });
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, auth, again.access_token, insecure),
    );
    expect(await introspect(again.access_token)).toEqual({ active: false });
  });

  test('gets a token for a service by private_key_jwt, bound by DPoP', async () => {
    const { app } = await registerService(server, 'system/Patient.rs', { alg: 'ES384' });
    const as = await discovered();
    const client: oauth.Client = { client_id: app.clientId };
    const { key, kid } = keyOf(app);
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const parameters = new URLSearchParams({ scope: 'system/Patient.rs' });
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      oauth.PrivateKeyJwt({ key, kid }),
      parameters,
      {
        ...insecure,
        DPoP,
      },
    );
    const tokens = await oauth.processClientCredentialsResponse(as, client, response);
    expect(tokens.token_type).toBe('dpop');
    const url = new URL(`${server.base}/Patient`);
    const read = await oauth.protectedResourceRequest(tokens.access_token, 'GET', url, undefined, null, {
      ...insecure,
      DPoP,
    });
    expect(read.status).toBe(200);
  });
});

describe('fhir-kit-client', () => {
  test('finds where tokens come from, and creates, reads, changes, searches and deletes with one', async () => {
    const client = new FhirKitClient({ baseUrl: server.base });
    const found = await client.smartAuthMetadata();
    expect(String(found.tokenUrl)).toBe(`${server.origin}/oauth2/token`);
    const service = await registerService(server, 'system/Patient.cruds');
    const { body } = await service.token({ grant_type: 'client_credentials' });
    client.bearerToken = String(body.access_token);
    const made = await client.create({
      resourceType: 'Patient',
      body: { resourceType: 'Patient', name: [{ family: 'Kit' }] },
    });
    const id = String(made.id);
    await client.update({ resourceType: 'Patient', id, body: { ...made, active: true } });
    expect(await client.read({ resourceType: 'Patient', id })).toMatchObject({ active: true });
    const bundle = await client.search({ resourceType: 'Patient', searchParams: { family: 'Kit' } });
    expect(bundle.entry).toHaveLength(1);
    await client.delete({ resourceType: 'Patient', id });
    await expect(client.read({ resourceType: 'Patient', id })).rejects.toThrow();
  });
});

describe('MedplumClient', () => {
  // As it comes it takes a token that has five minutes left for one that has ended, and gets one for each request.
  test.each([
    ['as it comes', {}, false],
    ['told to keep a token until its last minute', { refreshGracePeriod: 60_000 }, true],
  ])('%s, signs in by client credentials, creates, reads, changes, searches, deletes', async (_, options, keeps) => {
    const service = await registerService(server, 'system/Patient.cruds', { credentials: 'post' });
    const { clientId, credentials } = service.app;
    const medplum = new MedplumClient({ baseUrl: `${server.origin}/`, cacheTime: 0, ...options });
    await medplum.startClientLogin(clientId, 'secret' in credentials ? credentials.secret : '');
    expect(medplum.isAuthenticated()).toBe(keeps);
    const made = await medplum.createResource({ resourceType: 'Patient', name: [{ family: 'Plum' }] });
    const id = made.id ?? '';
    await medplum.updateResource({ ...made, active: true });
    expect(await medplum.readResource('Patient', id)).toMatchObject({ active: true });
    await medplum.patchResource('Patient', id, [{ op: 'replace', path: '/active', value: false }]);
    const [found] = await medplum.searchResources('Patient', 'family=Plum');
    expect(found).toMatchObject({ id, active: false });
    await medplum.deleteResource('Patient', id);
    await expect(medplum.readResource('Patient', id)).rejects.toThrow();
  });
});
