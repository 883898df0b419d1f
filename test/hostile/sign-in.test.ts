import { afterAll, beforeAll, expect, test } from 'vitest';

import { forgetFailures, takeAttempt } from '../../src/smart/people/attempts.ts';
import { checkPassword } from '../../src/smart/people/passwords.ts';
import { openBrowser } from '../support/browser.ts';
import { addPerson, codeOf, fillIn, protect, signIn } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await addPerson(server, 'victim');
}, 60_000);
afterAll(() => server.close());

/** A try from some address, without a cookie that is known. */
const tryFrom = (address: string, username: string, what: 'password' | 'code' = 'password') =>
  takeAttempt(server.smart, { tenant: 1, address, cookie: () => undefined }, what, username);

const forgetAll = () => server.database.query('delete from failed_attempt where tenant = 1');

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${server.origin}${path}`, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });

test('A-58 of a thousand passwords tried on one account at once, from a thousand addresses, five are looked at', async () => {
  const tries = Array.from({ length: 1000 }, (_, at) => tryFrom(`10.${at >> 8}.${at & 255}.1`, 'victim'));
  const taken = (await Promise.all(tries)).filter(({ ok }) => ok);
  expect(taken).toHaveLength(5);
  const next = await tryFrom('192.0.2.1', 'VICTIM ');
  expect(next.ok).toBe(false);
});

test('A-58 each wrong try makes the next wait longer, up to five minutes: three hundred guesses in a day', async () => {
  await forgetAll();
  const waits: number[] = [];
  for (let failures = 1; failures <= 16; failures += 1) {
    const attempt = await tryFrom(`10.9.${failures}.1`, 'victim');
    waits.push(attempt.ok ? 0 : attempt.seconds);
    // Time passes until the next may be made.
    if (!attempt.ok) {
      await server.database.query(
        `update failed_attempt set last_at = last_at - make_interval(secs => $2) where tenant = $1 and kind = 'password account'`,
        [1, attempt.seconds],
      );
      expect((await tryFrom(`10.9.${failures}.2`, 'victim')).ok).toBe(true);
    }
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test('A-58 one password tried on a thousand accounts from one address is slowed down', async () => {
  await forgetAll();
  const tries = Array.from({ length: 1000 }, (_, at) => tryFrom(`2001:db8:1:2::${at.toString(16)}`, `person-${at}`));
  expect((await Promise.all(tries)).filter(({ ok }) => ok)).toHaveLength(30);
  expect((await tryFrom('2001:db8:1:3::1', 'person-0')).ok).toBe(true);
});

test('A-58 whoever signs in now and then does not make an address count from the start', async () => {
  await forgetAll();
  for (let at = 0; at < 29; at += 1) await tryFrom('198.51.100.7', `someone-${at}`);
  const own = await tryFrom('198.51.100.7', 'guesser');
  if (own.ok) await forgetFailures(server.smart, { tenant: 1, address: '', cookie: () => undefined }, own.value);
  const more = await Promise.all(Array.from({ length: 20 }, (_, at) => tryFrom('198.51.100.7', `other-${at}`)));
  expect(more.filter(({ ok }) => ok)).toHaveLength(1);
});

test('A-58 the victim signs in from a browser of theirs while strangers guess; a new browser is told when to try', async () => {
  await forgetAll();
  const { browser } = await signIn(server, 'victim');
  browser.cookies.delete('portico_session');
  for (let at = 0; at < 300; at += 1) await tryFrom(`10.1.${at & 255}.${at >> 8}`, 'victim');
  const stranger = await signIn(server, 'victim');
  expect(stranger.page.status).toBe(429);
  expect(Number(stranger.page.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(stranger.page.html).toMatch(/You can try again in \d+ (second|minute)/);
  expect(stranger.page.html).not.toContain('victim');
  expect((await signIn(server, 'victim', { browser })).page.url).toBe(`${server.origin}/account`);
});

test('A-58 a browser that is known for one account is a stranger to another, and may not guess for ever', async () => {
  await forgetAll();
  await addPerson(server, 'neighbour');
  const { browser } = await signIn(server, 'neighbour');
  for (let at = 0; at < 8; at += 1) await tryFrom(`10.2.${at}.1`, 'victim');
  expect((await signIn(server, 'victim', { browser, query: '?again=1' })).page.status).toBe(429);
  const answers: number[] = [];
  for (let at = 0; at < 7; at += 1)
    answers.push((await signIn(server, 'neighbour', { browser, typed: 'wrong', query: '?again=1' })).page.status);
  expect(answers).toEqual([422, 422, 422, 422, 422, 429, 429]);
});

test('A-58 an unknown name is answered as a known one is, in words, headers, waits and time', async () => {
  await forgetAll();
  const answers = async (username: string) => {
    const statuses: number[] = [];
    let last = '';
    let headers: string[] = [];
    for (let at = 0; at < 7; at += 1) {
      const { page } = await signIn(server, username, { typed: 'wrong' });
      statuses.push(page.status);
      last = page.html;
      headers = [...page.headers.keys()];
    }
    return { statuses, last, headers };
  };
  expect(await answers('nobody-at-all')).toEqual(await answers('victim'));

  // By turns, so that a machine that is busy is busy for both. Without a hash it would be a hundredth.
  const times = { victim: [] as number[], 'nobody-at-all': [] as number[] };
  for (let at = 0; at < 25; at += 1) {
    for (const username of ['victim', 'nobody-at-all'] as const) {
      const begun = performance.now();
      await checkPassword(server.database, 1, username, 'wrong');
      times[username].push(performance.now() - begun);
    }
  }
  const median = (all: number[]): number => all.toSorted((a, b) => a - b)[12] ?? 0;
  const [known, unknown] = [median(times.victim), median(times['nobody-at-all'])];
  expect(Math.min(known, unknown)).toBeGreaterThan(Math.max(known, unknown) / 2);
});

test('A-58 a million codes cannot be guessed, and a code that was used is not taken again', async () => {
  await forgetAll();
  const user = await addPerson(server, 'coded');
  const secret = await protect(server, user);
  const first = await signIn(server, 'coded');
  const taken = await Promise.all(Array.from({ length: 200 }, (_, at) => tryFrom(`10.3.0.${at}`, 'coded', 'code')));
  expect(taken.filter(({ ok }) => ok)).toHaveLength(5);
  expect((await fillIn(first.browser, first.page, { code: codeOf(secret) })).status).toBe(429);
  await forgetAll();
  const code = codeOf(secret);
  expect((await fillIn(first.browser, first.page, { code })).url).toBe(`${server.origin}/account`);
  const second = await signIn(server, 'coded', { browser: openBrowser(server.origin) });
  expect((await fillIn(second.browser, second.page, { code })).status).toBe(422);
});

test('A-58 many sign-ins at once take turns, and none is a fault', async () => {
  await forgetAll();
  const csrf = await fetch(`${server.origin}/account/sign-in`);
  const cookie = csrf.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const token = /name="csrf" value="([^"]+)"/.exec(await csrf.text())?.[1] ?? '';
  const before = process.memoryUsage().rss;
  const headers = { cookie, origin: server.origin };
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      await forgetAll();
      return (await post('/account/sign-in', { csrf: token, username: `storm-${at}`, password: 'wrong' }, headers))
        .status;
    }),
  );
  expect(statuses.filter((one) => ![422, 429, 503].includes(one))).toEqual([]);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
});

test('A-51 a sign-in form of another site is not taken: no origin of ours, no token of this browser, or another’s', async () => {
  const other = openBrowser(server.origin);
  const page = await other.open(`${server.origin}/account/sign-in`);
  const theirs = page.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
  const own = openBrowser(server.origin);
  await own.open(`${server.origin}/account/sign-in`);
  const cookie = `portico_session=${own.cookies.get('portico_session')}`;
  const typed = { username: 'victim', password: 'seven quiet herons' };
  const ours = { origin: server.origin };
  for (const [form, headers] of [
    [typed, { cookie, origin: 'https://evil.example' }],
    [typed, { cookie }],
    [typed, { cookie, ...ours }],
    [
      { ...typed, csrf: theirs },
      { cookie, ...ours },
    ],
    [{ ...typed, csrf: theirs }, ours],
    [
      { ...typed, csrf: '' },
      { cookie: 'portico_session=', ...ours },
    ],
  ] as [Record<string, string>, Record<string, string>][]) {
    const answer = await post('/account/sign-in', form, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie().filter((one) => one.includes('device'))).toEqual([]);
  }
  const stale = await post('/account/sign-in', typed, { cookie, ...ours });
  expect(await stale.text()).toContain('Please start again');
});

test('A-51 O-77 no page of the sign-in can be framed, runs a script of its own or tells where it was', async () => {
  for (const path of ['/account/sign-in', '/account/second-factor', '/account/set-password', '/oauth2/logout']) {
    const answer = await fetch(`${server.origin}${path}`);
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).not.toMatch(/<script(?! type="module" src="\/assets)|\sstyle=|\son\w+=|<style/i);
  }
});

test('A-51 what is typed comes back as text, never as markup', async () => {
  const { page } = await signIn(server, `"><img src=x onerror=alert(1)>`, { typed: 'wrong' });
  expect(page.html).not.toContain('<img');
});
