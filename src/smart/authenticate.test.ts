import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { connect } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import type { SmartContext } from './context.ts';
import { createGrant, raiseEpoch, revokeGrant } from './tokens/app-grants.ts';
import { type Keys, openKeys } from './tokens/keys.ts';
import { mintToken, placeOf } from './tokens/tokens.ts';

const origin = 'https://portico.example';
const secret = randomBytes(32);
const claims = {
  tenant: 1,
  subject: 'ada',
  clientId: 'app',
  scope: 'patient/Observation.rs',
  patient: 'p1',
  grant: 'g1' as string | null,
  fhirUser: null as string | null,
};

let own: TestDatabase;
let database: Database;
let keys: Keys;
type Ask = (authorization: string | undefined, tenant?: number) => ReturnType<Authenticate>;
let authenticate: Ask;

const granted = {
  id: 'g1',
  clientId: 'app',
  userId: null,
  sessionId: null,
  scope: 'patient/Observation.rs',
  context: {},
  fhirUser: null,
  patient: 'p1',
  consentId: null,
  dpopJkt: null,
  expiresAt: null,
};

function asked(rest: { now?: () => number }): Ask {
  const ask = createAuthenticate({ database: database.byKey, keys, baseUrl: origin, reach: async () => [], ...rest });
  return (authorization, tenant = 1) => ask({ authorization, method: 'GET', url: `${origin}/fhir/R4/Patient` }, tenant);
}

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
  await database.query(`insert into tenant (id, name) values (2, 'second')`);
  keys = openKeys(database, secret);
  // One app with one grant in each tenant.
  for (const tenant of [1, 2]) {
    await database.query(
      `insert into client (tenant, id, metadata, registered_by) values ($1, 'app', '{}', 'operator')`,
      [tenant],
    );
    await createGrant(database, { ...granted, tenant });
  }
  authenticate = asked({});
});
afterAll(async () => {
  await database.close();
  await own.drop();
});

const mint = (change: Partial<typeof claims> = {}, lifetime = 60): Promise<string> => {
  const all = { ...claims, ...change };
  return mintToken(keys, placeOf(origin, all.tenant), all, lifetime);
};

test('a token of ours says who is asking', async () => {
  const caller = await authenticate(`Bearer ${await mint()}`);
  expect(caller).toMatchObject({
    ok: true,
    value: { tenant: 1, subject: 'ada', clientId: 'app', patient: 'p1', operator: false },
  });
});

test('the operator scope makes an operator', async () => {
  const caller = await authenticate(`Bearer ${await mint({ scope: 'system/*.rs portico/operator' })}`);
  expect(caller.ok && caller.value.operator).toBe(true);
});

test('the same token is the same caller, and knowing it again takes less than 0.1 ms of the processor', async () => {
  const header = `Bearer ${await mint()}`;
  const first = await authenticate(header);
  const before = process.cpuUsage();
  for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 64 }, () => authenticate(header)));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000 / 6400).toBeLessThan(0.1);
  const second = await authenticate(header);
  expect(first.ok && second.ok && first.value === second.value).toBe(true);
});

test('a token that was remembered ends when it says', async () => {
  let now = Date.now();
  const timed = asked({ now: () => now });
  const header = `Bearer ${await mint({}, 1)}`;
  expect((await timed(header)).ok).toBe(true);
  now += 7000;
  // The library that checks it has its own clock.
  await new Promise((resolve) => setTimeout(resolve, 6100));
  const late = await timed(header);
  expect(!late.ok && [late.status, late.issues[0]?.diagnostics]).toEqual([401, 'The access token has expired']);
});

test.each([
  [undefined],
  [''],
  ['Basic YTpi'],
  ['Bearer'],
  ['Bearer a b'],
  ['bearer ü'],
  [`Bearer ${'a'.repeat(9000)}`],
])('without a token (%s) the answer is 401 and how to get one', async (header) => {
  const refused = await authenticate(header);
  expect(!refused.ok && refused.status).toBe(401);
  expect(!refused.ok && refused.headers?.['WWW-Authenticate']).toMatch(/^Bearer realm="Portico"/);
});

test('a token of another tenant is refused where a tenant was asked', async () => {
  const header = `Bearer ${await mint({ tenant: 2 })}`;
  expect((await authenticate(header, 2)).ok).toBe(true);
  expect((await authenticate(header, 1)).ok).toBe(false);
  const fresh = `Bearer ${await mint({ tenant: 2 })}`;
  expect((await authenticate(fresh, 1)).ok).toBe(false);
});

/** A token that is right but for what is changed. */
async function forge(change: {
  key?: CryptoKey | Uint8Array;
  header?: Record<string, unknown>;
  payload?: JWTPayload;
  without?: string;
}): Promise<string> {
  const { kid, key } = await keys.signing(1);
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = placeOf(origin, 1);
  const whole: JWTPayload = {
    iss: issuer,
    aud: audience,
    sub: 'eve',
    jti: 'j',
    iat: now,
    exp: now + 60,
    scope: 'system/*.r',
  };
  const payload = Object.fromEntries(
    Object.entries({ ...whole, ...change.payload }).filter(([name]) => name !== change.without),
  );
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid, ...change.header })
    .sign(change.key ?? key);
}

const now = (): number => Math.floor(Date.now() / 1000);

