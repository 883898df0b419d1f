import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { OpenedApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import type { Server } from '../support/server.ts';
import { people, redirectUri, registerApp, revokeInPages, startSmartWorld } from '../support/smart-world.ts';
import { bothWays } from '../support/tls.ts';

const { amara } = people;

type Bundle = { entry?: { resource: { id: string; category: { coding: { code: string }[] }[] } }[] };

describe.each(bothWays)('over %s', (_, settings) => {
  let server: Server;
  let app: OpenedApp;

  beforeAll(async () => {
    server = await startSmartWorld(await settings());
    app = await registerApp(server);
  });
  afterAll(() => server.close());

  const ofAmara = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs';
  const read = (path: string, token: unknown): Promise<Response> =>
    fetch(`${server.base}/${path}`, { headers: { authorization: `Bearer ${token}` } });

  test.each(['GET', 'POST'] as const)('by %s it comes back with a code and the same state', async (method) => {
    const { back, state, verifier } = await app.authorize(amara, { scope: ofAmara, method });
    expect(back?.get('state')).toBe(state);
    expect(back?.get('iss')).toBe(server.origin);
    const { status, headers, body } = await app.exchange(back?.get('code') ?? '', verifier);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('pragma')).toContain('no-cache');
    expect(body).toMatchObject({
      access_token: expect.stringMatching(/./),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: expect.stringContaining('patient/Observation.rs'),
      refresh_token: expect.stringMatching(/./),
      id_token: expect.stringMatching(/./),
      patient: 'amara-osei',
    });
  });

  test.each([
    ['public', undefined],
    ['basic', undefined],
    ['post', undefined],
    ['key', 'ES384'],
    ['key', 'RS384'],
  ] as const)('an app that shows who it is by %s %s gets its tokens', async (credentials, alg) => {
    const one = await registerApp(server, { credentials, ...(alg ? { alg } : {}) });
    const { status, body } = await one.launch(amara, { scope: ofAmara });
    expect(status).toBe(200);
    expect((await one.refresh(String(body.refresh_token))).status).toBe(200);
  });

  test('full access: each type is granted and can be searched; the Patient is read, and without a token 401', async () => {
    const types = `Medication AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport
      DocumentReference Encounter Goal Immunization Location MedicationDispense MedicationRequest Observation Organization
      Patient Practitioner PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest
      Specimen`.split(/\s+/);
    const scopes = types.map((type) => `patient/${type}.rs`);
    const { body } = await app.launch(amara, {
      scope: `launch/patient openid fhirUser offline_access ${scopes.join(' ')}`,
    });
    expect(String(body.scope).split(' ')).toEqual(expect.arrayContaining(scopes));
    expect((await read(`Patient/${body.patient}`, body.access_token)).status).toBe(200);
    expect((await fetch(`${server.base}/Patient/${body.patient}`)).status).toBe(401);
    for (const type of types) expect([type, (await read(type, body.access_token)).status]).toEqual([type, 200]);
  });

  test('O-50 limited access: what the person unticks is not granted, and is refused', async () => {
    const scope = 'launch/patient patient/Patient.rs patient/Observation.rs patient/Condition.rs';
    const { body } = await app.launch({ ...amara, unticks: ['patient/Condition.rs'] }, { scope });
    expect(String(body.scope).split(' ')).toEqual(
      expect.arrayContaining(['patient/Patient.rs', 'patient/Observation.rs']),
    );
    expect(body.scope).not.toContain('Condition');
    expect((await read('Observation', body.access_token)).status).toBe(200);
    expect([401, 403]).toContain((await read('Condition', body.access_token)).status);
  });

  test('v1 scopes are granted and honoured', async () => {
    const { body } = await app.launch(amara, {
      scope: 'launch/patient patient/Patient.read patient/Observation.read',
    });
    expect(body.scope).toContain('patient/Observation.read');
    expect((await read('Observation', body.access_token)).status).toBe(200);
    expect([401, 403]).toContain((await read('Condition', body.access_token)).status);
  });

  test('an invalid aud gets no code', async () => {
    const aud = 'https://inferno.healthit.gov/invalid_aud';
    const { back } = await app.authorize(amara, { scope: ofAmara, also: { aud } });
    expect(back?.get('code') ?? null).toBeNull();
  });

  test('a person who refuses sends the app back with an error', async () => {
    const { back, state } = await app.authorize({ ...amara, refuses: true }, { scope: ofAmara });
    expect(back?.get('error')).toBe('access_denied');
    expect(back?.get('state')).toBe(state);
  });

  test('a bad code is refused with 400', async () => {
    expect((await app.exchange('BAD_CODE', 'x'.repeat(43))).status).toBe(400);
  });

  test('a code is of no use to another app', async () => {
    const other = await registerApp(server);
    const { back, verifier } = await app.authorize(amara, { scope: ofAmara });
    expect([400, 401]).toContain((await other.exchange(back?.get('code') ?? '', verifier)).status);
  });

  test.each<[string, (verifier: string) => Record<string, string>]>([
    ['no verifier', () => ({})],
    ['a blank verifier', () => ({ code_verifier: '' })],
    ['a wrong verifier', () => ({ code_verifier: 'x'.repeat(43) })],
  ])('a code with %s is refused', async (_name, more) => {
    const { back, verifier } = await app.authorize(amara, { scope: ofAmara });
    const asked = { grant_type: 'authorization_code', code: back?.get('code') ?? '', redirect_uri: redirectUri };
    expect([400, 401]).toContain((await app.token({ ...asked, ...more(verifier) })).status);
  });

  test('the challenge itself is no verifier', async () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const { back } = await app.authorize(amara, { scope: ofAmara, also: { code_challenge: challenge } });
    expect([400, 401]).toContain((await app.exchange(back?.get('code') ?? '', challenge)).status);
  });

  test('a refresh works with and without scope, twice in a row, for no more than was granted', async () => {
    const granted = await app.launch(amara, { scope: ofAmara });
    const first = await app.refresh(String(granted.body.refresh_token));
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toContain('no-store');
    expect(first.headers.get('pragma')).toContain('no-cache');
    expect(first.body).toMatchObject({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: granted.body.scope,
      patient: 'amara-osei',
    });
    const second = await app.refresh(String(first.body.refresh_token), 'patient/Patient.rs');
    expect(second.status).toBe(200);
    expect(second.body.scope).toBe('patient/Patient.rs');
    expect((await read('Patient/amara-osei', second.body.access_token)).status).toBe(200);
    expect((await read('Observation', second.body.access_token)).status).toBe(403);
  });

  test('a refresh token that nobody gave out is refused', async () => {
    expect([400, 401]).toContain((await app.refresh('bogus')).status);
  });

  test('without offline_access and online_access there is no refresh token', async () => {
    const { body } = await app.launch(amara, { scope: 'launch/patient patient/Patient.rs' });
    expect(body).not.toHaveProperty('refresh_token');
  });

  test('O-52 what a person revokes is of no use from the next request on', async () => {
    const browser = openBrowser(server.origin);
    const { body } = await app.launch(amara, { scope: ofAmara, browser });
    expect((await read('Patient/amara-osei', body.access_token)).status).toBe(200);
    await revokeInPages(server, browser);
    expect([401, 403]).toContain((await read('Patient/amara-osei', body.access_token)).status);
    expect([400, 401]).toContain((await app.refresh(String(body.refresh_token))).status);
  });

  describe('granular scopes', () => {
    const hl7 = 'http://terminology.hl7.org/CodeSystem';
    const us = 'http://hl7.org/fhir/us/core/CodeSystem';
    test.each([
      [
        `patient/Condition.rs?category=${hl7}/condition-category|encounter-diagnosis`,
        `patient/Condition.rs?category=${us}/condition-category|health-concern`,
        `patient/Observation.rs?category=${hl7}/observation-category|laboratory`,
        `patient/Observation.rs?category=${hl7}/observation-category|social-history`,
      ],
      [
        `patient/Condition.rs?category=${hl7}/condition-category|problem-list-item`,
        `patient/Observation.rs?category=${hl7}/observation-category|vital-signs`,
        `patient/Observation.rs?category=${hl7}/observation-category|survey`,
        `patient/Observation.rs?category=${us}/us-core-category|sdoh`,
      ],
    ])('they are granted exactly: %s …', async (...scopes) => {
      const { body } = await app.launch(amara, { scope: `launch/patient patient/Patient.rs ${scopes.join(' ')}` });
      expect(String(body.scope).split(' ')).toEqual(expect.arrayContaining(scopes));
      expect(String(body.scope).split(' ')).not.toContain('patient/Observation.rs');
      const bundle = (await (await read('Observation?_count=200', body.access_token)).json()) as Bundle;
      const categories = new Set(scopes.map((one) => one.split('|')[1]));
      for (const one of bundle.entry ?? []) {
        expect(
          one.resource.category
            .flatMap(({ coding }) => coding.map(({ code }) => code))
            .some((code) => categories.has(code)),
        ).toBe(true);
      }
    });

    test('O-51 inside the filter there is everything; what is outside cannot be read', async () => {
      const vitals = `patient/Observation.rs?category=${hl7}/observation-category|vital-signs`;
      const { body } = await app.launch(amara, { scope: `launch/patient ${vitals}` });
      const count = async (token: unknown, query: string): Promise<number> =>
        ((await (await read(`Observation?_summary=count&${query}`, token)).json()) as { total: number }).total;
      const all = await server.token('patient/Observation.rs', { patient: 'amara-osei' });
      expect(await count(body.access_token, 'category=vital-signs')).toBe(await count(all, 'category=vital-signs'));
      expect(await count(all, 'category=laboratory')).toBeGreaterThan(0);
      expect(await count(body.access_token, 'category=laboratory')).toBe(0);
      const inside = (await (await read('Observation?category=vital-signs&_count=1', all)).json()) as Bundle;
      const outside = (await (await read('Observation?category=laboratory&_count=1', all)).json()) as Bundle;
      const idOf = ({ entry = [] }: Bundle): string => `Observation/${entry[0]?.resource.id}`;
      expect((await read(idOf(inside), body.access_token)).status).toBe(200);
      expect((await read(idOf(outside), body.access_token)).status).toBeGreaterThanOrEqual(400);
    });

    test('a person may grant a part of what was asked for', async () => {
      const scope = 'launch/patient patient/Patient.rs patient/Condition.rs patient/Observation.rs';
      const parts = [
        `patient/Condition.rs?category=${hl7}/condition-category|problem-list-item`,
        `patient/Observation.rs?category=${hl7}/observation-category|vital-signs`,
      ];
      const { body } = await app.launch({ ...amara, ticks: parts }, { scope });
      const granted = String(body.scope).split(' ');
      expect(granted).toEqual(expect.arrayContaining([...parts, 'patient/Patient.rs']));
      for (const whole of ['patient/Condition.rs', 'patient/Observation.rs']) expect(granted).not.toContain(whole);
    });
  });
});
