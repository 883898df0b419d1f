import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBrowser } from '../support/browser.ts';
import { command } from '../support/command.ts';
import { fillIn, signIn } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.close());

/** What the command prints, or the sentence that it ends with. */
const user = (...words: string[]): Promise<string> => command(server, 'user', ...words);

const chosen = { password: 'nine green kettles', again: 'nine green kettles' };

test('the operator adds a user, who sets a password by the link and signs in; then is disabled', async () => {
  const link = await user(
    'add',
    'Rosa',
    '--name',
    'Rosa Franklin',
    '--link',
    'Practitioner/rosa',
    '--roles',
    'developer',
  );
  expect(link).toMatch(new RegExp(`^${server.origin}/account/set-password\\?invitation=[\\w-]{43}$`));
  const browser = openBrowser(server.origin);
  await fillIn(browser, await browser.open(link), chosen);
  expect((await signIn(server, 'rosa', { typed: chosen.password })).page.url).toBe(`${server.origin}/account`);
  expect(await user('list')).toBe('rosa\tRosa Franklin\tPractitioner/rosa\tdeveloper');
  expect(await user('link', 'rosa', 'Patient/rosa')).toBe('rosa is linked to Patient/rosa.');
  expect(await user('roles', 'rosa', 'operator,developer')).toBe('rosa has the roles: operator, developer.');
  expect(await user('disable', 'rosa')).toBe('rosa is signed out everywhere and cannot sign in.');
  expect((await signIn(server, 'rosa', { typed: chosen.password })).page.status).toBe(422);
  expect(await user('list')).toBe('rosa\tRosa Franklin\tPatient/rosa\toperator,developer\tdisabled');
  expect(await user('enable', 'rosa')).toBe('rosa can sign in.');
  expect(await user('invite', 'rosa')).not.toBe(link);
}, 60_000);

test('what cannot be done is said in a sentence', async () => {
  expect(await user('add', 'two words')).toContain('A username has letters');
  expect(await user('add', 'x', '--link', 'Device/1')).toContain('A user is linked to');
  expect(await user('add', 'x', '--roles', 'admin')).toContain('A role is developer, operator, ');
  expect(await user('add', 'x', '--tenant', '9')).toBe('There is no tenant 9.');
  expect(await user('invite', 'nobody')).toBe('There is no user called nobody in tenant 1.');
  expect(await user('explode', 'nobody')).toContain('Who can sign in.');
}, 60_000);

test('O-91 who is under 18 is given no account; whoever acts for them is', async () => {
  const year = new Date().getUTCFullYear();
  for (const [id, age] of [
    ['child', 17],
    ['grown', 19],
  ] as const) {
    const patient = { resourceType: 'Patient', id, birthDate: `${year - age}-12-31` };
    await server.fetch(`Patient/${id}`, { method: 'PUT', body: JSON.stringify(patient) });
  }
  expect(await user('add', 'kid', '--link', 'Patient/child')).toContain('is under 18');
  expect(await user('add', 'mum', '--link', 'RelatedPerson/mum')).toContain('/account/set-password');
  expect(await user('link', 'mum', 'Patient/child')).toContain('is under 18');
  expect(await user('link', 'mum', 'Patient/grown')).toBe('mum is linked to Patient/grown.');
}, 60_000);

test('what somebody is to patients is said by the operator', async () => {
  expect(await user('add', 'hal', '--roles', 'hr-admin', '--organization', 'acme')).toContain('/account/set-password');
  expect(await user('roles', 'hal', 'care-agent,legal')).toBe('To patients somebody is one thing at a time.');
  expect(await user('roles', 'hal', 'privacy-officer')).toBe('hal has the roles: privacy-officer.');
}, 60_000);
