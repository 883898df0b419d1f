import { invalid, ok } from '../../outcome.ts';
import { keys } from '../condition.ts';
import { splitEscaped, unescaped } from '../escape.ts';
import { keyOf } from '../types/type.ts';
import { type Modifier, never } from './modifier.ts';

/** An Identifier by its type: `identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|12345`. */
export const ofType: Modifier = {
  code: 'of-type',
  types: ['token'],
  denies: never,
  condition(target, values) {
    const held: number[] = [];
    for (const value of values) {
      const parts = splitEscaped(value, '|').map(unescaped);
      if (parts.length !== 3 || parts.some((part) => part === ''))
        return invalid(`${target.name} must be type system|type code|value, not ${JSON.stringify(value)}`);
      held.push(keyOf(target, 'o', parts.join('|')));
    }
    return ok(keys(held, true));
  },
};
