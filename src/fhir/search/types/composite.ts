import type { SearchParameterDef } from '../../definitions/definitions.ts';
import { primary } from '../../definitions/primary.ts';
import { searchParameterByUrl } from '../../definitions/search-parameters.ts';
import type { Result } from '../../outcome.ts';
import { invalid, notSupported, ok } from '../../outcome.ts';
import { allOf, anyOf, type Condition, keys, side } from '../condition.ts';
import { splitEscaped, unescaped } from '../escape.ts';
import { parameterId } from '../hash.ts';
import { bindAmount, searchNumber } from '../numbers.ts';
import { compareAmounts } from '../prefixes.ts';
import { dateRow, wantedDate } from './date.ts';
import { numberRow } from './number.ts';
import { quantityCondition, quantityRow, searchQuantity } from './quantity.ts';
import { parsePointer, pointerText } from './reference.ts';
import { stringRow } from './string.ts';
import { parseToken, tokenCondition, tokenForm } from './token.ts';
import { keyOf, type ParameterType, type Target } from './type.ts';

/** Two values of one element, joined by `$`. https://hl7.org/fhir/R4/search.html#composite */
export const composite: ParameterType = {
  type: 'composite',
  form: 'two values joined by $',
  condition(target, values) {
    const components = target.parameter.component.map(({ definition }) =>
      searchParameterByUrl(target.definitions, definition),
    );
    const conditions: Condition[] = [];
    for (const value of values) {
      const one = pair(target, components, splitEscaped(value, '$'));
      if (!one.ok) return one;
      conditions.push(one.value);
    }
    return ok(anyOf(conditions));
  },
};

function pair(
  target: Target,
  components: readonly (SearchParameterDef | undefined)[],
  parts: readonly string[],
): Result<Condition> {
  const [first, second, third] = components;
  const [left, right, last] = parts;
  if (!first || !second) return notSupported(`${target.name} is not supported`);
  if (!left || !right || parts.length !== components.length || (third && !last)) {
    const form = components.map((one) => one?.code).join('$');
    return invalid(`${target.name} must be ${form}, not ${JSON.stringify(parts.join('$'))}`);
  }
  if (third && last) return coordinates(target, first, left, right, last);
  if (inColumns(target, first, second)) return both(target, first, second, left, right);
  const half = formOf(target, first, left);
  if (!half.ok) return half;
  if (second.type === 'token' || second.type === 'reference') {
    const other = formOf(target, second, right);
    if (!other.ok) return other;
    return ok(keys([keyOf(target, 'p', `${half.value.text}$${other.value.text}`)]));
  }
  return beside(target, second, right, [keyOf(target, half.value.kind, half.value.text)]);
}

/** A token and two numbers, as MolecularSequence has them: the row runs from the first number to the second. */
function coordinates(
  target: Target,
  first: SearchParameterDef,
  left: string,
  start: string,
  end: string,
): Result<Condition> {
  const half = formOf(target, first, left);
  if (!half.ok) return half;
  const low = searchNumber(start);
  const high = searchNumber(end);
  if (!low || !high) return invalid(`${target.name}: the second and third part are numbers`);
  const companion = keyOf(target, half.value.kind, half.value.text);
  return ok(
    side('resource_number', parameterId(target.parameter.code), [companion], (row, { statement }) => {
      const from = compareAmounts(low.prefix, `${row}.low`, `${row}.low`, bindAmount(statement, low));
      const to = compareAmounts(high.prefix, `${row}.high`, `${row}.high`, bindAmount(statement, high));
      return `${from} and ${to}`;
    }),
  );
}

/** Both hang on the root and have columns: then the pair is the two of them together. */
const inColumns = ({ type }: Target, first: SearchParameterDef, second: SearchParameterDef): boolean =>
  primary(type).quantity === second.code && primary(type).code === first.code;

function both(
  target: Target,
  first: SearchParameterDef,
  second: SearchParameterDef,
  left: string,
  right: string,
): Result<Condition> {
  const code = parseToken(target.name, left);
  if (!code.ok) return code;
  const amount = searchQuantity(target.name, right);
  if (!amount.ok) return amount;
  return ok(
    allOf([
      tokenCondition({ ...target, parameter: first }, [code.value]),
      quantityCondition({ ...target, parameter: second }, amount.value),
    ]),
  );
}

/** The text by which half of a composite is hashed. A composite has the forms `code` and `system|code` only. */
function formOf(target: Target, part: SearchParameterDef, text: string): Result<{ kind: 'c' | 's'; text: string }> {
  if (part.type === 'reference') {
    const pointer = parsePointer(unescaped(text), target.base);
    if (!pointer) return invalid(`${target.name}: ${JSON.stringify(text)} is not a reference`);
    return ok({ kind: 'c', text: pointerText(pointer) });
  }
  const token = parseToken(target.name, text);
  if (!token.ok) return token;
  const form = tokenForm(token.value);
  if (form.kind === 'y') return notSupported(`${target.name}: system| alone is not supported in a composite`);
  return ok({ kind: form.kind === 's' ? 's' : 'c', text: form.text });
}

/** The other half as a side row, whose companion is the first. */
function beside(
  target: Target,
  part: SearchParameterDef,
  value: string,
  companions: readonly number[],
): Result<Condition> {
  const param = parameterId(target.parameter.code);
  switch (part.type) {
    case 'quantity': {
      const wanted = searchQuantity(target.name, value);
      return wanted.ok ? ok(quantityRow(target, companions, wanted.value)) : wanted;
    }
    case 'number': {
      const wanted = searchNumber(value);
      if (!wanted) return invalid(`${target.name}: ${JSON.stringify(value)} is not a number`);
      return ok(numberRow(param, companions, wanted));
    }
    case 'date': {
      const wanted = wantedDate(target.name, value, target.now);
      return wanted.ok ? ok(dateRow(param, companions, wanted.value)) : wanted;
    }
    case 'string':
      return ok(stringRow(param, companions, unescaped(value)));
    default:
      return notSupported(`${target.name}: a composite with a ${part.type} in second place is not supported`);
  }
}
