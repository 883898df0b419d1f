import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { table } from '../../privacy/pages/tables.ts';
import type { ChartData } from '../client/chart-data.ts';
import type { Measure } from '../measures.ts';
import { chartWords } from './chart-words.ts';
import { numberOf, spanOf, ticksOf } from './clock.ts';
import { highest, isNumber, lowest, type Plot, type RangeName } from './plot.ts';
import { linesOf } from './point.ts';
import { unitInWords } from './unit-words.ts';

export type Chart = {
  measure: Measure;
  plot: Plot;
  range: RangeName;
  from: number;
  to: number;
};

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

const amountOf = (language: Language, measure: Measure, value: number | null | undefined): string =>
  isNumber(value) ? numberOf(language, value, measure.decimals) : '–';

/** What is said of one place of a chart. */
function saidOf(language: Language, { measure, plot }: Chart, at: number): string {
  const say = chartWords[language];
  const lines = linesOf(measure);
  const parts = lines.flatMap((line, index) => {
    const value = plot.values[index]?.[at];
    if (!isNumber(value)) return [];
    const [low, high] = [plot.lows?.[index]?.[at], plot.highs?.[index]?.[at]];
    const spread = isNumber(low) && isNumber(high) && low !== high;
    const between = spread ? ` (${say.between(amountOf(language, line, low), amountOf(language, line, high))})` : '';
    const name = lines.length > 1 ? `${line.title[language]} ` : '';
    return [`${name}${amountOf(language, line, value)} ${unitInWords(language, line)}${between}`.trim()];
  });
  return parts.length === 0 ? '' : `${spanOf(language, plot.spans[at] ?? [0, 0])}: ${parts.join(', ')}`;
}

/** What is usual is of a reading, or of a day. */
function usualOf({ measure, plot }: Chart) {
  const isShorter = plot.kind === 'bars' && plot.spans.some(([start, end]) => end - start < 86_400_000);
  return isShorter ? [] : linesOf(measure).flatMap(({ usual }) => (usual === undefined ? [] : [usual]));
}

/** What the axis of values covers: all of them, and what is usual; of bars from nothing. */
function axisOf(chart: Chart): { lowest: number; highest: number } {
  const { plot } = chart;
  const values = [...plot.values, ...(plot.lows ?? []), ...(plot.highs ?? [])].flat().filter(isNumber);
  const all = [
    ...values,
    ...(plot.kind === 'bars' ? [0] : []),
    ...usualOf(chart).flatMap(({ low, high }) => [low, high]),
  ];
  if (all.length === 0) return { lowest: 0, highest: 1 };
  const [low, high] = [lowest(all), highest(all)];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  return { lowest: plot.kind === 'bars' ? 0 : low - margin, highest: high + margin };
}

function dataOf(language: Language, chart: Chart): ChartData {
  const { measure, plot, range, from, to } = chart;
  const seconds = (at: number): number => Math.round(at / 1000);
  return {
    kind: plot.kind,
    from: seconds(from),
    to: seconds(to),
    x: plot.x.map(seconds),
    values: plot.values,
    lows: plot.lows,
    highs: plot.highs,
    usual: usualOf(chart).map(({ low, high }) => ({ low, high })),
    ...axisOf(chart),
    ticks: ticksOf(language, range, from, to).map(({ at, text }) => ({ at: seconds(at), text })),
    locale: locales[language],
    decimals: measure.decimals,
    says: plot.x.map((_, at) => saidOf(language, chart, at)),
  };
}

const swatch = (kind: string, line: number): Html =>
  html`<svg class="swatch" viewBox="0 0 32 12" aria-hidden="true" focusable="false">${
    kind === 'line'
      ? html`<path class="of-line-${line}" d="M1 6h30"/>`
      : html`<rect class="of-${kind}-${line}" x="1" y="1" width="30" height="10"/>`
  }</svg>`;

function legend(language: Language, chart: Chart): Html {
  const { measure, plot } = chart;
  const say = chartWords[language];
  const lines = linesOf(measure);
  const name = (line: Measure): string => {
    const unit = unitInWords(language, line);
    const what = `${line.title[language]}${unit === '' ? '' : ` (${unit})`}`;
    if (plot.kind === 'bars') return what;
    return plot.lows === null ? what : say.average(what);
  };
  const usual = usualOf(chart).length === 0 ? [] : lines;
  return html`<ul class="legend">
    ${lines.map((line, at) => html`<li>${swatch(plot.kind === 'bars' ? 'bar' : 'line', at)}${name(line)}</li>`)}
    ${plot.lows === null ? '' : html`<li>${swatch('band', 0)}${say.span}</li>`}
    ${usual.map((line, at) => {
      if (line.usual === undefined) return '';
      const { low, high, source } = line.usual;
      const [from, to] = [amountOf(language, line, low), amountOf(language, line, high)];
      const of = lines.length > 1 ? `${line.title[language]}. ` : '';
      return html`<li>${swatch(lines.length > 1 ? 'band' : 'usual', at)}${of}${say.usual(from, to, unitInWords(language, line))} (<span lang="en">${source}</span>)</li>`;
    })}
  </ul>`;
}

/** Rows that a table has at the most: those of the latest. */
const ROWS = 500;

function figures(language: Language, { measure, plot }: Chart): Html {
  const say = chartWords[language];
  const lines = linesOf(measure);
  const spread = plot.lows !== null;
  const columns = lines.flatMap((line) => {
    const what = lines.length > 1 ? line.title[language] : measure.title[language];
    const unit = unitInWords(language, line);
    const named = unit === '' ? what : `${what} (${unit})`;
    if (!spread) return [named];
    return [say.average(named), say.lowest, say.highest];
  });
  const full = plot.x.flatMap((_, at) => ((plot.counts[at] ?? 0) === 0 ? [] : [at])).slice(-ROWS);
  const rows = full.reverse().map((at) => [
    spanOf(language, plot.spans[at] ?? [0, 0]),
    ...lines.flatMap((line, index) => {
      const of = (list: (number | null)[][] | null): string => amountOf(language, line, list?.[index]?.[at]);
      return spread ? [of(plot.values), of(plot.lows), of(plot.highs)] : [of(plot.values)];
    }),
    ...(spread || plot.kind === 'bars' ? [String(plot.counts[at] ?? 0)] : []),
  ]);
  const heads = [say.when, ...columns, ...(spread || plot.kind === 'bars' ? [say.count] : [])];
  return html`<details class="figures"><summary>${say.figures}</summary>${table(measure.title[language], heads, rows)}</details>`;
}

/** A chart, what its colours mean, and the same as a table. @param about a sentence that says what the chart says */
export function chartFigure(language: Language, chart: Chart, about: string): Html {
  const say = chartWords[language];
  const { plot } = chart;
  const hasGap = plot.kind === 'line' && plot.counts.includes(0);
  const single = plot.kind === 'line' && plot.lows === null;
  return html`<figure class="readings" aria-label="${chart.measure.title[language]}">
    <div class="plot" data-chart="${JSON.stringify(dataOf(language, chart))}" tabindex="0" role="img" aria-label="${about}"></div>
    <output class="reading">${say.keys}</output>
    <noscript><p class="notice">${say.noScript}</p></noscript>
    <figcaption>${legend(language, chart)}
      <p class="hint">${single ? say.point : ''} ${hasGap ? say.gap : ''}</p></figcaption>
  </figure>
  ${figures(language, chart)}`;
}
