import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLaunch } from '../../src/smart/launch/launch.ts';
import type { User } from '../../src/smart/people/user.ts';
import { openBrowser } from '../support/browser.ts';
import { type ConsentWorld, callback, consentWorld, decide, told } from '../support/consent-world.ts';

let world: ConsentWorld;
let app: string;
let amara: User;
let lena: User;

beforeAll(async () => {
  world = await consentWorld();
  app = await world.app({ launch_uri: 'https://app.test/launch' });
  amara = await world.user('Patient/amara-osei');
  lena = await world.user('Practitioner/dr-lena-marchetti');
});
afterAll(() => world.close());

/** One request as it is written here, without following anything. */
const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { redirect: 'manual', headers });

const codes = async (): Promise<number> =>
  Number(
    (await world.server.database.query('select count(*)::int from authorization_code where tenant = $1', [1]))[0]?.[0],
  );

/** The app is told of an error, and nothing else. */
async function toldError(url: string, error: string): Promise<void> {
  const before = await codes();
  const answer = await get(url);
  expect(answer.status).toBe(303);
  const at = new URL(answer.headers.get('location') ?? '');
  expect(`${at.origin}${at.pathname}`).toBe(callback);
  expect(Object.fromEntries(at.searchParams)).toMatchObject({ error, iss: world.server.origin });
  expect(at.searchParams.has('code')).toBe(false);
  expect(await codes()).toBe(before);
}

