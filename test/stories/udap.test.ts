import { afterAll, beforeAll, expect, test } from 'vitest';

import { comeBack } from '../support/app.ts';
import { people } from '../support/smart-world.ts';
import { type Holder, issue } from '../support/test-ca.ts';
import {
  appUri,
  askToken,
  peopleClaims,
  register,
  sign,
  startUdapWorld,
  type UdapWorld,
} from '../support/udap-world.ts';

let world: UdapWorld;
let app: Holder;
let client: string;

beforeAll(async () => {
  world = await startUdapWorld({ PORTICO_DEMO: 'on' });
  app = await issue({ name: 'App', uris: [appUri] }, world.root);
  const { body } = await register(world.server, await sign({ by: app }, peopleClaims(world.server)));
  client = String(body.client_id);
});
afterAll(() => world.close());

const assertion = (by: Holder = app): Promise<string> =>
  sign({ by }, { iss: client, sub: client, aud: `${world.server.origin}/oauth2/token` });

async function code(): Promise<string> {
  const url = new URL(`${world.server.origin}/oauth2/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: 'https://app.test/back',
    state: 'some state',
    scope: 'launch/patient openid fhirUser offline_access patient/Patient.rs',
    aud: world.server.base,
  }).toString();
  const back = await comeBack(world.server, url, people.amara);
  expect(back.searchParams.get('state')).toBe('some state');
  return back.searchParams.get('code') ?? '';
}

const exchange = async (given: string, by?: Holder) =>
  askToken(world.server, await assertion(by), {
    grant_type: 'authorization_code',
    code: given,
    redirect_uri: 'https://app.test/back',
  });

test('11.3 and 11.4 an app that registered by UDAP gets a code without PKCE, launch context, an id token and a refresh', async () => {
  const { status, headers, body } = await exchange(await code());
  expect(body).toMatchObject({
    access_token: expect.stringMatching(/./),
    token_type: 'Bearer',
    patient: 'amara-osei',
    id_token: expect.stringMatching(/./),
    refresh_token: expect.stringMatching(/./),
  });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toContain('no-store');
  expect(headers.get('pragma')).toContain('no-cache');
  const read = await fetch(`${world.server.base}/Patient/amara-osei`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  expect(read.status).toBe(200);
  const again = await askToken(world.server, await assertion(), {
    grant_type: 'refresh_token',
    refresh_token: String(body.refresh_token),
  });
  expect(again.status).toBe(200);
});

test('the code is of no use without the certificate of the app', async () => {
  const other = await issue({ name: 'Other', uris: ['https://other.test/udap'] }, world.root);
  const given = await code();
  expect((await exchange(given, other)).body.error).toBe('invalid_client');
  expect((await exchange(given)).status).toBe(200);
});
