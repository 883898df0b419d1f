import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBrowser } from '../../../test/support/browser.ts';
import { addPerson, signIn } from '../../../test/support/people.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { registerApp } from '../../../test/support/smart-world.ts';
import type { Client } from '../clients/client.ts';
import { findClient } from '../clients/clients.ts';
import { issueIdToken } from '../tokens/id-tokens.ts';
import { sessionsOfUser } from './sessions.ts';
import type { User } from './user.ts';

const back = 'https://app.test/goodbye';

let server: Server;
let client: Client;
let user: User;
beforeAll(async () => {
  server = await startServer();
  const { app } = await registerApp(server, { metadata: { post_logout_redirect_uris: [back] } });
  const found = await findClient(server.smart, 1, app.clientId);
  if (!found) throw new Error('The app was not registered');
  client = found;
  user = await addPerson(server, 'ada');
}, 60_000);
afterAll(() => server.close());

const hintFor = (whom: User): Promise<string> => {
  const grant = {
    tenant: 1,
    id: randomUUID(),
    clientId: client.id,
    userId: whom.id,
    sessionId: null,
    scope: 'openid',
    context: {},
    fhirUser: null,
    patient: null,
    consentId: null,
    dpopJkt: null,
    createdAt: new Date(),
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
  };
  return issueIdToken(server.smart, {
    client,
    user: whom,
    grant,
    nonce: null,
    signedInAt: new Date(),
    methods: [],
    accessToken: 'x',
  });
};

const at = (query: Record<string, string>): string => `${server.origin}/oauth2/logout?${new URLSearchParams(query)}`;
const open = async (): Promise<number> => (await sessionsOfUser(server.smart, 1, user.id)).length;

test('with an ID token of who is signed in the app signs them out and has them back, with its state', async () => {
  const { browser } = await signIn(server, 'ada');
  const page = await browser.open(
    at({ id_token_hint: await hintFor(user), post_logout_redirect_uri: back, state: 'a b' }),
  );
  expect(page.url).toBe(`${back}?state=a+b`);
  expect(await open()).toBe(0);
});

test('without one, or with one of somebody else, the person is asked', async () => {
  const other = await addPerson(server, 'grace');
  for (const query of [
    { client_id: client.id },
    { id_token_hint: await hintFor(other) },
    { id_token_hint: 'rubbish', client_id: client.id },
  ] as Record<string, string>[]) {
    const { browser } = await signIn(server, 'ada');
    const page = await browser.open(at({ ...query, post_logout_redirect_uri: back, state: 's' }));
    expect(page.html).toContain('Sign out?');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.test;");
    expect(await open()).toBe(1);
    const [form] = page.forms;
    if (!form) throw new Error('There is no form');
    expect((await browser.submit(page, form)).url).toBe(`${back}?state=s`);
    expect(await open()).toBe(0);
  }
});

test.each([
  ['one that is not registered', 'https://evil.example/'],
  ['one that begins as the registered one', `${back}/more`],
  ['one with another query', `${back}?x=1`],
])('nobody is sent to an address like %s', async (_, address) => {
  const { browser } = await signIn(server, 'ada');
  const page = await browser.open(at({ id_token_hint: await hintFor(user), post_logout_redirect_uri: address }));
  expect([page.status, page.url.startsWith(server.origin)]).toEqual([200, true]);
  expect(page.html).toContain('You are signed out');
});

test('an access token is no ID token, and one that was changed is none', async () => {
  const { browser } = await signIn(server, 'ada');
  const hint = await hintFor(user);
  for (const token of [await server.token(undefined, { subject: user.id }), `${hint.slice(0, -4)}AAAA`, '', 'a.b.c']) {
    await browser.open(at({ id_token_hint: token }));
    expect(await open()).toBe(1);
  }
  await browser.open(at({ id_token_hint: hint }));
});

test('a form of the app’s own page is sent on to a link, which brings the cookies', async () => {
  const sent = await fetch(`${server.origin}/oauth2/logout`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: client.id, post_logout_redirect_uri: back, state: 's' }),
    headers: { origin: 'https://app.test' },
    redirect: 'manual',
  });
  expect(sent.status).toBe(303);
  expect((await openBrowser(server.origin).open(`${server.origin}${sent.headers.get('location')}`)).url).toBe(
    `${back}?state=s`,
  );
});
