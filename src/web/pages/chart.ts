import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';

export type Bar = { name: string; count: number };

/** The largest first, and what is beyond `most` of them as one last bar. */
export function bars(counts: Readonly<Record<string, number>>, most: number, restName: string): Bar[] {
  const all = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  const rest = all.slice(most).reduce((sum, { count }) => sum + count, 0);
  return rest > 0 ? [...all.slice(0, most), { name: restName, count: rest }] : all;
}

/** Square roots: with 5,000 of one type and 20 of another, straight bars would show one type and nothing else. */
const widthOf = (count: number, largest: number): string => (Math.sqrt(count / largest) * 100).toFixed(1);

/**
 * A bar for each type, as a list that reads well without the bars: the figure is text, the bar is decoration.
 *
 * @param format writes a count in the reader's language
 */
export function barChart(shown: readonly Bar[], format: (count: number) => string): Html {
  const largest = Math.max(1, ...shown.map(({ count }) => count));
  return html`<ul class="chart">
    ${shown.map(
      ({ name, count }) => html`<li>
      <span class="type">${name}</span>
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect width="${widthOf(count, largest)}" height="8" fill="currentColor"/>
      </svg>
      <span class="count">${format(count)}</span>
    </li>`,
    )}
  </ul>`;
}
