import type { Coding } from '@medplum/fhirtypes';

import type { Issue, Result } from '../fhir/outcome.ts';
import { invalidResource, ok } from '../fhir/outcome.ts';
import { below } from './formats/json.ts';
import { type Measure, measureOf } from './measures.ts';
import type { Amount, Reading, Sampled } from './reading.ts';
import { inUnitOf } from './units.ts';

/** A reading in our units: of its measure's unit are all its numbers, and of theirs those of its components. */
export type Canonical = Omit<Reading, 'value' | 'components'> & {
  /** A number, a code of the measure's value set, samples in its unit, or none where it has components. */
  value: number | (Coding & { code: string }) | { sampled: Omit<Sampled, 'unit'> } | null;
  components?: Readonly<Record<string, number>>;
};

const DAY = 86_400_000;

/** How far beyond our clock that of a device may be, in ms. */
const mostAhead = DAY;

const earliest = Date.UTC(1900, 0, 1);

/** The longest that one reading may be of. */
const longest = 366 * DAY;

const refused = (code: Issue['code'], diagnostics: string, expression: string) =>
  invalidResource([{ severity: 'error', code, diagnostics, ...(expression === '' ? {} : { expression }) }]);

function amountIn(measure: Measure, amount: Amount, path: string): Result<number> {
  const converted = inUnitOf(measure, amount);
  if (!converted.ok) {
    return {
      ...converted,
      issues: converted.issues.map((issue) => (path === '' ? issue : { ...issue, expression: path })),
    };
  }
  const { range, unit } = measure;
  if (range === null || (converted.value >= range.low && converted.value <= range.high)) return converted;
  const allowed = `${range.low} to ${range.high} ${unit?.code ?? ''}`.trim();
  return refused('value', `Impossible value of ${measure.id}: ${allowed} is allowed`, path);
}

function sampledIn(
  measure: Measure,
  { values, period, unit }: Sampled,
  path: string,
): Result<{ sampled: Omit<Sampled, 'unit'> }> {
  if (!(Number.isFinite(period) && period > 0)) {
    return refused('value', 'The time between two samples is a number of ms above 0', path);
  }
  const converted: (number | null)[] = [];
  for (const value of values) {
    const one: Result<number | null> = value === null ? ok(null) : amountIn(measure, { value, unit }, path);
    if (!one.ok) return one;
    converted.push(one.value);
  }
  if (converted.every((one) => one === null)) return refused('required', 'There is no sample in it', path);
  return ok({ sampled: { values: converted, period } });
}

function codeIn(measure: Measure, sent: { code: string; display?: string }, path: string): Result<Canonical['value']> {
  const known = measure.codes?.find(({ code }) => code === sent.code);
  if (known !== undefined) return ok(known);
  const allowed = (measure.codes ?? []).map(({ code, display }) => `${code} (${display})`).join(', ');
  const what =
    allowed === '' ? `${measure.id} is a number and no code` : `Unknown code for ${measure.id}: ${allowed} are allowed`;
  return refused('code-invalid', what, path);
}

function valueIn(measure: Measure, { value, path, components }: Reading): Result<Canonical['value']> {
  if (value === null) {
    const some = Object.keys(components ?? {}).length > 0;
    if (some && (measure.kind === 'components' || measure.further !== undefined)) return ok(null);
    return refused('required', `A value of ${measure.id} is required`, path);
  }
  if ('code' in value) return codeIn(measure, value, path);
  if (measure.kind === 'components') {
    return refused(
      'structure',
      `${measure.id} has no value of its own: its parts are ${measure.components?.join(', ')}`,
      path,
    );
  }
  if ('sampled' in value) return sampledIn(measure, value.sampled, path);
  if (measure.kind === 'quantity') return amountIn(measure, value, path);
  return refused('structure', `${measure.id} is no single number`, path);
}

function componentsIn(measure: Measure, { path, components = {} }: Reading): Result<Record<string, number>> {
  const missing = (measure.components ?? []).filter((id) => components[id] === undefined);
  if (missing.length > 0) return refused('required', `${measure.id} needs ${missing.join(' and ')}`, path);
  const allowed = [...(measure.components ?? []), ...(measure.further ?? [])];
  const converted: Record<string, number> = {};
  for (const [id, amount] of Object.entries(components)) {
    const part = measureOf(id);
    if (part === undefined || !allowed.includes(id)) {
      return refused('structure', `${measure.id} has no part ${id}: ${allowed.join(', ') || 'none'} is allowed`, path);
    }
    const one = amountIn(part, amount, below(path, id));
    if (!one.ok) return one;
    converted[id] = one.value;
  }
  return ok(converted);
}

/** Whether somebody can have measured then, and for so long. @param received ms since 1970, by our clock */
export function timeRefused(
  { path, start, duration }: Pick<Reading, 'path' | 'start' | 'duration'>,
  received: number,
): Result<null> {
  if (!(Number.isInteger(start.at) && Number.isInteger(start.zone) && Math.abs(start.zone) <= 14 * 60)) {
    return refused('value', 'The time is no instant', path);
  }
  if (start.at < earliest) return refused('value', 'The time is before 1900-01-01', path);
  if (!(Number.isInteger(duration) && duration >= 0 && duration <= longest)) {
    return refused('value', 'The time it is of is 0 ms to 366 days long', path);
  }
  if (start.at + duration > received + mostAhead) {
    return refused(
      'business-rule',
      'The time is more than 24 hours in the future: the clock of the device is wrong',
      path,
    );
  }
  return ok(null);
}

/**
 * A reading in our units.
 *
 * @param received ms since 1970, by our clock
 * @returns 422 for a measure, unit or code that is not known, a value that cannot be, a part that is missing, and a time more than
 *   24 h in the future; the issue's expression is the path of the reading, or of its part
 */
export function canonical(reading: Reading, received: number): Result<Canonical> {
  const measure = measureOf(reading.measure);
  if (measure === undefined) return refused('code-invalid', 'It is of no measure that is kept here', reading.path);
  const time = timeRefused(reading, received);
  if (!time.ok) return time;
  const value = valueIn(measure, reading);
  if (!value.ok) return value;
  const components = componentsIn(measure, reading);
  if (!components.ok) return components;
  const { components: _, ...rest } = reading;
  const some = Object.keys(components.value).length > 0;
  return ok({ ...rest, value: value.value, ...(some ? { components: components.value } : {}) });
}
