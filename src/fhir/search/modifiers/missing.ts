import { invalid, ok } from '../../outcome.ts';
import { written } from '../condition.ts';
import { parameterId } from '../hash.ts';
import type { Modifier } from './modifier.ts';

/** `birthdate:missing=true`: the parameter has no value. */
export const missing: Modifier = {
  code: 'missing',
  types: ['number', 'date', 'string', 'token', 'reference', 'composite', 'quantity', 'uri', 'special'],
  denies: ([value]) => value === 'true',
  condition({ name, parameter }, values) {
    const [value] = values;
    if (values.length !== 1 || (value !== 'true' && value !== 'false'))
      return invalid(`${name} must be true or false, not ${JSON.stringify(values.join(','))}`);
    const param = parameterId(parameter.code);
    return ok(written(({ row }) => `${param} = any(${row}.present)`));
  },
};