describe('A-44 redirect_uri', () => {
  const wrong = [
    'https://app.test/back/',
    'https://app.test/back?x',
    'https://app.test/back#f',
    'https://app.test.evil/back',
    'https://app.test@evil/back',
    'https://app.test/back/../x',
    'https://app.test/%62ack',
    'HTTPS://APP.TEST/back',
    'https://app.test:443/back',
    'https://app.test/back ',
    ' https://app.test/back',
    'https://app.test\\@evil/back',
    'https://app.test/back\r\nX: y',
    'http://app.test/back',
    'http://127.0.0.1:9999/back',
    'http://localhost/back',
    'javascript:alert(1)//https://app.test/back',
    'data:text/html,x',
    'custom:back',
    '//app.test/back',
    '',
  ];

  test.each(wrong)('%j gets a page, and leads nowhere', async (redirect_uri) => {
    const answer = await get(world.at(app, { redirect_uri }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(await answer.text()).not.toMatch(/http-equiv="refresh"|<script/);
  });

  test('sent twice, left out, and of an app that is not known, it leads nowhere', async () => {
    for (const url of [
      `${world.at(app)}&redirect_uri=https://evil.test/`,
      world.at(app, { redirect_uri: undefined }),
      world.at('unknown'),
      world.at(app, { client_id: undefined }),
      world.at(app, { client_id: 'a\0b' }),
    ]) {
      const answer = await get(url);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    }
  });

  test('on the loopback interface the port is any, and all else is as registered', async () => {
    const native = await world.app({ redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]:80/cb', 'app.heart:/cb'] });
    for (const redirect_uri of [
      'http://127.0.0.1:9999/cb',
      'http://127.0.0.1/cb',
      'http://[::1]:1/cb',
      'app.heart:/cb',
    ]) {
      const answer = await get(world.at(native, { redirect_uri }));
      expect(answer.headers.get('location'), redirect_uri).toContain('/oauth2/authorize/');
    }
    for (const redirect_uri of [
      'http://127.0.0.1:9999/cb/',
      'http://127.0.0.2:9999/cb',
      'http://localhost:9999/cb',
      'https://127.0.0.1:9999/cb',
      'http://127.0.0.1:9999@evil.test/cb',
      'http://127.0.0.1:99999999/cb',
      'app.heart:/cb2',
      'app.heart:/CB',
    ]) {
      expect((await get(world.at(native, { redirect_uri }))).headers.get('location'), redirect_uri).toBeNull();
    }
  });

  test('an app that was registered with a script as its address is not answered there', async () => {
    const evil = await world.app({ redirect_uris: ['javascript:alert(1)'] });
    const answer = await get(world.at(evil, { redirect_uri: 'javascript:alert(1)' }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

test.each([
  ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
  ['a challenge without a method, which would be plain', { code_challenge_method: undefined }],
  ['plain', { code_challenge_method: 'plain' }],
  ['s256 in small letters', { code_challenge_method: 's256' }],
  ['a short challenge', { code_challenge: 'abc' }],
  ['a challenge that is no base64url', { code_challenge: `${'a'.repeat(42)}=` }],
])('A-45 %s is refused', async (_, asked) => {
  await toldError(world.at(app, asked), 'invalid_request');
});

describe('A-48 scopes', () => {
  test.each([
    'patient/*.cruds system/*.*',
    'system/Patient.rs',
    'patient/%2a.read',
    'patient%2FPatient.rs',
    'patient/Patient.rs\npatient/*.cruds',
    'patient/Patient.rs\tpatient/*.cruds',
    'patient/Patient.rs\u00a0patient/*.cruds',
    'patient/Patient.rs  patient/*.cruds',
    'patient/Patient.rs "x"',
    'patient/Observation.rs?category=vital-signs&_include=Observation:subject',
    'patient/Observation.rs?category:not=x',
    'patient/Observation.rs?subject.name=x',
    'patient/Patient.sr',
    'Patient/Patient.rs',
    'patient/Nothing.rs',
  ])('%j grants nothing', async (scope) => {
    await toldError(world.at(app, { scope }), 'invalid_scope');
  });

  test('nothing can be granted that was not asked for, whatever the form says', async () => {
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(app, { scope: 'launch/patient patient/Patient.rs' }));
    const scope = ['patient/Patient.rs', 'patient/*.cruds', 'user/*.cruds', 'offline_access', 'patient/Observation.rs'];
    const back = await decide(browser, page, 'allow', { scope, patient: 'hiro-nakagawa' });
    expect(told(back).code).toBeDefined();
    const [row] = await world.server.database.query(
      'select scope, patient from app_grant where tenant = $1 order by created_at desc limit 1',
      [1],
    );
    expect(row).toEqual(['launch/patient patient/Patient.rs', 'amara-osei']);
  });

  test('an app gets no more than it is registered for', async () => {
    const small = await world.app({ scope: 'launch/patient patient/Observation.rs' });
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(small, { scope: 'launch/patient patient/*.cruds openid offline_access' }));
    expect(told(await decide(browser, page)).code).toBeDefined();
    const [row] = await world.server.database.query(
      'select scope from app_grant where tenant = $1 order by created_at desc limit 1',
      [1],
    );
    expect(row).toEqual(['launch/patient patient/Observation.rs']);
    await toldError(world.at(small, { scope: 'patient/Condition.rs' }), 'invalid_scope');
  });
});

describe('A-49 a user who is nobody in FHIR', () => {
  test.each(['patient/Patient.rs', 'user/Patient.rs', 'launch/patient patient/*.rs', 'openid fhirUser'])(
    'is granted nothing for %s',
    async (scope) => {
      const browser = await world.browser(await world.user(null));
      const back = await browser.open(world.at(app, { scope }));
      expect(told(back)).toMatchObject({ error: 'access_denied', state: 'a state' });
    },
  );

  test('launch/patient gives no token without a patient', async () => {
    const nobody = await world.user('Practitioner/unknown');
    const back = await (await world.browser(nobody)).open(world.at(app));
    expect(told(back)).toMatchObject({ error: 'access_denied' });
  });
});

describe('A-50 launches', () => {
  const scope = 'launch patient/Patient.rs';
  const launchOf = async (user: User, clientId = app): Promise<string> => {
    const made = await createLaunch(world.server.smart, {
      tenant: 1,
      clientId,
      userId: user.id,
      context: { patient: 'amara-osei' },
    });
    if (!made.ok) throw new Error(made.reason);
    return made.value.launch;
  };

  test('the launch of another user is not taken up, and still good for its own', async () => {
    const attacker = amara;
    const launch = await launchOf(attacker);
    const back = await (await world.browser(lena)).open(world.at(app, { scope, launch }));
    expect(told(back)).toMatchObject({ error: 'invalid_request' });
    expect(told(back).code).toBeUndefined();
    const own = await world.browser(attacker);
    const page = await own.open(world.at(app, { scope, launch }));
    expect(told(await decide(own, page)).code).toBeDefined();
  });

  test('a launch is used once, by its own app, within five minutes', async () => {
    const launch = await launchOf(lena);
    const browser = await world.browser(lena);
    expect((await browser.open(world.at(app, { scope, launch }))).status).toBe(200);
    await toldError(world.at(app, { scope, launch }), 'invalid_request');
    const other = await launchOf(lena, await world.app());
    await toldError(world.at(app, { scope, launch: other }), 'invalid_request');
    const old = await launchOf(lena);
    await world.server.database.query(
      "update launch set expires_at = now() - interval '1 second' where tenant = $1",
      [1],
    );
    await toldError(world.at(app, { scope, launch: old }), 'invalid_request');
  });

  test('two browsers that come with one launch at the same time get one page', async () => {
    const launch = await launchOf(lena);
    const [one, other] = [await world.browser(lena), await world.browser(lena)];
    const pages = await Promise.all([one, other].map((each) => each.open(world.at(app, { scope, launch }))));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('a launch without its scope, an unknown one, and a patient out of reach', async () => {
    await toldError(world.at(app, { scope: 'patient/Patient.rs', launch: await launchOf(lena) }), 'invalid_request');
    await toldError(world.at(app, { scope, launch: 'invalid' }), 'invalid_request');
    const hers = { tenant: 1, clientId: app, userId: amara.id };
    const made = await createLaunch(world.server.smart, { ...hers, context: { patient: 'hiro-nakagawa' } });
    expect(made.ok).toBe(false);
    const encounter = { patient: 'amara-osei', encounter: 'hiro-nakagawa-checkup' };
    expect((await createLaunch(world.server.smart, { ...hers, context: encounter })).ok).toBe(false);
  });

  test.each([
    ['aud', 'https://evil.test/fhir'],
    ['aud', ''],
    ['resource', 'https://evil.test/fhir'],
    ['aud', 'https://inferno.healthit.gov/invalid_aud'],
  ])('%s=%s gets no code', async (name, value) => {
    await toldError(
      world.at(app, { aud: name === 'aud' ? undefined : world.server.base, [name]: value }),
      'invalid_request',
    );
  });
});

describe('A-51 forms of other pages', () => {
  const open = async () => {
    const browser = await world.browser(amara);
    const page = await browser.open(world.at(app));
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const csrf = page.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
    return { browser, page, cookie, csrf };
  };
  const good = { step: 'consent', decision: 'allow', scope: 'patient/Patient.rs' };
  const post = (url: string, cookie: string, body: Record<string, string>, headers: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(body),
      headers: { cookie, ...headers },
    });

  test('a form is refused that says it is of another page, or says nothing, or has no token', async () => {
    const { page, cookie, csrf } = await open();
    const { origin } = world.server;
    const before = await codes();
    for (const [body, headers] of [
      [{ ...good, csrf }, { origin: 'https://evil.test' }],
      [{ ...good, csrf }, { origin: 'null' }],
      [{ ...good, csrf }, {}],
      [good, { origin }],
      [{ ...good, csrf: 'x'.repeat(43) }, { origin }],
    ] as [Record<string, string>, Record<string, string>][]) {
      const answer = await post(page.url, cookie, body, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('location')).toBeNull();
    }
    const bare = await fetch(page.url, {
      method: 'POST',
      redirect: 'manual',
      body: new Blob([new URLSearchParams({ ...good, csrf }).toString()]),
      headers: { cookie, origin },
    });
    expect(bare.status).toBe(403);
    expect(await codes()).toBe(before);
    expect((await post(page.url, cookie, { ...good, csrf }, { origin })).status).toBe(303);
    expect(await codes()).toBe(before + 1);
  });

  test('GET approves nothing', async () => {
    const { page, cookie, csrf } = await open();
    const before = await codes();
    const answer = await get(`${page.url}?${new URLSearchParams({ ...good, csrf })}`, { cookie });
    expect(answer.status).toBe(200);
    expect(await codes()).toBe(before);
  });

  test('the page is shown in no frame, and its forms lead nowhere but to the app', async () => {
    const { page } = await open();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' https://app.test;");
    expect(policy).toContain("default-src 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('no other session goes on with a request, nor another browser', async () => {
    const { browser, page } = await open();
    expect((await openBrowser(world.server.origin).open(page.url)).status).toBe(400);
    // The same person, in another browser: the address is all they have.
    const other = await world.browser(amara);
    expect((await other.open(page.url)).status).toBe(400);
    // Somebody else, in the same browser.
    const shared = await world.browser(lena);
    for (const [name, value] of browser.cookies) if (!shared.cookies.has(name)) shared.cookies.set(name, value);
    expect((await shared.open(page.url)).status).toBe(403);
    expect(told(await decide(browser, page)).code).toBeDefined();
  });

  test('of fifty answers at once to one page one counts', async () => {
    const { page, cookie, csrf } = await open();
    const { origin } = world.server;
    const before = await codes();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(page.url, cookie, { ...good, csrf }, { origin })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await codes()).toBe(before + 1);
  });
});

test('requests made of odd parts are answered without a fault of ours, and lead nowhere but to the app', async () => {
  const names = [
    'response_type',
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'aud',
    'resource',
    'launch',
    'code_challenge',
    'code_challenge_method',
    'prompt',
    'max_age',
    'nonce',
    'login_hint',
    'ui_locales',
    'request',
    'request_uri',
    'response_mode',
    'dpop_jkt',
    'display',
    'lang',
  ];
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
    fc.constantFrom('\0', '%', '%00', '\r\nSet-Cookie: a=b', '\ud800', '-1', '1e9', '[]', 'a'.repeat(5000), '*', '../'),
    fc.constantFrom(...names),
  );
  const asked = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(asked, fc.boolean(), async (parameters, post) => {
      const url = new URL(world.at(app, parameters));
      const answer = post
        ? await fetch(`${url.origin}${url.pathname}`, { method: 'POST', body: url.searchParams, redirect: 'manual' })
        : await get(url.href);
      expect(answer.status).toBeLessThan(500);
      const location = answer.headers.get('location');
      if (location !== null) {
        const { origin, pathname } = new URL(location);
        expect([callback, world.server.origin]).toContain(
          origin === 'https://app.test' ? `${origin}${pathname}` : origin,
        );
      }
    }),
    { numRuns: 500 },
  );
});
