import { ok } from '../../outcome.ts';
import { anyOf } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { parameterId } from '../hash.ts';
import { stringContaining, tooLongWithin } from '../types/string.ts';
import { type Modifier, never } from './modifier.ts';

/** The text anywhere in the string, whatever case and accents. */
export const contains: Modifier = {
  code: 'contains',
  types: ['string'],
  denies: never,
  condition({ parameter, name }, values) {
    const wanted = values.map(unescaped);
    for (const text of wanted) {
      const tooLong = tooLongWithin(name, text);
      if (tooLong) return tooLong;
    }
    return ok(anyOf(wanted.map((text) => stringContaining(parameterId(parameter.code), text))));
  },
};
