import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Appointment } from '@medplum/fhirtypes';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Server } from './server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A folder into which the pages are drawn, to be looked at. */
const drawings = process.env.PORTICO_DRAWINGS;

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

/** By day on a phone and by night on a desk; drawn, the other way round as well. */
const looks = [
  { size: phone, name: 'phone', colorScheme: 'light' },
  { size: desktop, name: 'desktop', colorScheme: 'dark' },
  ...(drawings
    ? ([
        { size: phone, name: 'phone', colorScheme: 'dark' },
        { size: desktop, name: 'desktop', colorScheme: 'light' },
      ] as const)
    : []),
] as const;

/** That axe finds nothing in it as it is, on a phone and on a desk, by day and by night, and nothing runs over the edge. */
export async function lookedAt(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  // Not as a script of the page, which its own policy would refuse.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe);
  for (const { size, name: on, colorScheme } of looks) {
    await page.setViewportSize(size);
    // Colours that change softly do not change at all in a window behind another.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (drawings) await page.screenshot({ path: `${drawings}/${name}-${on}-${colorScheme}.png` });
    const violations = await page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary)))`,
    );
    expect(violations, `${name} on a ${on}, ${colorScheme}`).toEqual([]);
    const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(over, `${name} on a ${on}`).toBeLessThanOrEqual(0);
  }
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
}

/** Who meets whom in these visits, of the demo world. */
export const doctor = 'dr-lena-marchetti';
export const patient = 'amara-osei';

/** An Appointment by video of the demo world's people; its start is in so many minutes. @returns the path of its page */
export async function booked(
  server: Server,
  id: string,
  inMinutes: number,
  status: Appointment['status'] = 'booked',
): Promise<string> {
  const start = Date.now() + inMinutes * 60_000;
  const appointment: Appointment = {
    resourceType: 'Appointment',
    id,
    status,
    start: new Date(start).toISOString(),
    end: new Date(start + 30 * 60_000).toISOString(),
    participant: [
      { actor: { reference: `Patient/${patient}` }, status: 'accepted' },
      { actor: { reference: `Practitioner/${doctor}` }, status: 'accepted' },
      { actor: { reference: 'Location/harbour-clinic' }, status: 'accepted' },
    ],
  };
  const answer = await server.fetch(`Appointment/${id}`, { method: 'PUT', body: JSON.stringify(appointment) });
  if (!answer.ok) throw new Error(await answer.text());
  return `/video/${id}`;
}
