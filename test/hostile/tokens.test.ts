import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Answer, found, indist, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
let good: string;
let header: Record<string, unknown>;
let payload: Record<string, unknown>;

beforeAll(async () => {
  world = await trapWorld();
  good = world.tokens.system;
  header = { ...decodeProtectedHeader(good) };
  payload = { ...decodeJwt(good) };
});
afterAll(() => world.close());

const base64 = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const call = (token: string, path = 'Patient/pb'): Promise<Answer> =>
  world.ask('none', 'GET', path, { headers: { authorization: `Bearer ${token}` } });

async function refused(token: string): Promise<void> {
  const answer = await call(token);
  expect(answer.status, token).toBe(401);
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="Portico"/);
  const authorization = `Bearer ${token}`;
  expect((await fetch(`${world.server.origin}/oauth2/userinfo`, { headers: { authorization } })).status).toBe(401);
  const asked = { method: 'POST', body: new URLSearchParams({ token }), headers: { authorization: `Bearer ${good}` } };
  const told = await fetch(`${world.server.origin}/oauth2/introspect`, asked);
  expect(await told.json()).toEqual({ active: false });
}

/** Signed by a key that is not the server's. */
async function foreign(alg: string, more: object = {}): Promise<string> {
  const { privateKey } = await generateKeyPair(alg);
  return new SignJWT(payload).setProtectedHeader({ ...header, alg, ...more }).sign(privateKey);
}

const publicJwk = async (): Promise<JWK> => {
  const rows = await world.server.database.query('select public_jwk from signing_key where kid = $1', [
    String(header.kid),
  ]);
  return JSON.parse(String(rows[0]?.[0])) as JWK; // keys.ts has written it
};

test('the token that the others are made from is believed', async () => {
  const answer = await world.server.fetch('Patient/pb', { headers: { authorization: `Bearer ${good}` } });
  expect(answer.status).toBe(200);
});

test.each(['none', 'None', 'nOnE', 'NONE', ''])('A-40 alg %j is no signature', async (alg) => {
  await refused(`${base64({ ...header, alg })}.${base64(payload)}.`);
  await refused(`${base64({ ...header, alg })}.${base64(payload)}.AAAA`);
});

test('A-40 the public key is no shared secret', async () => {
  const jwk = await publicJwk();
  const pem = await exportSPKI((await importJWK(jwk, 'ES384')) as CryptoKey); // a key pair's half, no secret
  for (const secret of [pem, pem.trim(), JSON.stringify(jwk)])
    for (const [alg, name] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
    ] as const) {
      const signed = `${base64({ ...header, alg })}.${base64(payload)}`;
      await refused(`${signed}.${createHmac(name, secret).update(signed).digest('base64url')}`);
    }
});

test('A-40 other algorithms, empty signatures and unknown critical headers are refused', async () => {
  for (const alg of ['ES256', 'ES384', 'RS256', 'RS384', 'PS384', 'EdDSA']) await refused(await foreign(alg));
  const [head, body, signature] = good.split('.');
  // r = s = 0: CVE-2022-21449.
  await refused(`${head}.${body}.${Buffer.alloc(96).toString('base64url')}`);
  await refused(`${head}.${body}.`);
  await refused(`${head}.${body}`);
  await refused(`${base64({ ...header, b64: false, crit: ['b64'] })}.${body}.${signature}`);
  await refused(`${base64({ ...header, crit: ['nothing'] })}.${body}.${signature}`);
  await refused(`${base64({ ...header, zip: 'DEF' })}.${body}.${signature}`);
});

test('A-40 what is said cannot be changed afterwards', async () => {
  const [head, , signature] = world.tokens.A.split('.');
  const own = decodeJwt(world.tokens.A);
  for (const change of [{ patient: 'pb' }, { scope: 'system/*.cruds' }, { exp: 9_999_999_999 }, { sub: 'admin' }])
    await refused(`${head}.${base64({ ...own, ...change })}.${signature}`);
  expect((await call(world.tokens.A)).status).toBe(404);
});

test('A-41 keys that a token brings or points to are not used', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = await crypto.subtle.exportKey('jwk', publicKey);
  const bring = (more: object): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ ...header, alg: 'ES384', ...more }).sign(privateKey);
  for (const more of [
    { jwk },
    { jku: 'http://127.0.0.1:9/evil' },
    { x5u: 'http://127.0.0.1:9/evil' },
    { x5c: [base64('self-signed')] },
    { kid: undefined },
    { kid: '' },
    { kid: '../../../../dev/null' },
    { kid: "' OR 1=1--" },
    { kid: 'x'.repeat(5000) },
    { kid: '__proto__' },
    { kid: '\u0000' },
    { kid: ['a', 'b'] as unknown as string },
  ])
    await refused(await bring(more));
});

test('A-41 a token of elsewhere, of another tenant, of the past and without an end is refused', async () => {
  await refused(await world.server.token('system/*.cruds', { lifetime: -60 }));
  for (const text of [
    '',
    ' ',
    'x',
    '..',
    'a.b.c',
    '{}',
    'null',
    `${good} ${good}`,
    `${good},Bearer ${good}`,
    good.slice(0, -2),
  ])
    expect((await call(text)).status, text).toBe(401);
});

