import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { grantTo, verifier } from '../support/granted.ts';
import { type Server, startServer } from '../support/server.ts';
import { redirectUri, registerApp } from '../support/smart-world.ts';

let server: Server;
let clientId: string;
let code: string;

beforeAll(async () => {
  server = await startServer();
  ({ clientId } = (await registerApp(server)).app);
  ({ code } = await grantTo(server, { clientId }));
});
afterAll(() => server?.close());

/** Values that mean something somewhere, and values that should mean nothing anywhere. */
const words = () => [
  clientId,
  code,
  redirectUri,
  verifier,
  `${server.base}`,
  'code',
  'S256',
  'plain',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'openid launch launch/patient patient/*.rs',
  'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs',
  'system/*.cruds user/*.rs',
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  'urn:ietf:params:oauth:request_uri:x',
  'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.',
  'none',
  '0',
  '-1',
  '1e400',
  '\0',
  '../../etc/passwd',
  "' or 1=1--",
  '%00%ff',
  '\ud800',
  'é'.repeat(3000),
  '{"a":1}',
];
const names = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'aud',
  'resource',
  'launch',
  'nonce',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
  'grant_type',
  'code',
  'refresh_token',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'token',
  'token_type_hint',
  'udap',
  'dpop_jkt',
  'lang',
];
const paths = ['authorize', 'token', 'par', 'introspect', 'revoke', 'register', 'userinfo', 'logout', 'authorize/x'];

const asked = fc.record({
  path: fc.constantFrom('authorize', 'token', ...paths),
  method: fc.constantFrom('GET', 'POST'),
  parameters: fc.array(
    fc.tuple(fc.constantFrom(...names), fc.oneof(fc.nat(27), fc.string({ unit: 'binary', maxLength: 40 }))),
    {
      maxLength: 9,
    },
  ),
  authorization: fc.option(fc.constantFrom('Basic eDp5', 'Basic !', 'Bearer x', 'DPoP x.y.z', 'Basic'), {
    nil: undefined,
  }),
  dpop: fc.option(fc.constantFrom('x', 'a.b.c', 'eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.x'), { nil: undefined }),
  type: fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded',
    'application/json',
    'text/plain',
  ),
});

test('10,000 requests made at random meet no fault of ours', async () => {
  const all = words();
  const requests = fc.sample(asked, { numRuns: 10_000, seed: Number(process.env.PORTICO_SEED ?? 1) });
  const seen = new Map<number, number>();
  const faults: unknown[] = [];
  let at = 0;
  const user = async (): Promise<void> => {
    for (let one = requests[at++]; one; one = requests[at++]) {
      const pairs = one.parameters.map(([name, value]) => [
        name,
        typeof value === 'number' ? (all[value] ?? '') : value,
      ]);
      const form = new URLSearchParams(pairs);
      const url = `${server.origin}/oauth2/${one.path}`;
      const { authorization, dpop } = one;
      const headers = { ...(authorization ? { authorization } : {}), ...(dpop ? { dpop } : {}) };
      const answer = await (one.method === 'GET'
        ? fetch(`${url}?${form}`, { headers, redirect: 'manual' })
        : fetch(url, {
            method: 'POST',
            headers: { ...headers, 'content-type': one.type },
            body: form.toString(),
            redirect: 'manual',
          }));
      await answer.text();
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) faults.push([one, answer.status]);
      const to = answer.headers.get('location');
      // Nobody is sent anywhere but to a registered address or a page of this server.
      if (to && !to.startsWith(redirectUri) && !to.startsWith('/') && !to.startsWith(server.origin))
        faults.push([one, to]);
    }
  };
  await Promise.all(Array.from({ length: 16 }, user));
  expect(faults.slice(0, 3)).toEqual([]);
  // They got past the door: not all were refused in the same way.
  expect(seen.size).toBeGreaterThan(3);
}, 120_000);
