import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { findClient, saveClient } from '../../src/smart/clients/clients.ts';
import { endConsent, endLeftConsents } from '../../src/smart/consents/consents.ts';
import { newSession } from '../../src/smart/people/sessions.ts';
import type { User } from '../../src/smart/people/user.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { findGrant, revokeGrantsOfSession } from '../../src/smart/tokens/app-grants.ts';
import type { Browser, Page } from '../support/browser.ts';
import { type ConsentWorld, consentWorld, decide, told } from '../support/consent-world.ts';

let world: ConsentWorld;
let app: string;
let amara: User;
let lena: User;

beforeAll(async () => {
  world = await consentWorld();
  app = await world.app();
  amara = await world.user('Patient/amara-osei');
  lena = await world.user('Practitioner/dr-lena-marchetti');
});
afterAll(() => world.close());

const observation = 'http://terminology.hl7.org/CodeSystem/observation-category';

/** What was written down last. */
async function lastGrant() {
  const [row] = await world.server.database.query(
    `select id, scope, patient, consent_id, session_id from app_grant where tenant = $1 order by created_at desc limit 1`,
    [1],
  );
  const [id, scope, patient, consentId, sessionId] = (row ?? []) as (string | null)[];
  return { id: id ?? '', scope, patient, consentId, sessionId };
}

const read = async (path: string): Promise<Resource> => (await (await world.server.fetch(path)).json()) as Resource;

const errorsOf = (resource: Resource) =>
  world.server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal');

const boxes = (page: Page): string[] =>
  page.forms
    .flatMap(({ fields }) => fields.filter(({ type, checked }) => type === 'checkbox' && checked))
    .map(({ value }) => value);

async function granted(
  asked: Record<string, string>,
  filled: Record<string, readonly string[]> = {},
): Promise<string | null> {
  const browser = await world.browser(amara);
  const page = await browser.open(world.at(app, asked));
  expect(told(await decide(browser, page, 'allow', filled)).code).toMatch(/^[\w-]{43}$/);
  return (await lastGrant()).scope ?? null;
}

