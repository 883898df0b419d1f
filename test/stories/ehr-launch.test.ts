import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { App, OpenedApp } from '../support/app.ts';
import type { Server } from '../support/server.ts';
import { launchFor, people, registerApp, startSmartWorld } from '../support/smart-world.ts';
import { bothWays } from '../support/tls.ts';

const { amara, lena } = people;
const context = { patient: 'amara-osei', encounter: 'amara-osei-checkup' };

describe.each(bothWays)('over %s', (_, settings) => {
  let server: Server;
  let app: OpenedApp & { app: App };

  beforeAll(async () => {
    server = await startSmartWorld(await settings());
    app = await registerApp(server, { metadata: { launch_uri: 'https://app.test/launch' } });
  });
  afterAll(() => server.close());

  const read = (path: string, token: unknown): Promise<Response> =>
    fetch(`${server.base}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const launch = (more = {}): Promise<URL> =>
    launchFor(server, app.app.clientId, lena.username, { ...context, ...more });

  test('1.3 the app is opened at its launch_uri with the FHIR base as iss and an opaque launch', async () => {
    const url = await launch();
    expect(`${url.origin}${url.pathname}`).toBe('https://app.test/launch');
    expect(url.searchParams.get('iss')).toBe(server.base);
    expect(url.searchParams.get('launch')).toMatch(/^[\w-]{20,}$/);
  });

  test('2.2 an app for practitioners gets patient, encounter, banner and style, and may read both', async () => {
    const scope =
      'launch openid fhirUser offline_access user/Patient.rs user/Encounter.rs user/Observation.rs user/Practitioner.rs';
    const at = await launch({ need_patient_banner: true, intent: 'reconcile-medications' });
    const { status, body } = await app.launch(lena, { scope, launch: at.searchParams.get('launch') ?? '' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...context, need_patient_banner: true, intent: 'reconcile-medications' });
    const style = await fetch(String(body.smart_style_url));
    expect(style.status).toBe(200);
    expect(style.headers.get('content-type')).toMatch(/^application\/json/);
    expect((await read(`Patient/${body.patient}`, body.access_token)).status).toBe(200);
    expect((await read(`Encounter/${body.encounter}`, body.access_token)).status).toBe(200);
    expect((await read('Practitioner/dr-lena-marchetti', body.access_token)).status).toBe(200);
  });

  test('2.2 an app with patient scopes sees the patient of the launch and no other', async () => {
    const at = await launch();
    const scope = 'launch patient/Patient.rs patient/Observation.rs';
    const { body } = await app.launch(lena, { scope, launch: at.searchParams.get('launch') ?? '' });
    expect(body.patient).toBe('amara-osei');
    expect((await read('Patient/amara-osei', body.access_token)).status).toBe(200);
    expect([403, 404]).toContain((await read('Patient/hiro-nakagawa', body.access_token)).status);
  });

  test('2.2 a launch id that nobody gave out gets no code', async () => {
    const { back } = await app.authorize(lena, { scope: 'launch patient/Patient.rs', launch: 'invalid' });
    expect(back?.get('code') ?? null).toBeNull();
  });

  test('a launch is good once, for the user and the app that it was made for', async () => {
    const scope = 'launch patient/Patient.rs';
    const other = await registerApp(server);
    const once = (await launch()).searchParams.get('launch') ?? '';
    expect((await other.authorize(lena, { scope, launch: once })).back?.get('code') ?? null).toBeNull();
    expect((await app.authorize(amara, { scope, launch: once })).back?.get('code') ?? null).toBeNull();
    expect((await app.authorize(lena, { scope, launch: once })).back?.get('code')).toMatch(/./);
    expect((await app.authorize(lena, { scope, launch: once })).back?.get('code') ?? null).toBeNull();
  });

  test('what else is open in front of the user comes along as fhirContext', async () => {
    const fhirContext = [{ reference: 'Encounter/amara-osei-checkup', role: 'launch' }];
    const at = await launch({ fhirContext });
    const { body } = await app.launch(lena, {
      scope: 'launch patient/Patient.rs',
      launch: at.searchParams.get('launch') ?? '',
    });
    expect(body.fhirContext).toEqual(fhirContext);
  });

  test('a practitioner who starts an app by themselves chooses one of their patients', async () => {
    const { body } = await app.launch(lena, { scope: 'launch/patient patient/Patient.rs' });
    expect(body.patient).toBe('amara-osei');
  });
});
