import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import type { Role } from '../../src/smart/people/user.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { type Browser, openBrowser, type Page } from './browser.ts';
import type { Server } from './server.ts';

/** Opens a page as somebody who signs in on the way, in a browser of their own. */
export async function openAs(
  server: Server,
  username: string,
  path: string,
): Promise<{ browser: Browser; page: Page }> {
  const browser = openBrowser(server.origin);
  const asked = await browser.open(`${server.origin}${path}`);
  const form = asked.forms.find(({ fields }) => fields.some(({ type }) => type === 'password'));
  if (!form) throw new Error(`Nobody was asked to sign in: ${asked.status} ${asked.url}`);
  const page = await browser.submit(asked, form, { username, password: demoPassword }, form.buttons[0]);
  return { browser, page };
}

/** Adds an account that has the password of the demo. */
export async function addPerson(
  server: Server,
  username: string,
  roles: readonly Role[],
  fhirUser: string | null = null,
) {
  const user = await addUser(server.database, { tenant: 1, username, displayName: username, roles, fhirUser });
  if (!user) throw new Error(`${username} is taken`);
  await server.database.query(
    `update user_account set password_hash = (select password_hash from user_account where tenant = $1 and username = 'dev')
     where tenant = $1 and id = $2`,
    [1, user.id],
  );
  return user;
}

/** Fills in the form of a page that has this hidden value, or that leads there. */
export function formOf(page: Page, what: string) {
  const form = page.forms.find(
    ({ action, fields }) =>
      new URL(action).pathname === what || fields.some(({ name, value }) => name === 'do' && value === what),
  );
  if (!form) throw new Error(`There is no form ${what} at ${page.url} (${page.status})\n${page.html.slice(0, 1500)}`);
  return form;
}
