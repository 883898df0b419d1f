import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { type Kind, kinds, seenWords } from './seen-words.ts';
import { numberInWords, shortDay } from './times.ts';

const WEEK = 7 * 86_400_000;
/** Weeks that fit a phone. */
const WEEKS = 12;

/** A use of a record as far as the chart counts it. */
export type Counted = { at: number; kind: Kind };

export type Week = { start: number; counts: ReadonlyMap<Kind, number>; all: number };

/** The Monday, in UTC, of the week that a moment is in; ms since 1970. */
const mondayOf = (at: number): number => {
  const day = Math.floor(at / 86_400_000);
  // Day 0 was a Thursday.
  return (day - ((day + 3) % 7)) * 86_400_000;
};

/** Uses by week and kind, the oldest week first: the last weeks up to a moment. */
export function weeksOf(uses: readonly Counted[], until: number): Week[] {
  const last = mondayOf(until);
  return Array.from({ length: WEEKS }, (_, at) => {
    const start = last - (WEEKS - 1 - at) * WEEK;
    const own = uses.filter((one) => one.at >= start && one.at < start + WEEK);
    const counts = new Map(kinds.map((kind) => [kind, own.filter((one) => one.kind === kind).length]));
    return { start, counts, all: own.length };
  });
}

const WIDTH = 48;
const HEIGHT = 140;
const FOOT = 30;

function barOf(week: Week, at: number, most: number): Html {
  let top = HEIGHT;
  const parts = kinds.flatMap((kind) => {
    const count = week.counts.get(kind) ?? 0;
    if (count === 0) return [];
    const height = Math.max(3, (count / most) * (HEIGHT - 8));
    top -= height;
    return html`<rect class="kind-${kind}" x="${at * WIDTH + 6}" y="${top.toFixed(1)}" width="${WIDTH - 12}" height="${(height - 1).toFixed(1)}"/>`;
  });
  return html`${parts}`;
}

function table(language: Language, weeks: readonly Week[], shown: readonly Kind[]): Html {
  const say = seenWords[language];
  return html`<details><summary>${say.chart.table}</summary>
    <table role="table"><caption class="unseen">${say.chart.title}</caption>
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${say.chart.week}</th>
        ${shown.map((kind) => html`<th scope="col" role="columnheader">${say.kinds[kind]}</th>`)}
        <th scope="col" role="columnheader">${say.chart.all}</th></tr></thead>
      <tbody role="rowgroup">${weeks.map(
        ({
          start,
          counts,
          all,
        }) => html`<tr role="row"><th scope="row" role="rowheader">${shortDay(language, start)}</th>
          ${shown.map((kind) => html`<td role="cell" data-label="${say.kinds[kind]}">${numberInWords(language, counts.get(kind) ?? 0)}</td>`)}
          <td role="cell" data-label="${say.chart.all}">${numberInWords(language, all)}</td></tr>`,
      )}</tbody>
    </table></details>`;
}

/** How often a record was used, by week and by whom; the figures stand below it as a table. */
export function seenChart(language: Language, weeks: readonly Week[]): Html {
  const say = seenWords[language];
  const most = Math.max(1, ...weeks.map(({ all }) => all));
  const shown = kinds.filter((kind) => weeks.some(({ counts }) => (counts.get(kind) ?? 0) > 0));
  if (shown.length === 0) return html``;
  return html`<figure class="weeks" aria-labelledby="weeks">
    <figcaption id="weeks"><b>${say.chart.title}</b></figcaption>
    <svg viewBox="0 0 ${WEEKS * WIDTH} ${HEIGHT + FOOT}" role="img" aria-label="${say.chart.about(numberInWords(language, most))}">
      <line class="ground" x1="0" x2="${WEEKS * WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>
      ${weeks.map((week, at) => barOf(week, at, most))}
      ${weeks.map(({ start }, at) =>
        at % 4 === 0 ? html`<text x="${at * WIDTH + 6}" y="${HEIGHT + 24}">${shortDay(language, start)}</text>` : '',
      )}
    </svg>
    <ul class="legend">${shown.map((kind) => html`<li><span class="dot kind-${kind}"></span>${say.kinds[kind]}</li>`)}</ul>
    ${table(language, weeks, shown)}
  </figure>`;
}
