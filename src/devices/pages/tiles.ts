import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import { momentOf, numberOf, spanOf } from './clock.ts';
import { linesOf } from './point.ts';
import { deviceNames, type Latest, latestOfEach } from './readings.ts';
import type { Book } from './readings-shown.ts';
import { lengthOf } from './recording.ts';
import { tilesWords } from './tiles-words.ts';
import { unitInWords } from './unit-words.ts';

const groups = ['vital-signs', 'activity', 'laboratory', 'procedure', 'social-history'] as const;

function tile(
  { visit: { request }, path }: Book,
  { measure, point }: Latest,
  names: ReadonlyMap<string, string>,
): Html {
  const { language } = request;
  const lines = linesOf(measure);
  const isCurve = measure.kind === 'sampled';
  const value =
    point.said ??
    (isCurve ? lengthOf(language, measure, point) : null) ??
    lines
      .map((line, at) => {
        const one = point.values[at] ?? null;
        return one === null ? '–' : numberOf(language, one, line.decimals);
      })
      .join('/');
  const [first = measure] = lines;
  const device = point.device === null ? '' : ` · ${names.get(point.device) ?? ''}`;
  const isDay = point.end - point.start >= 86_340_000;
  const when = isDay
    ? spanOf(language, [
        point.start - (point.start % 86_400_000),
        point.start - (point.start % 86_400_000) + 86_400_000,
      ])
    : momentOf(language, point.end);
  return html`<li><a href="${pathIn(request, `${path}/${measure.id}`)}">
    <span class="what">${measure.title[language]}</span>
    <span class="value"><b>${value}</b> ${point.said === null && !isCurve ? unitInWords(language, first) : ''}</span>
    <span class="when">${when}${device}</span>
  </a></li>`;
}

/** The latest reading of each measure, each leading to all of them. */
export async function latestTiles(book: Book): Promise<Html> {
  const { language } = book.visit.request;
  const say = tilesWords[language];
  const [latest, names] = await Promise.all([latestOfEach(book.looking), deviceNames(book.looking)]);
  if (latest.length === 0) return html`<p>${say.none}</p>`;
  return html`${groups.map((group) => {
    const own = latest
      .filter(({ measure }) => measure.category === group)
      .sort((a, b) => a.measure.title[language].localeCompare(b.measure.title[language], language));
    return own.length === 0
      ? ''
      : html`<h3 class="group">${say.groups[group]}</h3><ul class="latest">${own.map((one) => tile(book, one, names))}</ul>`;
  })}`;
}