test('A-41 a tenant is reached by its own tokens, and its rows by nobody else', async () => {
  await world.server.database.query(`insert into tenant (id, name) values (2, 'another')`);
  const other = await world.server.token('system/*.cruds', { tenant: 2 });
  await refused(other);
  const at = (token: string, method: string, path: string, body?: object): Promise<Answer> =>
    world.ask('none', method, `/t/2/fhir/R4/${path}`, {
      ...(body && { body }),
      headers: { authorization: `Bearer ${token}` },
    });
  const patient = { resourceType: 'Patient', id: 'pc', name: [{ family: 'Elsewhere' }] };
  expect((await at(other, 'PUT', 'Patient/pc', patient)).status).toBe(201);
  for (const token of [good, world.tokens.A, world.tokens.P])
    expect((await at(token, 'GET', 'Patient/pc')).status).toBe(401);
  expect((await world.ask('system', 'GET', 'Patient/pc')).status).toBe(404);
  expect((await at(other, 'GET', 'Patient/pa')).status).toBe(404);
  expect(found(await at(other, 'GET', 'Patient'))).toEqual(['Patient/pc']);
  expect(found(await at(other, 'GET', '_history'))).toEqual(['Patient/pc']);
  expect(found(await world.ask('system', 'GET', 'Patient?family=Elsewhere'))).toEqual([]);
});

test('A-41 a token in a place where none is looked for is not seen', async () => {
  expect((await world.ask('none', 'GET', `Patient/pb?access_token=${good}`)).status).toBe(401);
  const headers = {
    cookie: `token=${good}`,
    'x-authorization': `Bearer ${good}`,
    'proxy-authorization': `Bearer ${good}`,
  };
  expect((await world.ask('none', 'GET', 'Patient/pb', { headers })).status).toBe(401);
  expect((await world.ask('none', 'GET', 'Patient/pb', { headers: { authorization: good } })).status).toBe(401);
  expect((await world.ask('none', 'GET', 'Patient/pb', { headers: { authorization: `Basic ${good}` } })).status).toBe(
    401,
  );
});

test('A-49 a patient scope without a patient opens nothing', async () => {
  for (const scope of ['patient/*.cruds', 'launch/patient patient/Observation.rs', 'patient/Patient.rs openid']) {
    const token = await world.server.token(scope);
    for (const path of [
      'Patient/pb',
      'Observation',
      'Practitioner',
      '_history',
      '',
      'Patient/pb/$everything',
      'Observation/_history',
    ]) {
      const answer = await call(token, path);
      expect([200, 403, 404], path).toContain(answer.status);
      if (answer.status === 200) expect(found(answer), path).toEqual([]);
    }
  }
});

test.each([
  'patient/%2a.read',
  'patient/Patient.rs\npatient/*.cruds',
  'patient/Observation.rs?category=vital-signs&_include=Observation:subject',
  'patient/Observation.rs?category:not=x',
  'system/*.sdurc',
  'system/Patientx.rs',
  'system/__proto__.rs',
  'SYSTEM/*.rs',
  'system/*.rs\u00a0user/*.rs',
  'patient/Patient.rs',
  'user/Patient.rs',
  'admin',
])('A-48 a token with the scope %j is refused', async (scope) => {
  const token = await world.server.token(`system/*.cruds ${scope}`);
  const answer = await call(token);
  expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('scope')]);
});

test('A-48 wide and narrow scopes of one token never add up to more than each', async () => {
  const both = { patient: 'pa', fhirUser: 'Practitioner/pr1' };
  const token = await world.server.token('patient/*.cruds user/Practitioner.rs', both);
  expect((await call(token)).status).toBe(404);
  expect((await call(token, 'Observation/ob1')).status).toBe(404);
  const scopes = 'patient/Observation.cruds user/Observation.s patient/Coverage.cruds user/MedicationRequest.s';
  const searching = await world.server.token(scopes, both);
  const headers = { authorization: `Bearer ${searching}` };
  // Searching is for the rows of both, all else for the rows of one: the narrow scope does not widen.
  expect(found(await world.ask('P', 'GET', 'Observation?_id=oa1', { headers }))).toHaveLength(1);
  expect(found(await world.ask('P', 'GET', 'MedicationRequest?_id=mb1', { headers }))).toHaveLength(1);
  expect((await call(searching, 'MedicationRequest/mb1')).status).toBe(403);
  expect((await world.ask('P', 'DELETE', 'Observation/ob1', { headers })).status).toBe(204);
  expect((await world.ask('system', 'GET', 'Observation/ob1')).status).toBe(200);
  expect((await call(searching, 'Observation/ob1')).status).toBe(404);
  expect((await call(searching, 'Observation/oa1')).status).toBe(200);
});

test('the anonymous are told the same of what is there and what is not', async () => {
  for (const [one, other] of [
    ['Patient/pb', 'Patient/zz'],
    ['Patient/pb/$everything', 'Patient/zz/$everything'],
    ['Binary/bb1', 'Binary/zz1'],
  ] as const)
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT', 'POST', 'PATCH'])
      indist(await world.ask('none', method, one), await world.ask('none', method, other), ['pb', 'zz']);
});
