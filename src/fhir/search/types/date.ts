import { primary } from '../../definitions/primary.ts';
import type { Result } from '../../outcome.ts';
import { invalid, ok } from '../../outcome.ts';
import { anyOf, type Condition, side } from '../condition.ts';
import { parseInterval } from '../dates.ts';
import { parameterId } from '../hash.ts';
import { isSingle } from '../paths.ts';
import { comparePeriods, type Period, type Prefix, splitPrefix } from '../prefixes.ts';
import type { Statement } from '../statement.ts';
import type { ParameterType, Target } from './type.ts';

const form = 'a date as 2024, 2024-02, 2024-02-29 or 2024-02-29T10:30:00Z, with a prefix or without';

/** A date that is searched for: [from, to) in ms since 1970. */
export type SearchDate = { prefix: Prefix; from: number; to: number };

/** @returns null where the text is no date. `ap` is a tenth of the time between now and the date to either side. */
function searchDate(text: string, now: number): SearchDate | null {
  const { prefix, rest } = splitPrefix(text);
  const found = parseInterval(rest);
  if (!found) return null;
  const gap = prefix === 'ap' ? Math.round(Math.abs(now - (found.start + found.end) / 2) / 10) : 0;
  return { prefix, from: found.start - gap, to: found.end + gap };
}

/** Later than any date of FHIR: the year 10000, which Postgres does not read from an ISO text. */
const end = Date.UTC(10000, 0, 1);

export const bindInstant = (statement: Statement, ms: number): string =>
  statement.bind(ms >= end ? 'infinity' : new Date(ms), 'timestamptz');

const bindPeriod = (statement: Statement, { from, to }: SearchDate): Period => ({
  from: () => bindInstant(statement, from),
  to: () => bindInstant(statement, to),
});

/** https://hl7.org/fhir/R4/search.html#date */
export const date: ParameterType = {
  type: 'date',
  form,
  condition(target, values) {
    const conditions: Condition[] = [];
    for (const value of values) {
      const wanted = wantedDate(target.name, value, target.now);
      if (!wanted.ok) return wanted;
      conditions.push(dateCondition(target, wanted.value));
    }
    return ok(anyOf(conditions));
  },
};

export function wantedDate(name: string, value: string, now: number): Result<SearchDate> {
  const wanted = searchDate(value, now);
  return wanted ? ok(wanted) : invalid(`${name} must be ${form}, not ${JSON.stringify(value)}`);
}

export function dateCondition(target: Target, wanted: SearchDate): Condition {
  const { type, parameter, definitions } = target;
  if (primary(type).date !== parameter.code) return dateRow(parameterId(parameter.code), null, wanted);
  const column: Condition = {
    kind: 'written',
    column: 'date',
    write: ({ statement, row }) =>
      comparePeriods(wanted.prefix, `${row}.date_start`, `${row}.date_end`, bindPeriod(statement, wanted)),
  };
  if (isSingle(definitions, type, parameter)) return column;
  return several(parameterId(parameter.code), column, wanted);
}

/**
 * Of several values the columns hold the span of all, and side rows each. What holds of the span holds of one of them for
 * every prefix but `ap`: there the span may reach over a gap.
 */
function several(param: number, column: Condition, wanted: SearchDate): Condition {
  const row = dateRow(param, null, wanted);
  if (wanted.prefix !== 'ap') return { kind: 'any', of: [column, row] };
  const alone: Condition = { kind: 'not', of: side('resource_date', param, null, () => 'true') };
  return { kind: 'any', of: [{ kind: 'all', of: [column, alone] }, row] };
}

/** A side row that compares so. */
export const dateRow = (param: number, companions: readonly number[] | null, wanted: SearchDate): Condition =>
  side('resource_date', param, companions, (row, { statement }) =>
    comparePeriods(wanted.prefix, `${row}.low`, `${row}.high`, bindPeriod(statement, wanted)),
  );
