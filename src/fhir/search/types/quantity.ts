import { primary } from '../../definitions/primary.ts';
import type { Result } from '../../outcome.ts';
import { invalid, ok } from '../../outcome.ts';
import { allOf, anyOf, type Condition, keys, side } from '../condition.ts';
import { splitEscaped, unescaped } from '../escape.ts';
import { key, parameterId } from '../hash.ts';
import { bindAmount, type SearchNumber, searchNumber } from '../numbers.ts';
import { compareAmounts } from '../prefixes.ts';
import { canonical } from '../ucum.ts';
import { numberRow } from './number.ts';
import type { ParameterType, Target } from './type.ts';

const form = 'number, number|system|code or number||unit, with a prefix or without';
const ucum = 'http://unitsofmeasure.org';

/** A quantity that is searched for. `base` is in the base unit of UCUM, null for a unit that it does not know. */
type SearchQuantity = { written: SearchNumber; unit: string | null; base: SearchNumber | null };

/** @see https://hl7.org/fhir/R4/search.html#quantity */
export function searchQuantity(name: string, value: string): Result<SearchQuantity> {
  const parts = splitEscaped(value, '|').map(unescaped);
  const [amount = '', system = '', code = ''] = parts;
  const written = searchNumber(amount);
  if (!written || (parts.length !== 1 && parts.length !== 3))
    return invalid(`${name} must be ${form}, not ${JSON.stringify(value)}`);
  if (code === '') return ok({ written, unit: null, base: null });
  const exact = system === '' || system === ucum ? canonical(written.exact, code) : null;
  if (!exact) return ok({ written, unit: code, base: null });
  const from = canonical(written.from, code)?.value ?? exact.value;
  const to = canonical(written.to, code)?.value ?? exact.value;
  return ok({ written, unit: exact.base, base: { prefix: written.prefix, exact: exact.value, from, to } });
}

export const quantity: ParameterType = {
  type: 'quantity',
  form,
  condition(target, values) {
    const conditions: Condition[] = [];
    for (const value of values) {
      const wanted = searchQuantity(target.name, value);
      if (!wanted.ok) return wanted;
      conditions.push(quantityCondition(target, wanted.value));
    }
    return ok(anyOf(conditions));
  },
};

export function quantityCondition(target: Target, wanted: SearchQuantity): Condition {
  const { code } = target.parameter;
  const row = quantityRow(target, null, wanted);
  // A Range, samples or a value with a comparator are in side rows, and then the columns are empty.
  return primary(target.type).quantity === code ? anyOf([inColumns(target, wanted), row]) : row;
}

const unitKey = ({ tenant, type, parameter }: Target, unit: string): number =>
  key(tenant, type, parameter.code, 'q', unit);

function inColumns(target: Target, { written, unit, base }: SearchQuantity): Condition {
  const column = base ? 'quantity_base' : 'quantity';
  const value: Condition = {
    kind: 'written',
    ...(base ? {} : { column: 'quantity' }),
    write: ({ statement, row }) =>
      compareAmounts(written.prefix, `${row}.${column}`, `${row}.${column}`, bindAmount(statement, base ?? written)),
  };
  return unit === null ? value : allOf([keys([unitKey(target, unit)]), value]);
}

/** A side row that compares so, in the base unit where there is one. */
export function quantityRow(target: Target, companions: readonly number[] | null, wanted: SearchQuantity): Condition {
  const { written, unit, base } = wanted;
  const param = parameterId(target.parameter.code);
  if (unit === null) return numberRow(param, companions, written);
  return side('resource_number', param, companions, (row, { statement }) => {
    const [low, high] = base ? [`${row}.base_low`, `${row}.base_high`] : [`${row}.low`, `${row}.high`];
    const value = compareAmounts(written.prefix, low, high, bindAmount(statement, base ?? written));
    return `${row}.unit = ${statement.bind(unitKey(target, unit), 'bigint')} and ${value}`;
  });
}
