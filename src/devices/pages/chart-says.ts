import type { Language } from '../../pages/language.ts';
import { listInWords } from '../../privacy/pages/times.ts';
import type { Chart } from './chart.ts';
import { chartWords } from './chart-words.ts';
import { daysOf, numberOf, spanOf } from './clock.ts';
import { type Adding, highest, isNumber, lowest, placeOf } from './plot.ts';
import { linesOf, type Point } from './point.ts';
import { unitInWords } from './unit-words.ts';

const DAY = 86_400_000;

type Said = Chart & { points: readonly Point[]; adding: Adding; rolled: boolean };

/** Of averages that of all that they are of. */
function averageOf(points: readonly Point[], index: number): number {
  let [total, count] = [0, 0];
  for (const { values, spread } of points) {
    const value = values[index];
    if (!isNumber(value)) continue;
    total += value * (spread?.count ?? 1);
    count += spread?.count ?? 1;
  }
  return total / count;
}

const average = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0) / values.length;

function lineSentences(language: Language, { measure, points }: Said): string[] {
  const { says } = chartWords[language];
  return linesOf(measure).flatMap((line, index) => {
    const values = points.map((point) => point.values[index]).filter(isNumber);
    if (values.length === 0) return [];
    const text = (value: number): string => numberOf(language, value, line.decimals);
    const unit = unitInWords(language, line);
    const what = line.title[language];
    const ends = points.flatMap(({ spread }) => (spread === null ? [] : [spread.low, spread.high]));
    const [low, high] = [lowest([...values, ...ends]), highest([...values, ...ends])];
    const mean = averageOf(points, index);
    const first =
      low === high ? says.one(what, text(low), unit) : says.between(what, text(low), text(high), text(mean), unit);
    const { usual } = line;
    if (usual === undefined || ends.length > 0) return [first];
    const outside = values.filter((value) => value < usual.low || usual.high < value).length;
    const count = (number: number): string => numberOf(language, number, 0);
    return [first, outside === 0 ? says.allUsual : says.unusual(count(outside), count(values.length))];
  });
}

/** Of bars: what a step had on average, and which had the most and the least. */
function barSentences(language: Language, { measure, plot, adding }: Said): string[] {
  const { says, steps } = chartWords[language];
  const [values = []] = plot.values;
  const full = values.filter(isNumber);
  const [first] = plot.spans;
  if (full.length === 0 || first === undefined) return [];
  const length = first[1] - first[0];
  const step = length < DAY ? steps.hour : steps.day;
  const text = (value: number): string => numberOf(language, value, measure.decimals);
  const whenOf = (value: number): string => spanOf(language, plot.spans[values.indexOf(value)] ?? [0, 0]);
  const [low, high] = [lowest(full), highest(full)];
  const mean = says.total(
    measure.title[language],
    text(average(full)),
    unitInWords(language, measure),
    adding === 'day' ? '' : step,
  );
  const one = mean.replace(/ \.$/, '.');
  return full.length === 1 ? [one] : [one, says.most(text(high), whenOf(high)), says.least(text(low), whenOf(low))];
}

/** Days of the range, up to the last that has a reading, on which nothing was measured. */
function emptyDays({ points, from, to }: Said): { without: number; days: number } {
  const days = Math.round((to - from) / DAY);
  const measured = new Set(points.map((point) => Math.floor((placeOf(point) - from) / DAY)));
  return { without: days - measured.size, days };
}

/** What a chart says, in sentences. @param devices what measured, by name */
export function chartSays(language: Language, said: Said, devices: readonly string[]): string[] {
  const { says } = chartWords[language];
  const { points, from, to, range } = said;
  if (points.length === 0) return [says.none(daysOf(language, from, to))];
  const { without, days } = emptyDays(said);
  return [
    ...(said.plot.kind === 'bars' ? barSentences(language, said) : lineSentences(language, said)),
    ...(without > 0 && (range === 'week' || range === 'month') ? [says.empty(without, days)] : []),
    ...(devices.length > 0 ? [says.from(listInWords(language, devices))] : []),
    ...(said.rolled ? [says.rolled] : []),
    ...(said.rolled || points.every(({ device }) => device !== null)
      ? []
      : [devices.length > 0 ? says.fromOthers : says.fromOthersAlone]),
  ];
}
