import { afterAll, beforeAll, expect, test } from 'vitest';

import { endSessionsOfUser } from '../../src/smart/people/end-sessions.ts';
import { addPerson, codeOf, fillIn, protect, signIn } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test('A-58 whoever found out a password does not go on by it to the second factor once it was changed', async () => {
  const user = await addPerson(server, 'halima');
  const other = await addPerson(server, 'jonas');
  const secret = await protect(server, user);
  const otherSecret = await protect(server, other);
  const { browser, page } = await signIn(server, 'halima');
  const second = await signIn(server, 'jonas');
  expect(page.url).toMatch(/second-factor$/);
  // As a change of the password does, and a new one by a link.
  await endSessionsOfUser(server.smart, 1, user.id, null, 'a test');
  const after = await fillIn(browser, page, { code: codeOf(secret) });
  expect(after.url).toMatch(/\/account\/sign-in$/);
  expect((await browser.open(`${server.origin}/account`)).url).toMatch(/sign-in/);
  const through = await fillIn(second.browser, second.page, { code: codeOf(otherSecret) });
  expect(through.url).toMatch(/\/account$/);
});