describe('a patient', () => {
  test('is not asked whose record it is, sees each scope as a ticked box, and the app gets code, state and iss', async () => {
    const browser = await world.browser(amara);
    const scope = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.cruds';
    const page = await browser.open(world.at(app, { scope }));
    expect(page.status).toBe(200);
    expect(page.html).toContain('In the record of Amara Osei');
    expect(page.html).toContain('until you withdraw it');
    expect(boxes(page).sort()).toEqual(
      [
        'openid',
        'fhirUser',
        'offline_access',
        'patient/Patient.rs',
        'patient/Observation.rs',
        'patient/Observation.cud',
      ].sort(),
    );
    const back = await decide(browser, page);
    expect(back.url).toMatch(/^https:\/\/app\.test\/back\?/);
    expect(told(back)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a state',
      iss: world.server.origin,
    });
    // Granted in full it is called as the app called it.
    expect((await lastGrant()).scope?.split(' ').sort()).toEqual(scope.split(' ').sort());
  });

  test.each([
    ['a type', 'patient/Patient.rs patient/Observation.rs', ['patient/Patient.rs'], 'patient/Patient.rs'],
    ['writing', 'patient/Observation.cruds', ['patient/Observation.rs'], 'patient/Observation.rs'],
    [
      'SMART 1 scopes',
      'patient/Patient.read patient/Observation.*',
      ['patient/Patient.read', 'patient/Observation.cud'],
      'patient/Patient.read patient/Observation.cud',
    ],
    ['staying', 'offline_access patient/Patient.rs', ['patient/Patient.rs'], 'patient/Patient.rs'],
  ])('unticks %s', async (_, scope, left, expected) => {
    expect(await granted({ scope }, { scope: left })).toBe(expected);
  });

  test.each([
    'patient/Patient.read patient/Observation.read',
    'patient/*.read',
    'patient/*.*',
    `patient/Observation.rs?category=${observation}|laboratory`,
    'patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern',
    'patient/Observation.r patient/Observation.s',
  ])('grants %s as it was asked for', async (scope) => {
    expect(await granted({ scope })).toBe(scope);
  });

  test('narrows a type down to categories: the whole type is not granted then', async () => {
    const ticked = [
      'patient/Patient.rs',
      'patient/Observation.rs',
      'patient/Condition.rs',
      `patient/Observation.rs?category=${observation}|vital-signs`,
      'patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item',
    ];
    const scope = 'patient/Condition.rs patient/Observation.rs patient/Patient.rs';
    const had = (await granted({ scope }, { scope: ticked }))?.split(' ').sort();
    expect(had).toEqual([ticked[0], ticked[3], ticked[4]].sort());
  });

  test('narrows everything down to kinds of things', async () => {
    const ticked = ['patient/*.rs', 'patient/Immunization.rs', 'patient/AllergyIntolerance.rs'];
    expect((await granted({ scope: 'patient/*.rs' }, { scope: ticked }))?.split(' ').sort()).toEqual(
      ticked.slice(1).sort(),
    );
  });

  test('who ticks nothing is told so, and nothing is granted', async () => {
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(app, { scope: 'offline_access patient/Patient.rs' }));
    const before = await lastGrant();
    for (const scope of [[], ['offline_access']]) {
      const again = await decide(browser, page, 'allow', { scope });
      expect(again.status).toBe(400);
      expect(again.html).toContain('Tick at least one thing');
      expect(boxes(again)).toEqual(scope);
    }
    expect(await lastGrant()).toEqual(before);
  });

  test('who does not allow it sends the app away with access_denied', async () => {
    const browser = await world.browser(amara);
    const back = await decide(browser, await browser.open(world.at(app)), 'deny');
    expect(told(back)).toMatchObject({ error: 'access_denied', state: 'a state', iss: world.server.origin });
  });

  test('is spoken to in the language that the app names', async () => {
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(app, { ui_locales: 'de fr-CA en' }));
    expect(page.html).toContain('<html lang="fr">');
    expect(page.html).toContain('Dans le dossier de Amara Osei');
  });

  test('may use another account: then whoever signs in is asked anew', async () => {
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(app));
    const form = page.forms.find(({ fields }) => fields.some(({ value }) => value === 'switch'));
    if (!form) throw new Error('no way to another account');
    const at = await browser.submit(page, form);
    expect(at.url).toContain('/account/sign-in?');
    expect(new URL(at.url).searchParams.get('next')).toBe(new URL(page.url).pathname);
  });
});

