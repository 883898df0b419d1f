import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import { table } from '../../privacy/pages/tables.ts';
import type { Reply, Visit } from '../../privacy/pages/visit.ts';
import { type Measure, measureOf } from '../measures.ts';
import { type Chart, chartFigure } from './chart.ts';
import { chartSays } from './chart-says.ts';
import { chartWords } from './chart-words.ts';
import { daysOf, momentOf, numberOf, zoneInWords } from './clock.ts';
import { devicesPage } from './frame.ts';
import { type Adding, plotOf, type RangeName, rangeNames, ranges } from './plot.ts';
import { linesOf, type Point } from './point.ts';
import { readFor } from './read-for.ts';
import { deviceNames, type Looking, latestOf, MOST, noDevice, type Read, zoneOf } from './readings.ts';
import { type AskedRecording, askedRecording, recordingsShown } from './recording.ts';
import { recordingWords } from './recording-words.ts';

const DAY = 86_400_000;

/** The readings of one person, as one looks at them: their own, those of whom one helps, or those of whom one treats. */
export type Book = {
  visit: Visit;
  looking: Looking;
  /** Above the title. */
  above: Html;
  /** Where the readings of a measure are, without it: `/devices/readings`. */
  path: string;
};

const perDay: ReadonlySet<string> = new Set(['/d', 'kcal/d', 'min/d', 'min/wk', 'd/wk']);
/** What adds up over a day, though nothing is computed of it. */
const inDay: ReadonlySet<string> = new Set([
  ...['exercise-duration', 'moderate-minutes', 'vigorous-minutes', 'calories-in-exercise', 'calorie-intake'],
  ...['sleep-duration', 'rem-sleep', 'deep-sleep', 'light-sleep'],
]);

/** Whether values add up, are of a whole day already, or neither. */
export function addingOf({ id, roll, unit }: Measure): Adding {
  if (unit !== null && perDay.has(unit.code)) return 'day';
  return roll === 'sum' || inDay.has(id) ? 'sum' : 'mean';
}

/** What is asked for in the address: how much, until when, and of which device. */
type Asked = { range: RangeName; until: number | null; device: string | null };

function askedOf({ query }: Visit['request'], adding: Adding): Asked {
  const range = rangeNames.find((one) => one === query.get('range')) ?? 'week';
  const until = /^\d{4}-\d{2}-\d{2}$/.test(query.get('until') ?? '')
    ? Date.parse(`${query.get('until')}T00:00:00Z`)
    : Number.NaN;
  const device = query.get('device') ?? '';
  return {
    range: adding === 'day' && range === 'day' ? 'week' : range,
    until: Number.isNaN(until) ? null : until,
    device: device === noDevice || /^Device\/[A-Za-z0-9.-]{1,64}$/.test(device) ? device : null,
  };
}

const dayStart = (at: number): number => Math.floor(at / DAY) * DAY;
const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

type Shown = Asked & {
  book: Book;
  measure: Measure;
  adding: Adding;
  from: number;
  to: number;
  latest: Point;
  names: ReadonlyMap<string, string>;
  read: Read;
};

const linkToTime = (
  { book, measure, range, device, to }: Shown,
  change: Partial<{ range: RangeName; to: number }>,
): string => {
  const query = new URLSearchParams({ range: change.range ?? range, until: dayText((change.to ?? to) - DAY) });
  if (device !== null) query.set('device', device);
  return `${pathIn(book.visit.request, `${book.path}/${measure.id}`)}?${query}`;
};

function rangeLinks(shown: Shown): Html {
  const { language } = shown.book.visit.request;
  const say = chartWords[language];
  const offered = rangeNames.filter((one) => !(one === 'day' && shown.adding === 'day'));
  return html`<nav class="ranges" aria-label="${say.range}"><ul>${offered.map((one) =>
    one === shown.range
      ? html`<li><span aria-current="true">${say.ranges[one]}</span></li>`
      : html`<li><a href="${linkToTime(shown, { range: one })}">${say.ranges[one]}</a></li>`,
  )}</ul></nav>`;
}

/** To the time before and after what is shown. */
function pager(shown: Shown): Html {
  const { book, range, from, to, latest } = shown;
  const { language } = book.visit.request;
  const say = chartWords[language];
  const length = ranges[range].days * DAY;
  const last = dayStart(latest.end) + DAY;
  return html`<p class="period"><a href="${linkToTime(shown, { to: from })}" rel="prev">← ${say.earlier}</a>
    <b>${daysOf(language, from, to)}</b>
    ${to < last ? html`<a href="${linkToTime(shown, { to: Math.min(to + length, last) })}" rel="next">${say.later} →</a>` : html`<span></span>`}</p>`;
}

const nameOf = (shown: Shown, device: string | null): string =>
  device === null || device === noDevice
    ? chartWords[shown.book.visit.request.language].noDevice
    : (shown.names.get(device) ?? device);

/** Which of the sources to show; what adds up is shown of one at a time, for nothing is counted twice. */
function sources(shown: Shown, device: string | null): Html {
  const {
    book,
    measure,
    range,
    to,
    adding,
    read: { devices },
  } = shown;
  const { request } = book.visit;
  const say = chartWords[request.language];
  const asked = shown.device === null ? [] : [shown.device];
  const found = [...new Set([...devices, ...asked])].sort();
  if (found.length < 2 && asked.length === 0) return html``;
  const option = (value: string, text: string, chosen: boolean): Html =>
    html`<option value="${value}"${chosen ? html` selected` : ''}>${text}</option>`;
  return html`<form class="sources" method="get" action="${pathIn(request, `${book.path}/${measure.id}`)}">
    <input type="hidden" name="range" value="${range}"><input type="hidden" name="until" value="${dayText(to - DAY)}">
    <div class="field"><label for="device">${say.source}</label>
      <select id="device" name="device">${adding === 'mean' || measure.roll === 'sum' ? option('', say.allSources, device === null) : ''}
        ${found.map((one) => option(one, nameOf(shown, one), one === device))}</select></div>
    <button class="button quiet" type="submit">${say.show}</button>
  </form>`;
}

