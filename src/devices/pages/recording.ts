import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { table } from '../../privacy/pages/tables.ts';
import type { CurveData } from '../client/curve-data.ts';
import type { Measure } from '../measures.ts';
import { chartWords } from './chart-words.ts';
import { momentOf, numberOf } from './clock.ts';
import { type Curve, curvesOf, type Part, partLength, secondsIn, secondsOf } from './curve.ts';
import { highest, isNumber, lowest } from './plot.ts';
import type { Point } from './point.ts';
import { recordingWords } from './recording-words.ts';
import { unitInWords } from './unit-words.ts';

/** What is asked for of the recordings of a time. */
export type AskedRecording = {
  /** The id of the Observation; null: the latest. */
  id: string | null;
  /** Which part of a long one, from 0. */
  part: number;
};

export const askedRecording = (query: URLSearchParams): AskedRecording => {
  const part = Number(query.get('part') ?? '0');
  return { id: query.get('recording'), part: Number.isInteger(part) && part > 0 ? part : 0 };
};

type Told = {
  language: Language;
  measure: Measure;
  /** The newest first. */
  recordings: readonly Point[];
  asked: AskedRecording;
  linkTo: (asked: AskedRecording) => string;
  nameOf: (device: string | null) => string;
};

/** Squares on the paper of an ECG: 5 mm, at 25 mm a second and 10 mm for each mV. */
const square = { wide: 0.2, high: 0.5 };

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

/** Of two decimals, of which no more can be seen in a curve. */
const amount = (language: Language, value: number): string => numberOf(language, value, 2);

const rateOf = (language: Language, { period }: Curve): string => numberOf(language, 1000 / period, 1);

function endsOf({ values }: Curve): { low: number; high: number } {
  const some = values.filter(isNumber);
  return { low: lowest(some), high: highest(some) };
}

function dataOf({ language, measure }: Told, part: Part): CurveData {
  const say = recordingWords[language];
  const { curve, from, to } = part;
  const { low, high } = endsOf(curve);
  const unit = unitInWords(language, measure);
  return {
    from: (from * curve.period) / 1000,
    step: curve.period / 1000,
    // To a thousandth of what the axis shows, which is finer than a pixel.
    values: curve.values.slice(from, to).map((value) => (value === null ? null : Number(value.toPrecision(5)))),
    lowest: Math.min(Math.floor(low / square.high) * square.high, -square.high),
    highest: Math.max(Math.ceil(high / square.high) * square.high, square.high),
    square,
    locale: locales[language],
    units: { time: 's', value: unit },
    says: secondsIn(part).map((one) => {
      const second = numberOf(language, one.start + 1, 0);
      const text =
        one.low === null || one.high === null
          ? say.gap(second)
          : say.second(second, amount(language, one.low), amount(language, one.high), unit);
      return { at: one.at, text };
    }),
  };
}

function figures({ language, measure }: Told, part: Part, caption: string): Html {
  const [say, chart] = [recordingWords[language], chartWords[language]];
  const unit = unitInWords(language, measure);
  const cell = (value: number | null): string => (value === null ? '–' : amount(language, value));
  const rows = secondsIn(part).map(({ start, low, high }) => [numberOf(language, start + 1, 0), cell(low), cell(high)]);
  const heads = [say.secondHead, `${chart.lowest} (${unit})`, `${chart.highest} (${unit})`];
  return html`<details class="figures"><summary>${say.figures}</summary>${table(caption, heads, rows)}</details>`;
}

function figureOf(told: Told, curve: Curve, length: number): Html {
  const { language, measure, asked } = told;
  const say = recordingWords[language];
  const from = Math.min(asked.part * length, curve.values.length);
  const part: Part = { curve, from, to: Math.min(from + length, curve.values.length) };
  if (part.to <= part.from) return html``;
  const unit = unitInWords(language, measure);
  const { low, high } = endsOf(curve);
  const name = curve.name ?? measure.title[language];
  const about = `${name}. ${say.between(amount(language, low), amount(language, high), unit)}`;
  return html`<figure class="readings" aria-label="${name}">
    ${curve.name === null ? '' : html`<h2>${curve.name}</h2>`}
    <div class="along"><div class="plot" data-curve="${JSON.stringify(dataOf(told, part))}" tabindex="0" role="img" aria-label="${about}"></div></div>
    <output class="reading">${say.keys}</output>
    <noscript><p class="notice">${say.noScript}</p></noscript>
    <figcaption><p class="hint">${say.square(numberOf(language, square.wide, 1), numberOf(language, square.high, 1), unit)}</p></figcaption>
  </figure>
  ${figures(told, part, name)}`;
}