describe('what is written down', () => {
  test('is a Consent of the patient and an AuditEvent, both valid, and taking back ends them', async () => {
    await granted({
      scope: `patient/Patient.rs patient/Observation.rs?category=${observation}|vital-signs offline_access`,
    });
    const { id, consentId, sessionId } = await lastGrant();
    expect(sessionId).toBeNull();
    const consent = await read(`Consent/${consentId}`);
    expect(errorsOf(consent)).toEqual([]);
    expect(consent).toMatchObject({
      status: 'active',
      patient: { reference: 'Patient/amara-osei' },
      performer: [{ reference: 'Patient/amara-osei' }],
      provision: {
        type: 'permit',
        actor: [
          {
            reference: {
              identifier: { system: `${world.server.origin}/oauth2/clients`, value: app },
              display: 'Heart diary',
            },
          },
        ],
        class: [{ code: 'Patient' }, { code: 'Observation' }],
        code: [{ coding: [{ system: observation, code: 'vital-signs' }] }],
      },
    });
    const audits = (await read(`AuditEvent?type=110113&entity=Consent/${consentId}`)) as Resource & {
      entry: { resource: Resource }[];
    };
    expect(audits.entry).toHaveLength(1);
    for (const { resource } of audits.entry) expect(errorsOf(resource)).toEqual([]);

    const grant = await findGrant(world.server.database, 1, id);
    if (!grant) throw new Error('no grant');
    await endConsent(world.server.smart, grant, amara, 'tested');
    const ended = await read(`Consent/${consentId}`);
    expect(errorsOf(ended)).toEqual([]);
    expect(ended).toMatchObject({ status: 'inactive', provision: { period: { end: expect.any(String) } } });
    expect((await findGrant(world.server.database, 1, id))?.revokedAt).toBeInstanceOf(Date);
    const after = (await read(`AuditEvent?type=110113&entity=Consent/${consentId}`)) as Resource & {
      entry: { resource: Resource }[];
    };
    expect(after.entry).toHaveLength(2);
  });

  test('an app without offline_access has access as long as the sign-in, and the Consent says until when', async () => {
    await granted({ scope: 'patient/Patient.rs' });
    const { id, sessionId, consentId } = await lastGrant();
    expect(sessionId).toMatch(/./);
    const consent = await read(`Consent/${consentId}`);
    expect(consent).toMatchObject({ status: 'active', provision: { period: { end: expect.any(String) } } });
    expect(errorsOf(consent)).toEqual([]);
    await revokeGrantsOfSession(world.server.smart, 1, sessionId ?? '', 'signed out');
    expect(await endLeftConsents(world.server.smart, 1)).toBeGreaterThan(0);
    expect(await read(`Consent/${consentId}`)).toMatchObject({ status: 'inactive' });
    expect(await endLeftConsents(world.server.smart, 1)).toBe(0);
    expect((await findGrant(world.server.database, 1, id))?.revokedAt).toBeInstanceOf(Date);
  });

  test('of what a practitioner lets an app do there is no Consent of a patient', async () => {
    const browser = await world.browser(lena);
    const page = await browser.open(world.at(app, { scope: 'user/Patient.rs' }));
    expect(page.html).toContain('In every record that you may see');
    expect(told(await decide(browser, page)).code).toBeDefined();
    expect(await lastGrant()).toMatchObject({ consentId: null, patient: null });
  });
});

test('who speaks for somebody is in their record without a question, and gives the Consent for them', async () => {
  const { entry } = (await read('RelatedPerson?_count=1')) as Resource & { entry: { resource: Resource }[] };
  const helper = entry[0]?.resource as Resource & { patient: { reference: string } };
  const fhirUser = `RelatedPerson/${helper.id}`;
  const browser = await world.browser(await world.user(fhirUser));
  const page = await browser.open(world.at(app));
  expect(told(await decide(browser, page)).code).toBeDefined();
  const { patient, consentId } = await lastGrant();
  expect(`Patient/${patient}`).toBe(helper.patient.reference);
  const consent = await read(`Consent/${consentId}`);
  expect(errorsOf(consent)).toEqual([]);
  expect(consent).toMatchObject({
    patient: { reference: helper.patient.reference },
    performer: [{ reference: fhirUser }],
  });
});

