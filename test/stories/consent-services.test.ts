import type { Consent, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { User } from '../../src/smart/people/user.ts';
import { type ConsentWorld, callback, consentWorld, decide, told, verifier } from '../support/consent-world.ts';
import { consentOf, hl7, purposes, types } from '../support/consents.ts';

let world: ConsentWorld;
let amara: User;
/** Amara's own, without an app. */
let own: string;

beforeAll(async () => {
  world = await consentWorld();
  amara = await world.user('Patient/amara-osei');
  own = await world.server.token('patient/*.cruds', { patient: 'amara-osei', fhirUser: 'Patient/amara-osei' });
});
afterAll(() => world.close());

const scope = 'launch/patient openid fhirUser offline_access patient/Observation.rs';

async function asked(app: string, decision: 'allow' | 'deny'): Promise<Record<string, string>> {
  const browser = await world.browser(amara);
  const page = await browser.open(world.at(app, { scope }));
  return told(await decide(browser, page, decision));
}

type Tokens = { status: number; access_token?: string; refresh_token?: string; error?: string };

async function token(form: Record<string, string>): Promise<Tokens> {
  const answer = await fetch(`${world.server.origin}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

const exchange = (app: string, code = ''): Promise<Tokens> =>
  token({ grant_type: 'authorization_code', code, redirect_uri: callback, client_id: app, code_verifier: verifier });

const get = (path: string, bearer: string | undefined): Promise<Response> =>
  world.server.fetch(path, { headers: { authorization: `Bearer ${bearer}` } });

const post = (path: string, bearer: string, body: object = {}): Promise<Response> =>
  world.server.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ resourceType: 'Parameters', ...body }),
  });

/** The active Consents of Amara that name an app. */
async function consentsFor(app: string): Promise<Consent[]> {
  const answer = await get('Consent?patient=amara-osei&status=active&_count=100', own);
  const { entry = [] } = (await answer.json()) as { entry?: { resource: Consent }[] };
  return entry
    .map(({ resource }) => resource)
    .filter(({ provision }) => provision?.actor?.some(({ reference }) => reference.identifier?.value === app));
}

type Part = {
  name: string;
  valueString?: string;
  valueReference?: { reference?: string; identifier?: { value?: string } };
};

async function explained(bearer: string): Promise<{ status: number; recipients: Part[][]; body: Parameters }> {
  const answer = await get('Patient/amara-osei/$explain-access', bearer);
  const body = (await answer.json()) as Parameters;
  return { status: answer.status, body, recipients: (body.parameter ?? []).map(({ part }) => (part ?? []) as Part[]) };
}

const part = (parts: readonly Part[] | undefined, name: string): Part | undefined =>
  parts?.find((one) => one.name === name);

describe('a service that people connect', () => {
  test('O-08 gets no token while its own Consent is not given, whatever was consented to another', async () => {
    const [one, other] = [await world.app(), await world.app()];
    expect(await asked(one, 'deny')).toMatchObject({ error: 'access_denied' });
    expect(await consentsFor(one)).toEqual([]);
    expect((await exchange(one, 'x'.repeat(43))).error).toBe('invalid_grant');

    const { code } = await asked(other, 'allow');
    expect(await consentsFor(other)).toHaveLength(1);
    expect(await consentsFor(one)).toEqual([]);
    expect((await exchange(one, code)).error).toBe('invalid_grant');
    const again = await asked(one, 'deny');
    expect(again.error).toBe('access_denied');
  });

  test('O-08 a Consent that names it, filed beside, does not connect it', async () => {
    const app = await world.app();
    const reference = { identifier: { system: `${world.server.origin}/oauth2/clients`, value: app } };
    const actor = [{ role: hl7('v3-ParticipationType', 'IRCP'), reference }];
    const filed = consentOf('amara-osei', {
      type: 'permit',
      actor,
      class: types('Observation'),
      purpose: purposes('PATRQT'),
    });
    expect((await post('Consent/$fileConsent', own, filed)).status).toBe(201);
    expect((await exchange(app, 'x'.repeat(43))).error).toBe('invalid_grant');
  });

  test('O-08 O-61 ends at once where its Consent is revoked, for its tokens of every kind', async () => {
    const app = await world.app();
    const tokens = await exchange(app, (await asked(app, 'allow')).code);
    expect((await get('Observation?patient=amara-osei&_count=1', tokens.access_token)).status).toBe(200);
    const [consent] = await consentsFor(app);
    expect((await post(`Consent/${consent?.id}/$revokeConsent`, own)).status).toBe(200);
    expect((await get('Observation?patient=amara-osei&_count=1', tokens.access_token)).status).toBe(401);
    const refreshed = await token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: app,
    });
    expect(refreshed.error).toBe('invalid_grant');
    expect(await consentsFor(app)).toEqual([]);
  });

  test('O-55 is listed with what it was allowed and when it was last there, and is not once it has been taken back', async () => {
    const app = await world.app({ client_name: 'Sleep diary' });
    const tokens = await exchange(app, (await asked(app, 'allow')).code);
    expect((await get('Observation?patient=amara-osei&_count=1', tokens.access_token)).status).toBe(200);
    const [consent] = await consentsFor(app);
    expect(consent?.provision?.class?.map(({ code }) => code)).toEqual(['Observation']);

    const { recipients, body } = await explained(own);
    expect(world.server.smart.fhir.validate(body).filter(({ severity }) => severity === 'error')).toEqual([]);
    const ofApp = (all: Part[][]) => all.find((parts) => part(parts, 'who')?.valueReference?.identifier?.value === app);
    const found = ofApp(recipients);
    expect(part(found, 'scope')?.valueString).toContain('patient/Observation.rs');
    expect(part(found, 'why')?.valueReference?.reference).toBe(`Consent/${consent?.id}`);
    expect(part(found, 'last-use')).toBeDefined();

    expect((await post(`Consent/${consent?.id}/$revokeConsent`, own)).status).toBe(200);
    expect(await consentsFor(app)).toEqual([]);
    expect(ofApp((await explained(own)).recipients)).toBeUndefined();
  });
});

describe('who can see a record', () => {
  test('O-61 is told with the reason: who treats, who is named in a Consent, who pays', async () => {
    const { status, recipients } = await explained(own);
    expect(status).toBe(200);
    const who = recipients.map((parts) => part(parts, 'who')?.valueReference?.reference);
    const doctor = recipients.find(
      (parts) => part(parts, 'who')?.valueReference?.reference === 'Practitioner/dr-lena-marchetti',
    );
    expect(doctor, who.join()).toBeDefined();
    expect(who).toContain('Patient/amara-osei');
    expect(who.some((one) => one?.startsWith('Organization/'))).toBe(true);
    for (const parts of recipients) expect(part(parts, 'why')).toBeDefined();
  });

  test('O-61 a doctor from whom all is locked is not in it any more', async () => {
    const lock = consentOf('amara-osei', {
      type: 'deny',
      actor: [
        { role: hl7('v3-ParticipationType', 'IRCP'), reference: { reference: 'Practitioner/dr-lena-marchetti' } },
      ],
    });
    const filed = await post('Consent/$fileConsent', own, lock);
    expect(filed.status).toBe(201);
    const { recipients } = await explained(own);
    const who = recipients.map((parts) => part(parts, 'who')?.valueReference?.reference);
    expect(who).not.toContain('Practitioner/dr-lena-marchetti');
    const id = filed.headers.get('location')?.split('/').at(-1);
    expect((await post(`Consent/${id}/$revokeConsent`, own)).status).toBe(200);
    expect((await explained(own)).recipients.map((parts) => part(parts, 'who')?.valueReference?.reference)).toContain(
      'Practitioner/dr-lena-marchetti',
    );
  });

  test('O-61 is told to nobody else', async () => {
    const { server } = world;
    const doctor = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr-lena-marchetti' });
    expect((await explained(doctor)).status).toBe(403);
    const other = await server.token('patient/*.rs', { patient: 'femi-bellamy', fhirUser: 'Patient/femi-bellamy' });
    expect((await explained(other)).status).toBe(404);
    const app = await server.token('patient/*.rs', {
      patient: 'amara-osei',
      fhirUser: 'Patient/amara-osei',
      actor: 'app',
    });
    expect((await explained(app)).status).toBe(403);
    const officer = await server.token('user/*.rs', {
      fhirUser: 'Practitioner/dr-lena-marchetti',
      actor: 'privacy-officer',
    });
    expect((await explained(officer)).status).toBe(200);
  });
});
