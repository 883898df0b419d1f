import { Secret, TOTP } from 'otpauth';

import { hashPassword, setPasswordHash } from '../../src/smart/people/passwords.ts';
import { enableTotp, newTotpSecret } from '../../src/smart/people/totp.ts';
import type { User } from '../../src/smart/people/user.ts';
import { addUser, type NewUser } from '../../src/smart/people/users.ts';
import { type Browser, openBrowser, type Page } from './browser.ts';
import type { Server } from './server.ts';

export const password = 'seven quiet herons';

/** Adds somebody who has a password. */
export async function addPerson(
  { smart, database }: Server,
  username: string,
  more: Partial<NewUser> & { password?: string } = {},
): Promise<User> {
  const user = await addUser(database, { tenant: 1, username, displayName: username, ...more });
  const kept = await hashPassword(more.password ?? password);
  if (!user || kept === null) throw new Error(`${username} was not added`);
  await setPasswordHash(smart.database, user.tenant, user.id, kept);
  return user;
}

/** What an authenticator app shows, so many steps of 30 s from now. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/** Protects an account with a second factor, by the code of the step before this. @returns its secret */
export async function protect({ smart }: Server, user: User): Promise<string> {
  const secret = newTotpSecret();
  if (!(await enableTotp(smart, user, secret, codeOf(secret, -1)))) throw new Error('The code was not taken');
  return secret;
}

/** Fills in the form of a page that has a field of this name, and sends it. */
export function fillIn(browser: Browser, page: Page, filled: Record<string, string>): Promise<Page> {
  const form = page.forms.find(({ fields }) =>
    Object.keys(filled).every((name) => fields.some((one) => one.name === name)),
  );
  if (!form) throw new Error(`There is no such form: ${page.status} ${page.url}\n${page.html.slice(0, 1000)}`);
  return browser.submit(page, form, filled);
}

/** Opens the sign-in page and fills it in. @param query of the page: `?next=…` */
export async function signIn(
  server: Server,
  username: string,
  { typed = password, browser = openBrowser(server.origin), query = '' } = {},
): Promise<{ browser: Browser; page: Page }> {
  const page = await browser.open(`${server.origin}/account/sign-in${query}`);
  return { browser, page: await fillIn(browser, page, { username, password: typed }) };
}
