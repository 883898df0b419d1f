import type { Measure, Workload } from '../workloads/workload.ts';

const number = (value: number | null): string => {
  if (value === null) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(value);
};

export function verdict({ value, ratio }: Measure, target: Workload['target']): string {
  if (!target) return '';
  const said = (bound: string, isMet: boolean): string => `${bound} ${isMet ? 'met' : 'MISSED'}`;
  if ('most' in target) return said(`≤ ${target.most}`, value <= target.most);
  if ('least' in target) return said(`≥ ${target.least}`, value >= target.least);
  return said(`≥ ${target.ratio}`, ratio !== null && ratio >= target.ratio);
}

/** A table for people, columns as wide as what is in them. */
export function table(rows: readonly { workload: Workload; measure: Measure }[]): string {
  const head = ['workload', 'value', 'unit', 'p50 ms', 'p99 ms', 'floor', 'ratio', 'target'];
  const cells = rows.map(({ workload, measure }) => [
    workload.name,
    number(measure.value),
    measure.unit,
    number(measure.p50_ms),
    number(measure.p99_ms),
    number(measure.floor),
    number(measure.ratio),
    verdict(measure, workload.target),
  ]);
  const lines = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isNumber = new Set([1, 3, 4, 5, 6]);
  const format = (line: readonly string[]) =>
    line
      .map((cell, at) => (isNumber.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return lines.map(format).join('\n');
}
