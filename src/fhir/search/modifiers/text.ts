import { ok } from '../../outcome.ts';
import { anyOf, type Condition, conceptKeys, written } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { fold } from '../folding.ts';
import { parameterId } from '../hash.ts';
import { likePattern, stringContaining } from '../types/string.ts';
import { type Modifier, never } from './modifier.ts';

/** The text or display of a code holds the text; of a string, the string does. */
export const text: Modifier = {
  code: 'text',
  types: ['token', 'string'],
  denies: never,
  condition({ parameter }, values) {
    const param = parameterId(parameter.code);
    const holds = parameter.type === 'string' ? stringContaining : conceptContaining;
    return ok(anyOf(values.map((value) => holds(param, unescaped(value)))));
  },
};

const conceptContaining = (param: number, wanted: string): Condition =>
  written((place) => {
    const pattern = place.statement.bind(likePattern(fold(wanted)), 'text');
    return `${place.row}.keys && ${conceptKeys(place, param, (value) => `${value} like ${pattern}`)}`;
  });
