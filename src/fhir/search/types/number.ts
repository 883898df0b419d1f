import { invalid, ok } from '../../outcome.ts';
import { anyOf, type Condition, side } from '../condition.ts';
import { parameterId } from '../hash.ts';
import { bindAmount, type SearchNumber, searchNumber } from '../numbers.ts';
import { compareAmounts } from '../prefixes.ts';
import type { ParameterType } from './type.ts';

const form = 'a number as 5.4, -1 or 1e2, with a prefix or without';

/** https://hl7.org/fhir/R4/search.html#number */
export const number: ParameterType = {
  type: 'number',
  form,
  condition(target, values) {
    const conditions: Condition[] = [];
    for (const value of values) {
      const wanted = searchNumber(value);
      if (!wanted) return invalid(`${target.name} must be ${form}, not ${JSON.stringify(value)}`);
      conditions.push(numberRow(parameterId(target.parameter.code), null, wanted));
    }
    return ok(anyOf(conditions));
  },
};

/** A side row whose value, as it was written, compares so. */
export const numberRow = (param: number, companions: readonly number[] | null, wanted: SearchNumber): Condition =>
  side('resource_number', param, companions, (row, { statement }) =>
    compareAmounts(wanted.prefix, `${row}.low`, `${row}.high`, bindAmount(statement, wanted)),
  );