/** To the parts of a long recording before and after the one that is shown. */
function parts({ language, asked, linkTo }: Told, id: string, curves: readonly Curve[], length: number): Html {
  const say = recordingWords[language];
  const [first] = curves;
  const longest = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
  if (first === undefined || longest <= length) return html``;
  const second = (index: number): string => numberOf(language, (index * first.period) / 1000, 1);
  const from = asked.part * length;
  const to = Math.min(from + length, longest);
  const link = (part: number, text: string, rel: string): Html =>
    html`<a href="${linkTo({ id, part })}" rel="${rel}">${text}</a>`;
  return html`<p class="period">${asked.part > 0 ? link(asked.part - 1, `← ${say.earlier}`, 'prev') : html`<span></span>`}
    <b>${say.part(second(from), second(to))}</b>
    ${to < longest ? link(asked.part + 1, `${say.later} →`, 'next') : html`<span></span>`}</p>`;
}

/** How long a recording is, in words; of one without a curve that it has none. */
export function lengthOf(language: Language, measure: Measure, point: Point): string {
  const say = recordingWords[language];
  const [first] = curvesOf(measure, point.observation);
  return first === undefined ? (point.said ?? say.none) : say.seconds(numberOf(language, secondsOf(first), 1));
}

function list({ language, measure, recordings, linkTo, nameOf }: Told, shown: Point | undefined): Html {
  const say = recordingWords[language];
  const rows = recordings.slice(0, 200).map((point) => {
    const when = momentOf(language, point.start);
    const isShown = point === shown;
    const link = html`<a href="${linkTo({ id: point.observation.id, part: 0 })}"${isShown ? html` aria-current="true"` : ''}>${when}</a>`;
    const length = lengthOf(language, measure, point);
    return [link, isShown ? `${length} (${say.shown})` : length, nameOf(point.device)];
  });
  const words = chartWords[language];
  return html`<h2>${say.list}</h2>${table(say.list, [words.when, say.length, words.source], rows)}`;
}

/** The recordings of a time: one of them as a curve, and the list of all to choose from. */
export function recordingsShown(told: Told): Html {
  const { language, measure, recordings, asked } = told;
  const say = recordingWords[language];
  const shown = recordings.find(({ observation }) => observation.id === asked.id) ?? recordings[0];
  if (shown === undefined) return html``;
  const curves = curvesOf(measure, shown.observation);
  const length = partLength(curves);
  const last = Math.ceil(curves.reduce((most, { values }) => Math.max(most, values.length), 1) / length) - 1;
  const within: Told = { ...told, asked: { ...asked, part: Math.min(asked.part, last) } };
  const [first] = curves;
  const ends = curves.map(endsOf);
  const hasOthers = recordings.some(({ device }) => device !== shown.device);
  const sentences =
    first === undefined
      ? []
      : [
          say.says(momentOf(language, shown.start), numberOf(language, secondsOf(first), 1), rateOf(language, first)),
          say.between(
            amount(language, lowest(ends.map(({ low }) => low))),
            amount(language, highest(ends.map(({ high }) => high))),
            unitInWords(language, measure),
          ),
          ...(hasOthers ? [say.from(told.nameOf(shown.device))] : []),
        ];
  return html`${first === undefined ? '' : html`<p class="recording">${sentences.join(' ')}</p>`}
    ${parts(within, shown.observation.id, curves, length)}
    ${curves.map((curve) => figureOf(within, curve, length))}
    ${first === undefined ? '' : html`<p class="hint">${say.notAdvice}</p>`}
    ${list(told, shown)}`;
}