test.each<[string, () => Promise<string>]>([
  ['another key under our key id', async () => forge({ key: (await generateKeyPair('ES384')).privateKey })],
  ['an unknown key id', async () => forge({ header: { kid: 'x' } })],
  ['no key id', async () => forge({ header: { kid: undefined } })],
  ['a key id that is a path', async () => forge({ header: { kid: '../../../../dev/null' } })],
  [
    'its own key in the header',
    async () => {
      const { privateKey } = await generateKeyPair('ES384');
      return forge({ key: privateKey, header: { jwk: { kty: 'EC' }, jku: 'http://127.0.0.1:9/evil' } });
    },
  ],
  [
    'our public key as a shared secret',
    async () => {
      const { kid } = await keys.signing(1);
      const { key } = (await keys.verifying(kid)) ?? {};
      const text = key ? await exportSPKI(key) : '';
      return forge({ key: Buffer.from(text), header: { alg: 'HS256' } });
    },
  ],
  [
    'no signature',
    async () => {
      const { kid } = await keys.signing(1);
      const [, payload] = (await forge({})).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString('base64url');
      return `${header}.${payload}.`;
    },
  ],
  ['no algorithm', async () => new UnsecuredJWT({ sub: 'eve' }).encode()],
  ['another issuer', () => forge({ payload: { iss: 'https://evil.example' } })],
  ['another audience', () => forge({ payload: { aud: 'https://evil.example/fhir/R4' } })],
  ['the issuer of another tenant', () => forge({ payload: { iss: `${origin}/t/2` } })],
  ['a time that is past', () => forge({ payload: { iat: now() - 600, exp: now() - 60 } })],
  ['a time that has not come', () => forge({ payload: { nbf: now() + 600 } })],
  ['a life of a month', () => forge({ payload: { iat: now() - 200_000, exp: now() + 2_000_000 } })],
  ['no expiry', () => forge({ without: 'exp' })],
  ['no time of issue', () => forge({ without: 'iat' })],
  ['no audience', () => forge({ without: 'aud' })],
  ['no issuer', () => forge({ without: 'iss' })],
  ['no subject', () => forge({ without: 'sub' })],
  ['no scope', () => forge({ without: 'scope' })],
  ['another kind of token', () => forge({ header: { typ: 'JWT' } })],
  ['a patient that is no id', () => forge({ payload: { patient: { toString: 'p1' } } })],
  ['garbage', async () => 'a.b.c'],
])('a token with %s is refused', async (_, make) => {
  const refused = await authenticate(`Bearer ${await make()}`);
  expect(!refused.ok && refused.status).toBe(401);
  expect(!refused.ok && refused.headers?.['WWW-Authenticate']).toContain('error="invalid_token"');
});

test('a token as it should be is believed', async () => {
  expect((await authenticate(`Bearer ${await forge({})}`)).ok).toBe(true);
});

test('a caller stays the same until something of the tenant is revoked or changed, and is then looked up anew', async () => {
  let asked = 0;
  const deps = { database: database.byKey, keys, baseUrl: origin };
  const ask = createAuthenticate({
    ...deps,
    async reach() {
      asked++;
      return ['p1'];
    },
  });
  const token = await mint({ scope: 'user/Observation.rs', fhirUser: 'Practitioner/1' });
  const credentials = { authorization: `Bearer ${token}`, method: 'GET', url: `${origin}/fhir/R4/Patient` };
  const first = await ask(credentials, 1);
  const same = await ask(credentials, 1);
  expect(first.ok && same.ok && first.value === same.value).toBe(true);
  await raiseEpoch(database, 1);
  const again = await ask(credentials, 1);
  expect(first.ok && again.ok && first.value === again.value).toBe(false);
  expect(asked).toBe(2);
});

test('A-49 a token that names no patient, or no user, is refused and not believed for its types', async () => {
  for (const scope of ['patient/Observation.rs', 'user/Observation.rs']) {
    const refused = await authenticate(`Bearer ${await forge({ payload: { scope } })}`);
    expect(!refused.ok && refused.status).toBe(403);
  }
});

test('A-56 what is revoked is refused in the next request, by every server', async () => {
  const other = asked({});
  const header = `Bearer ${await mint()}`;
  expect([(await authenticate(header)).ok, (await other(header)).ok]).toEqual([true, true]);
  // Of a context revokeGrant uses the database alone.
  await revokeGrant({ database } as SmartContext, 1, 'g1', 'test');
  const answers = await Promise.all([authenticate(header), other(header), authenticate(header)]);
  expect(answers.map((one) => !one.ok && one.status)).toEqual([401, 401, 401]);
  await database.query(`update app_grant set revoked_at = null where tenant = $1`, [1]);
});

test('a token of a grant that there is not is refused', async () => {
  const refused = await authenticate(`Bearer ${await mint({ grant: 'another' })}`);
  expect(!refused.ok && refused.status).toBe(401);
});

test('two servers that start at once sign with one key, which a third believes', async () => {
  await database.query(`insert into tenant (id, name) values (3, 'third')`);
  const all = Array.from({ length: 4 }, () => openKeys(database, secret));
  const kids = await Promise.all(all.map(async (one) => (await one.signing(3)).kid));
  expect(new Set(kids).size).toBe(1);
  expect((await openKeys(database, secret).verifying(kids[0] ?? ''))?.tenant).toBe(3);
});

test('the private key is not in the database, and another secret does not open it', async () => {
  await keys.signing(1);
  const rows = await database.query('select private_key, public_jwk from signing_key');
  expect(JSON.stringify(rows)).not.toMatch(/PRIVATE KEY|"d"/);
  await expect(openKeys(database, randomBytes(32)).signing(1)).rejects.toThrow(/set PORTICO_SECRET/);
});

test('a stranger cannot make the table be read at every request', async () => {
  let reads = 0;
  const counted = openKeys(
    {
      ...database,
      query(text, params) {
        reads++;
        return database.query(text, params);
      },
    },
    secret,
  );
  for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 50 }, (_, at) => counted.verifying(`${i} ${at}`)));
  expect(reads).toBe(3);
});
