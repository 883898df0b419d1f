import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Browser, Page } from '../support/browser.ts';
import { type ConsentWorld, consentWorld, decide, told } from '../support/consent-world.ts';

let world: ConsentWorld;

beforeAll(async () => {
  world = await consentWorld();
});
afterAll(() => world.close());

function pick(browser: Browser, page: Page, at: number): Promise<Page> {
  const picker = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'patient'));
  if (!picker) throw new Error(`Nobody is to be chosen at ${page.url}`);
  return browser.submit(page, picker, {}, picker.buttons[at]);
}

test('A-49 what is allowed in one tab of one patient is not granted of another who was chosen in a second tab', async () => {
  const browser = await world.browser(await world.user('Practitioner/dr-lena-marchetti'));
  const clientId = await world.app();
  const picker = await browser.open(world.at(clientId));
  const first = await pick(browser, picker, 0);
  const second = await pick(browser, picker, 1);
  expect(second.html).not.toBe(first.html);
  const again = await decide(browser, first);
  expect(again.status).toBe(200);
  expect(new URL(again.url).origin).toBe(world.server.origin);
  // It asks about the other one now.
  expect(told(await decide(browser, again)).code).toBeTypeOf('string');
});