/** Readings that are curves: one of them, and a list. */
function recorded(shown: Shown, points: readonly Point[]): Html {
  const { measure, book } = shown;
  const linkTo = ({ id, part }: AskedRecording): string => {
    const more = new URLSearchParams({
      ...(id === null ? {} : { recording: id }),
      ...(part > 0 ? { part: `${part}` } : {}),
    });
    return `${linkToTime(shown, {})}&${more}`;
  };
  return recordingsShown({
    language: book.visit.request.language,
    measure,
    recordings: [...points].sort((a, b) => b.start - a.start),
    asked: askedRecording(book.visit.request.query),
    linkTo,
    nameOf: (device) => nameOf(shown, device),
  });
}

/** Readings that are codes: a list. */
function listed(shown: Shown, points: readonly Point[]): Html {
  const { measure, book } = shown;
  const { language } = book.visit.request;
  const say = chartWords[language];
  const rows = [...points]
    .reverse()
    .slice(0, 200)
    .map((point) => [
      momentOf(language, point.start),
      point.said ??
        point.values
          .flatMap((value) => (value === null ? [] : [numberOf(language, value, measure.decimals)]))
          .join(' / '),
      nameOf(shown, point.device),
    ]);
  return table(measure.title[language], [say.when, measure.title[language], say.source], rows);
}

/** Of what adds up one source alone is counted: that which was asked for, else the one that measured most. */
function counted({ adding, device, read: { points, rolled } }: Shown): { device: string | null; points: Point[] } {
  if (adding === 'mean' || rolled || device !== null) return { device, points: [...points] };
  const counts = new Map<string | null, number>();
  for (const point of points) counts.set(point.device, (counts.get(point.device) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [null];
  return { device: most, points: points.filter((point) => point.device === most) };
}

function body(shown: Shown): Html {
  const { book, measure, adding, range, from, to, latest, read } = shown;
  const { language } = book.visit.request;
  const say = chartWords[language];
  const { device, points } = counted(shown);
  const plot = plotOf(points, { from, range, adding, lines: linesOf(measure).length });
  const chart: Chart = { measure, plot, range, from, to };
  const measuredBy = read.rolled ? read.devices : points.map((point) => point.device ?? noDevice);
  const devices = [...new Set(measuredBy)]
    .filter((one) => one !== noDevice)
    .map((one) => nameOf(shown, one))
    .sort();
  const isCurve = measure.kind === 'sampled';
  const said = chartSays(language, { ...chart, points, adding, rolled: read.rolled }, devices);
  const says = isCurve && points.length > 0 ? [recordingWords[language].count(points.length), ...said] : said;
  const hasChart = measure.kind !== 'code' && points.some(({ values }) => values.some((value) => value !== null));
  const hasUsual = linesOf(measure).some(({ usual }) => usual !== undefined);
  const figure = (): Html => (hasChart ? chartFigure(language, chart, says.join(' ')) : listed(shown, points));
  const drawn = isCurve ? recorded(shown, points) : figure();
  return html`${rangeLinks(shown)}${pager(shown)}
    <p class="lead says">${says.join(' ')}${read.cut ? ` ${say.says.cut(numberOf(language, MOST, 0))}` : ''}</p>
    ${sources(shown, device)}
    ${points.length === 0 ? html`<p><a class="button quiet" href="${linkToTime(shown, { to: dayStart(latest.end) + DAY })}">${say.latest}</a></p>` : ''}
    ${points.length > 0 && drawn}
    <p class="hint">${say.clock(zoneInWords(zoneOf(latest)))}${hasUsual ? ` ${say.notAdvice}` : ''}</p>`;
}

/** The readings of one measure; null where there is none of this name. */
export async function readingsPage(book: Book, name: string): Promise<Reply | null> {
  const { visit, looking, above, path } = book;
  const { language } = visit.request;
  const measure = measureOf(name);
  if (measure === undefined) return null;
  const say = chartWords[language];
  const adding = addingOf(measure);
  const asked = askedOf(visit.request, adding);
  const [latest, names] = await Promise.all([latestOf(looking, measure, asked.device), deviceNames(looking)]);
  if (latest === null) {
    const content = html`<p>${say.says.noneEver}</p>`;
    return devicesPage(visit, { title: measure.title[language], above, content });
  }
  const to = (asked.until ?? dayStart(latest.end > latest.start ? latest.end - 1 : latest.start)) + DAY;
  const from = to - ranges[asked.range].days * DAY;
  const read = await readFor(looking, measure, { ...asked, from, to, adding });
  const shown: Shown = { ...asked, book, measure, adding, from, to, latest, names, read };
  const content = html`${body(shown)}
    <p class="after"><a class="button quiet" href="${pathIn(visit.request, `${path}/${measure.id}/csv`)}" download>${say.export}</a></p>
    <p class="hint">${say.exportHint}</p>`;
  return devicesPage(visit, {
    title: measure.title[language],
    above,
    content,
    drawn: measure.kind === 'sampled' ? 'curve' : 'chart',
  });
}
