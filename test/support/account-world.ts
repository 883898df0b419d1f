import { randomUUID } from 'node:crypto';

import { hashPassword, setPasswordHash } from '../../src/smart/people/passwords.ts';
import type { User } from '../../src/smart/people/user.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { type Browser, type Filled, openBrowser, type Page } from './browser.ts';
import { freePort, type Server, startServer } from './server.ts';

export const password = 'correct horse battery staple';

export type AccountWorld = {
  server: Server;
  user(named?: { displayName?: string; withoutPassword?: boolean }): Promise<User>;
  /** A browser in which the user has signed in with the password. */
  signedIn(user: User): Promise<Browser>;
  /** Makes it so long since somebody signed in that changes ask for it again. */
  goStale(user: User): Promise<void>;
  close(): Promise<void>;
};

/** A server by its name, for passkeys know no numbers; people with passwords. */
export async function accountWorld(settings: Record<string, string> = {}): Promise<AccountWorld> {
  const port = String(await freePort());
  const server = await startServer({ PORT: port, PORTICO_BASE_URL: `http://localhost:${port}`, ...settings });
  const kept = (await hashPassword(password)) ?? '';
  return {
    server,
    async user({ displayName = 'Amara Osei', withoutPassword = false } = {}) {
      const user = await addUser(server.database, { tenant: 1, username: `amara-${randomUUID()}`, displayName });
      if (!user) throw new Error('The name is taken');
      if (withoutPassword) return user;
      await setPasswordHash(server.database, 1, user.id, kept);
      return { ...user, hasPassword: true };
    },
    async signedIn(user) {
      const browser = openBrowser(server.origin);
      await signIn(browser, await browser.open(`${server.origin}/account/sign-in`), user);
      return browser;
    },
    async goStale({ id }) {
      await server.database.query(
        `update user_session set signed_in_at = now() - interval '11 minutes' where tenant = $1 and user_id = $2`,
        [1, id],
      );
    },
    close: () => server.close(),
  };
}

/** Fills in the sign-in page. */
export const signIn = (browser: Browser, page: Page, user: User, typed = password): Promise<Page> =>
  send(browser, page, /\/account\/sign-in$/, { username: user.username, password: typed });

/** Sends the form of a page whose address is such. */
export function send(browser: Browser, page: Page, action: RegExp, filled: Filled = {}, at = 0): Promise<Page> {
  const form = page.forms.filter((one) => action.test(one.action.split('?')[0] ?? ''))[at];
  if (!form)
    throw new Error(`There is no form for ${action} on ${page.url}: ${page.status}\n${page.html.slice(0, 3000)}`);
  return browser.submit(page, form, filled);
}

/** What a passkey's form asks the device with. */
export function optionsOf(page: Page, of: 'create' | 'get'): { challenge: string; user?: { id: string } } {
  const [, text = ''] = new RegExp(`data-passkey="${of}" data-options="([^"]*)"`).exec(page.html) ?? [];
  return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'));
}
