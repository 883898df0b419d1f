import uPlot from 'uplot';

import type { CurveData } from './curve-data.ts';

const HEIGHT = 280;
/** Pixels that a second has at the least: a heartbeat must be seen. */
const SECOND = 64;
/** Pixels beside the curve. */
const AXIS = 64;

const styleOf = (element: Element) => {
  const style = getComputedStyle(element);
  return (name: string): string => style.getPropertyValue(name).trim();
};

/** Every multiple of a step from one number to another, as pixels. */
function lines(from: number, to: number, step: number, pixel: (value: number) => number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.min(Math.floor(to / step) - first + 1, 2000);
  return Array.from({ length: Math.max(count, 0) }, (_, n) => Math.round(pixel((first + n) * step)) + 0.5);
}

/** The squares of the paper that such curves are written on. */
function paper(chart: uPlot, { square }: CurveData, colour: string): void {
  const { ctx, bbox, scales } = chart;
  const { x, y } = scales;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const at of lines(x?.min ?? 0, x?.max ?? 0, square.wide, (value) => chart.valToPos(value, 'x', true))) {
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
  }
  for (const at of lines(y?.min ?? 0, y?.max ?? 0, square.high, (value) => chart.valToPos(value, 'y', true))) {
    ctx.moveTo(bbox.left, at);
    ctx.lineTo(bbox.left + bbox.width, at);
  }
  ctx.stroke();
  ctx.restore();
}

type Told = { ready: () => void; pointed: (at: number) => void };

function optionsOf(element: HTMLElement, data: CurveData, width: number, { ready, pointed }: Told): uPlot.Options {
  const of = styleOf(element);
  const number = new Intl.NumberFormat(data.locale, { maximumFractionDigits: 2 });
  const axis = {
    stroke: of('--quiet'),
    font: `13px ${of('--sans')}`,
    grid: { show: false },
    ticks: { show: false },
  };
  const end = data.from + data.step * Math.max(data.values.length - 1, 1);
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false, range: [data.from, end] }, y: { range: [data.lowest, data.highest] } },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    series: [{}, { stroke: of('--line-0'), width: 1.5, points: { show: false } }],
    axes: [
      { ...axis, values: (_, splits) => splits.map((value) => `${number.format(value)} ${data.units.time}`) },
      {
        ...axis,
        size: AXIS,
        values: (_, splits) => splits.map((value) => `${number.format(value)} ${data.units.value}`),
      },
    ],
    hooks: {
      ready: [ready],
      drawClear: [(chart) => paper(chart, data, of('--line'))],
      setCursor: [
        ({ cursor }) => {
          // Nowhere: what was said last stays.
          if (typeof cursor.idx === 'number') pointed(cursor.idx);
        },
      ],
    },
  };
}

/** Which of the sentences a key leads to. */
function moved({ says }: CurveData, place: number, key: string): number | null {
  const last = says.length - 1;
  if (key === 'ArrowRight') return Math.min(place + 1, last);
  if (key === 'ArrowLeft') return place < 0 ? last : Math.max(place - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? last : null;
}

function draw(element: HTMLElement): void {
  const data = JSON.parse(element.dataset.curve ?? '{}') as CurveData; // Written by the server
  const output = element.closest('figure')?.querySelector('output') ?? null;
  const around = element.parentElement ?? element;
  const times = data.values.map((_, index) => data.from + data.step * index);
  let chart: uPlot | null = null;
  let place = -1;
  const say = (index: number): void => {
    place = data.says.findLastIndex(({ at }) => at <= index);
    const text = data.says[place]?.text;
    if (output && text !== undefined && output.textContent !== text) output.textContent = text;
  };
  /** Points at where a sentence begins, and brings it into view. */
  const point = (next: number): void => {
    const at = data.says[next]?.at;
    if (at === undefined || chart === null) return;
    const left = chart.valToPos(times[at] ?? data.from, 'x');
    chart.setCursor({ left, top: chart.valToPos(data.values[at] ?? data.lowest, 'y') });
    around.scrollLeft = left + AXIS - around.clientWidth / 2;
    say(at);
  };
  const told: Told = { ready: () => point(place), pointed: say };
  const again = (): void => {
    if (around.clientWidth === 0) return;
    chart?.destroy();
    const width = Math.max(around.clientWidth, AXIS + data.step * data.values.length * SECOND);
    chart = new uPlot(optionsOf(element, data, Math.round(width), told), [times, data.values], element);
  };
  element.addEventListener('keydown', (event) => {
    const next = moved(data, place, event.key);
    if (next === null) return;
    event.preventDefault();
    point(next);
  });
  let width = around.clientWidth;
  new ResizeObserver(() => {
    if (around.clientWidth === width) return;
    width = around.clientWidth;
    again();
  }).observe(around);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  again();
  element.dataset.drawn = 'yes';
}

for (const element of document.querySelectorAll<HTMLElement>('[data-curve]')) draw(element);