describe('a practitioner', () => {
  const picker = async (): Promise<{ browser: Browser; page: Page }> => {
    const browser = await world.browser(lena);
    return { browser, page: await browser.open(world.at(app)) };
  };
  const shown = (page: Page): string[] =>
    page.forms.flatMap(({ buttons }) => buttons.filter(({ name }) => name === 'patient').map(({ value }) => value));

  test('chooses one of their patients, found by name or birth date, page by page', async () => {
    const { browser, page } = await picker();
    expect(shown(page).length).toBeGreaterThan(0);
    expect(shown(page).length).toBeLessThanOrEqual(10);
    const found = await browser.open(`${page.url.split('?')[0]}?q=amar+osei`);
    expect(shown(found)).toEqual(['amara-osei']);
    const birth = /born [^<]+/.exec(found.html)?.[0];
    expect(birth).toBeDefined();
    const none = await browser.open(`${page.url.split('?')[0]}?q=${encodeURIComponent('<b>,$|')}`);
    expect(none.status).toBe(200);
    expect(none.html).toContain('nobody matches “&lt;b&gt;,$|”');
    const form = found.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'patient'));
    if (!form) throw new Error('no picker');
    const consent = await browser.submit(found, form, {}, { name: 'patient', value: 'amara-osei' });
    expect(consent.html).toContain('In the record of Amara Osei');
    expect(told(await decide(browser, consent)).code).toBeDefined();
    expect((await lastGrant()).patient).toBe('amara-osei');
  });

  test('with many patients goes through them ten at a time', async () => {
    const made = Array.from({ length: 13 }, (_, at) => ({
      resourceType: 'Patient',
      name: [{ family: 'Manyfold', given: [String.fromCharCode(65 + at)] }],
      generalPractitioner: [{ reference: 'Practitioner/dr-lena-marchetti' }],
    }));
    for (const one of made) await world.server.fetch('Patient', { method: 'POST', body: JSON.stringify(one) });
    const { browser, page } = await picker();
    const first = await browser.open(`${page.url.split('?')[0]}?q=manyfold`);
    expect(shown(first)).toHaveLength(10);
    const link = /href="(\?q=manyfold&amp;page=[^"]+)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await browser.open(new URL(link, first.url).href);
    expect(shown(second)).toHaveLength(3);
    expect(new Set([...shown(first), ...shown(second)]).size).toBe(13);
    expect(second.html).toContain('Back to the first ones');
  });

  test('who names a patient whom they may not see is asked again', async () => {
    const { browser, page } = await picker();
    const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'patient'));
    if (!form) throw new Error('no picker');
    await world.server.fetch('Patient/stranger', {
      method: 'PUT',
      body: JSON.stringify({ resourceType: 'Patient', id: 'stranger', name: [{ text: 'Zyxworth' }] }),
    });
    for (const value of ['stranger', 'nobody', '']) {
      const again = await browser.submit(page, form, {}, { name: 'patient', value });
      expect(again.status).toBe(400);
      expect(again.html).not.toContain('Zyxworth');
    }
    const sought = await browser.open(`${page.url.split('?')[0]}?q=Zyxworth`);
    expect(shown(sought)).toEqual([]);
    // Without a patient there is nothing to consent to.
    const early = page.forms.find(({ fields }) => fields.some(({ value }) => value === 'patient'));
    if (!early) throw new Error('no form');
    const answer = await browser.submit(page, early, {
      step: 'consent',
      decision: 'allow',
      scope: 'patient/Patient.rs',
    });
    expect(shown(answer).length).toBeGreaterThan(0);
  });
});

describe('prompt and max_age', () => {
  test('none without a sign-in is login_required, without consent consent_required, with a choice interaction_required', async () => {
    const prompt = 'none';
    expect(told(await (await world.browser()).open(world.at(app, { prompt })))).toMatchObject({
      error: 'login_required',
    });
    const fresh = await world.app();
    const asked = { prompt, scope: 'launch/patient patient/Patient.rs offline_access' };
    expect(told(await (await world.browser(amara)).open(world.at(fresh, asked)))).toMatchObject({
      error: 'consent_required',
    });
    expect(told(await (await world.browser(lena)).open(world.at(fresh, asked)))).toMatchObject({
      error: 'interaction_required',
    });
    await decideOnce(fresh, asked.scope);
    // A public app that is answered over https gets, unasked, what it was granted before, and no more.
    expect(told(await (await world.browser(amara)).open(world.at(fresh, asked))).code).toMatch(/./);
    const more = { prompt, scope: 'launch/patient patient/*.rs' };
    expect(told(await (await world.browser(amara)).open(world.at(fresh, more)))).toMatchObject({
      error: 'consent_required',
    });
  });

  async function decideOnce(clientId: string, scope: string): Promise<void> {
    const browser = await world.browser(amara);
    expect(told(await decide(browser, await browser.open(world.at(clientId, { scope })))).code).toBeDefined();
  }

  test.each([{ prompt: 'login' }, { prompt: 'select_account' }, { max_age: '0' }])(
    '%j asks to sign in again',
    async (asked) => {
      const browser = await world.browser(amara);
      await new Promise((later) => setTimeout(later, 5));
      const at = await browser.open(world.at(app, asked));
      expect(at.url).toContain('/account/sign-in?');
      expect(new URL(at.url).searchParams.get('next')).toMatch(/^\/oauth2\/authorize\/[\w-]{43}$/);
    },
  );

  test('what is no prompt, and what is no number, is refused', async () => {
    for (const asked of [{ prompt: 'always' }, { prompt: 'none login' }, { max_age: 'x' }]) {
      expect(told(await (await world.browser()).open(world.at(app, asked)))).toMatchObject({
        error: 'invalid_request',
      });
    }
  });
});

