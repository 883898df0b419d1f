import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import type { Server } from './server.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A folder into which the pages are drawn, to be looked at. */
const drawings = process.env.PORTICO_DRAWINGS;

/** Signs in on the way to a page, with the keyboard. @returns the page that was asked for */
export async function signInTo(server: Server, context: BrowserContext, username: string, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.origin}${path}`);
  await fillSignIn(page, username);
  return page;
}

export async function fillSignIn(page: Page, username: string): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', demoPassword);
  await page.press('#password', 'Enter');
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

/** That axe finds nothing, and that nothing runs over the edge. The page must not keep to its own policy: axe is a script. */
export async function looked(page: Page, name: string): Promise<void> {
  if (drawings) await page.screenshot({ path: `${drawings}/${name}.png`, fullPage: true });
  await page.addScriptTag({ path: axe });
  // A string, because it runs in the page, where axe is.
  const violations = await page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
  );
  expect(violations, name).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), name).toBeLessThanOrEqual(0);
}

/** Presses the tabulator until what is meant has the focus. @param what a selector */
export async function focusOn(page: Page, what: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(what)})`)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not get to ${what} on ${page.url()}`);
}

/** Makes it so long since somebody signed in that what cannot be undone asks for it again. */
export async function goStale(server: Server, username: string): Promise<void> {
  await server.database.query(
    `update user_session set signed_in_at = now() - interval '6 minutes' where tenant = $1 and user_id =
       (select id from user_account where tenant = $1 and username = $2)`,
    [1, username],
  );
}
