import { invalid, ok, type Result } from '../../outcome.ts';
import { anyOf, type Condition, side } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { fold, foldedValue, longestWithin } from '../folding.ts';
import { parameterId } from '../hash.ts';
import { later } from '../row.ts';
import type { Place } from '../statement.ts';
import type { ParameterType } from './type.ts';

/** https://hl7.org/fhir/R4/search.html#string */
export const string: ParameterType = {
  type: 'string',
  form: 'a text',
  condition(target, values) {
    const param = parameterId(target.parameter.code);
    return ok(anyOf(values.map((value) => stringRow(param, null, unescaped(value)))));
  },
};

/** A side row that begins so, whatever case and accents. */
export const stringRow = (param: number, companions: readonly number[] | null, text: string): Condition =>
  side('resource_string', param, companions, (row, place) => beginsWith(`${row}.value`, foldedValue(text), place));

/** A range and not `like`, whose pattern the planner of a prepared statement cannot see. */
function beginsWith(column: string, text: string, { statement }: Place): string {
  const from = statement.bind(text, 'text');
  const to = statement.bind(`${text}\u{10ffff}`, 'text');
  return `(${column} >= ${from} collate "C" and ${column} < ${to} collate "C")`;
}

/** A LIKE pattern for a text with anything around it. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Why a text cannot be looked for anywhere in a string, or null. */
export const tooLongWithin = (name: string, text: string): Result<never> | null =>
  fold(text).length > longestWithin
    ? invalid(`${name} takes a text of at most ${longestWithin} characters`, name)
    : null;

/** A side row that holds the text anywhere; it is no longer than tooLongWithin allows. */
export const stringContaining = (param: number, text: string): Condition =>
  side('resource_string', param, [0, later], (row, { statement }) => {
    const pattern = statement.bind(likePattern(fold(text)), 'text');
    return `${row}.value like ${pattern}`;
  });
