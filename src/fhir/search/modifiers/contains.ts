import { ok } from '../../outcome.ts';
import { anyOf } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { parameterId } from '../hash.ts';
import { stringContaining } from '../types/string.ts';
import { type Modifier, never } from './modifier.ts';

/** The text anywhere in the string, whatever case and accents. */
export const contains: Modifier = {
  code: 'contains',
  types: ['string'],
  denies: never,
  condition: ({ parameter }, values) =>
    ok(anyOf(values.map((value) => stringContaining(parameterId(parameter.code), unescaped(value))))),
};