describe('what else an app may ask', () => {
  test.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ request: 'eyJhbGciOiJub25lIn0..' }, 'request_not_supported'],
    [{ request_uri: 'https://app.test/request.jwt' }, 'request_uri_not_supported'],
    [{ scope: undefined }, 'invalid_scope'],
    [{ aud: undefined }, 'invalid_request'],
  ])('%j is answered with %s', async (asked, error) => {
    const back = told(await (await world.browser(amara)).open(world.at(app, asked)));
    expect(back).toMatchObject({ error, state: 'a state', iss: world.server.origin });
    expect(back.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  test('resource says the same as aud, and a slash behind the base is forgiven', async () => {
    for (const asked of [{ aud: undefined, resource: world.server.base }, { aud: `${world.server.base}/` }]) {
      expect((await (await world.browser(amara)).open(world.at(app, asked))).html).toContain('In the record of');
    }
  });

  test('a pushed request is taken up once, within its time, by its own app', async () => {
    const parameters = new URL(world.at(app)).searchParams;
    const push = async (): Promise<string> => {
      const answer = await fetch(`${world.server.origin}/oauth2/par`, { method: 'POST', body: parameters });
      expect(answer.status).toBe(201);
      return ((await answer.json()) as { request_uri: string }).request_uri;
    };
    const at = (request_uri: string, client_id = app): string =>
      `${world.server.origin}/oauth2/authorize?${new URLSearchParams({ client_id, request_uri })}`;
    const browser = await world.browser(amara);
    const uri = await push();
    expect((await browser.open(at(uri, await world.app()))).status).toBe(400);
    const page = await browser.open(at(uri));
    expect(told(await decide(browser, page))).toMatchObject({ state: 'a state', code: expect.any(String) });
    expect((await browser.open(at(uri))).status).toBe(400);
    const careful = await world.app({ require_pushed_authorization_requests: true });
    expect(told(await browser.open(world.at(careful)))).toMatchObject({ error: 'invalid_request' });
  });

  test('an app for which a scheme is registered is answered there', async () => {
    const native = await world.app({ redirect_uris: ['app.heart:/back?x=1'] });
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(native, { redirect_uri: 'app.heart:/back?x=1' }));
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' app.heart:;");
    expect((await decide(browser, page)).url).toMatch(/^app\.heart:\/back\?x=1&code=/);
  });
});

describe('connected apps', () => {
  test('say what each may do and since when, and are taken back by a button', async () => {
    const person = await world.user('Patient/hiro-nakagawa');
    const browser = await world.browser(person);
    const fresh = await world.app({ client_name: 'Pulse & more' });
    await decide(browser, await browser.open(world.at(fresh, { scope: 'patient/Observation.rs offline_access' })));
    const { id, consentId } = await lastGrant();
    const page = await browser.open(`${world.server.origin}/account/apps`);
    expect(page.html).toContain('Pulse &amp; more');
    expect(page.html).toContain('See: Measurements and test results');
    expect(page.html).toContain('Not used yet');
    const [form] = page.forms;
    if (!form) throw new Error('nothing to take back');
    // Nobody else can.
    const stranger = await world.browser(lena);
    const theirs = await stranger.open(`${world.server.origin}/account/apps`);
    const foreign = { ...(theirs.forms[0] ?? form) };
    await stranger.submit(theirs, foreign, { grant: id });
    expect((await findGrant(world.server.database, 1, id))?.revokedAt).toBeNull();
    const after = await browser.submit(page, form);
    expect(after.html).toContain('Pulse &amp; more has no access any more');
    expect(after.html).toContain('No app has access');
    expect((await findGrant(world.server.database, 1, id))?.revokedAt).toBeInstanceOf(Date);
    expect(await read(`Consent/${consentId}`)).toMatchObject({ status: 'inactive' });
    expect((await browser.submit(page, form)).html).toContain('had ended already');
  });

  test('who is not signed in is sent to do so', async () => {
    const at = await (await world.browser()).open(`${world.server.origin}/account/apps`);
    expect(at.url).toContain('/account/sign-in?next=%2Faccount%2Fapps');
  });
});

