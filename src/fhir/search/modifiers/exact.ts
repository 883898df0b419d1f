import { ok } from '../../outcome.ts';
import { keys } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { keyOf } from '../types/type.ts';
import { type Modifier, never } from './modifier.ts';

/** The whole string, with its case and accents. */
export const exact: Modifier = {
  code: 'exact',
  types: ['string'],
  denies: never,
  condition: (target, values) => ok(keys(values.map((value) => keyOf(target, 'e', unescaped(value))))),
};
