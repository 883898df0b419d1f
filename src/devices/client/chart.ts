import uPlot from 'uplot';

import type { ChartData } from './chart-data.ts';

const HEIGHT = 260;
/** Pixels that the text under a chart needs. */
const TICK = 66;

const styleOf = (element: Element) => {
  const style = getComputedStyle(element);
  return (name: string): string => style.getPropertyValue(name).trim();
};

/** As many of the texts as have room, evenly. */
function fitting({ ticks }: ChartData, width: number): ChartData['ticks'] {
  const most = Math.max(2, Math.floor(width / TICK));
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, at) => at % step === 0);
}

/** What is usual; where there are several lines, in the colour of each. */
function shade(chart: uPlot, { usual, values }: ChartData, of: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const [line, { low, high }] of usual.entries()) {
    ctx.fillStyle = values.length > 1 ? of(`--band-${line % 3}`) : of('--usual');
    const clamp = (at: number): number => Math.min(Math.max(at, bbox.top), bbox.top + bbox.height);
    const top = clamp(chart.valToPos(high, 'y', true));
    ctx.fillRect(bbox.left, top, bbox.width, clamp(chart.valToPos(low, 'y', true)) - top);
  }
  ctx.restore();
}

/** The lines; each differs from the others in its dashes as well as in its colour. */
function seriesOf(
  data: ChartData,
  width: number,
  of: (name: string) => string,
): { series: uPlot.Series[]; bands: uPlot.Band[]; rows: (number | null)[][] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const rows: (number | null)[][] = [];
  for (const [line, values] of data.values.entries()) {
    const colour = of(`--line-${line % 3}`);
    const [lows, highs] = [data.lows?.[line], data.highs?.[line]];
    if (lows !== undefined && highs !== undefined) {
      const none = { stroke: 'transparent', points: { show: false } };
      series.push(none, none);
      bands.push({ series: [series.length - 2, series.length - 1], fill: of(`--band-${line % 3}`) });
      rows.push(highs, lows);
    }
    const isBars = data.kind === 'bars';
    const bars = uPlot.paths.bars?.({ size: [0.7, 48] });
    series.push({
      stroke: colour,
      width: isBars ? 0 : 2,
      dash: line === 1 ? [8, 5] : line === 2 ? [2, 4] : [],
      ...(isBars ? { fill: colour, ...(bars ? { paths: bars } : {}) } : {}),
      points: {
        show: !isBars && values.length <= width / 9,
        size: line === 0 ? 7 : 6,
        fill: line === 0 ? colour : of('--card'),
      },
    });
    rows.push(values);
  }
  return { series, bands, rows };
}

function optionsOf(
  element: HTMLElement,
  data: ChartData,
  width: number,
  say: (at: number) => void,
): { options: uPlot.Options; rows: (number | null)[][] } {
  const of = styleOf(element);
  const { series, bands, rows } = seriesOf(data, width, of);
  const axis = {
    stroke: of('--quiet'),
    font: `13px ${of('--sans')}`,
    grid: { stroke: of('--line'), width: 1 },
    ticks: { show: false },
  };
  const shown = fitting(data, width);
  const number = new Intl.NumberFormat(data.locale, { maximumFractionDigits: Math.max(data.decimals, 0) });
  const options: uPlot.Options = {
    width,
    height: HEIGHT,
    legend: { show: false },
    scales: {
      x: { time: false, range: [data.from, data.to] },
      y: {
        range: (_, low, high) => [
          Math.min(data.lowest, low ?? data.lowest),
          Math.max(data.highest, high ?? data.highest),
        ],
      },
    },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 10 } },
    series,
    bands,
    axes: [
      {
        ...axis,
        grid: { show: false },
        splits: () => shown.map(({ at }) => at),
        values: () => shown.map(({ text }) => text),
      },
      { ...axis, size: 58, values: (_, splits) => splits.map((value) => number.format(value)) },
    ],
    hooks: {
      drawClear: [(chart) => shade(chart, data, of)],
      setCursor: [(chart) => say(chart.cursor.idx ?? -1)],
    },
  };
  return { options, rows };
}

/** Moves what the chart points at with the arrow keys, over gaps. */
function moved(data: ChartData, at: number, key: string): number | null {
  const full = data.says.flatMap((text, index) => (text === '' ? [] : [index]));
  const place = full.indexOf(at);
  if (key === 'ArrowRight') return full[Math.min(place + 1, full.length - 1)] ?? null;
  if (key === 'ArrowLeft') return full[place < 0 ? full.length - 1 : Math.max(place - 1, 0)] ?? null;
  if (key === 'Home') return full[0] ?? null;
  return key === 'End' ? (full.at(-1) ?? null) : null;
}

function draw(element: HTMLElement): void {
  const data = JSON.parse(element.dataset.chart ?? '{}') as ChartData; // Written by the server
  const output = element.parentElement?.querySelector<HTMLOutputElement>('output');
  const rest = output?.textContent ?? '';
  let chart: uPlot | null = null;
  let at = -1;
  const say = (index: number): void => {
    at = index;
    const text = data.says[index] || rest;
    if (output && output.textContent !== text) output.textContent = text;
  };
  const again = (): void => {
    const width = element.clientWidth;
    if (width === 0) return;
    chart?.destroy();
    const { options, rows } = optionsOf(element, data, width, say);
    chart = new uPlot(options, [data.x, ...rows], element);
  };
  element.addEventListener('keydown', (event) => {
    const index = moved(data, at, event.key);
    if (index === null || chart === null) return;
    event.preventDefault();
    const x = data.x[index] ?? data.from;
    const value = data.values[0]?.[index] ?? data.lowest;
    chart.setCursor({ left: chart.valToPos(x, 'x'), top: chart.valToPos(value, 'y') });
    say(index);
  });
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    again();
  }).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  again();
  element.dataset.drawn = 'yes';
}

for (const element of document.querySelectorAll<HTMLElement>('[data-chart]')) draw(element);
