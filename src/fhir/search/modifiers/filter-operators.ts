import { ok } from '../../outcome.ts';
import { anyOf, type Condition, side } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { foldedValue } from '../folding.ts';
import { parameterId } from '../hash.ts';
import { dateCondition, wantedDate } from '../types/date.ts';
import { parameterTypes } from '../types/index.ts';
import { type Modifier, never } from './modifier.ts';

/** `eq` of _filter: the whole string, whatever case; of other types the value as it is. */
export const is: Modifier = {
  code: 'filter-is',
  types: ['number', 'date', 'string', 'token', 'reference', 'composite', 'quantity', 'uri'],
  denies: never,
  condition(target, values) {
    const { type, code } = target.parameter;
    if (type !== 'string') return parameterTypes[type].condition(target, values);
    return ok(
      anyOf(
        values.map((value) =>
          side('resource_string', parameterId(code), null, (row, { statement }) => {
            return `${row}.value = ${statement.bind(foldedValue(unescaped(value)), 'text')}`;
          }),
        ),
      ),
    );
  },
};

/** `ew` of _filter: the string ends so. */
export const ends: Modifier = {
  code: 'filter-ends',
  types: ['string'],
  denies: never,
  condition: ({ parameter }, values) =>
    ok(
      anyOf(
        values.map((value) =>
          side('resource_string', parameterId(parameter.code), null, (row, { statement }) => {
            const text = foldedValue(unescaped(value)).replace(/[\\%_]/g, '\\$&');
            return `${row}.value like ${statement.bind(`%${text}`, 'text')}`;
          }),
        ),
      ),
    ),
};

/** `po` of _filter: the periods have an instant in common. */
export const overlaps: Modifier = {
  code: 'filter-overlaps',
  types: ['date'],
  denies: never,
  condition(target, values) {
    const conditions: Condition[] = [];
    for (const value of values) {
      const wanted = wantedDate(target.name, value, target.now);
      if (!wanted.ok) return wanted;
      // What `ap` asks is an overlap; only here it is with the date itself.
      conditions.push(dateCondition(target, { ...wanted.value, prefix: 'ap' }));
    }
    return ok(anyOf(conditions));
  },
};