describe('another tenant', () => {
  test('has its own addresses, patients and people, and a request of one is none of the other', async () => {
    const { origin, database, smart } = world.server;
    await database.query("insert into tenant (id, name) values (2, 'second')");
    const token = await world.server.token('system/*.cruds', { tenant: 2 });
    const issuer = `${origin}/t/2`;
    const put = await fetch(`${issuer}/fhir/R4/Patient/same`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Patient', id: 'same', name: [{ text: 'Tess Two' }] }),
    });
    expect(put.status).toBe(201);
    const tess = await addUser(database, {
      tenant: 2,
      username: 'tess',
      displayName: 'Tess',
      fhirUser: 'Patient/same',
    });
    if (!tess) throw new Error('the name is taken');
    const client = await findClient(smart, 1, app);
    if (!client) throw new Error('no app');
    await saveClient(database, { ...client, tenant: 2, id: 'second-app' });
    const browser = await world.browser();
    const place = { issuer, audience: `${issuer}/fhir/R4` };
    const asking = { tenant: 2, place, cookie: () => undefined, header: () => 'test' };
    for (const cookie of (await newSession(smart, asking, tess, ['pwd'])).cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      browser.cookies.set(name, value);
    }
    const at = world.at('second-app', { aud: place.audience }).replace(origin, issuer);
    const page = await browser.open(at);
    expect(page.html).toContain('In the record of Tess Two');
    expect((await browser.open(page.url.replace('/t/2', ''))).status).toBe(400);
    expect(told(await decide(browser, page))).toMatchObject({ iss: issuer, code: expect.any(String) });
    expect((await browser.open(world.at('second-app'))).status).toBe(400);
    expect(told(await browser.open(world.at('second-app').replace(origin, issuer)))).toMatchObject({
      error: 'invalid_request',
    });
  });
});

describe('the launch API', () => {
  const launch = async (scope: string, body: unknown): Promise<Response> =>
    fetch(`${world.server.origin}/oauth2/launch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await world.server.token(scope)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('starts an app for a user with a token that may', async () => {
    const launched = await world.app({ launch_uri: 'https://app.test/launch?x=1' });
    const asked = { client_id: launched, user: lena.id, patient: 'amara-osei', intent: 'look' };
    const answer = await launch('portico/launch', asked);
    expect(answer.status).toBe(201);
    const { url, launch: value } = (await answer.json()) as { url: string; launch: string };
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ x: '1', iss: world.server.base, launch: value });
    expect((await launch('system/*.rs', asked)).status).toBe(403);
    for (const wrong of [
      { ...asked, client_id: 'unknown' },
      { ...asked, user: 'unknown' },
      { ...asked, user: undefined },
      { ...asked, patient: 'stranger' },
      { ...asked, patient: 7 },
      { ...asked, fhirContext: [{}] },
      { ...asked, fhirContext: [{ reference: 'https://evil.test/Patient/1' }] },
      [],
      null,
    ]) {
      expect((await launch('portico/launch', wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
  });

  test('smart_style_url is JSON that anybody may read', async () => {
    const answer = await fetch(`${world.server.origin}/oauth2/style`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({ color_background: expect.stringMatching(/^#/) });
  });
});
