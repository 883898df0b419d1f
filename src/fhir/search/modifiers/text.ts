import { ok } from '../../outcome.ts';
import { anyOf, type Condition, conceptKeys, written } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { fold } from '../folding.ts';
import { parameterId } from '../hash.ts';
import { likePattern } from '../types/string.ts';
import { contains } from './contains.ts';
import { type Modifier, never } from './modifier.ts';

/** The text or display of a code holds the text; of a string, the string does. */
export const text: Modifier = {
  code: 'text',
  types: ['token', 'string'],
  denies: never,
  condition(target, values, asking) {
    const { parameter } = target;
    if (parameter.type === 'string') return contains.condition(target, values, asking);
    const param = parameterId(parameter.code);
    return ok(anyOf(values.map((value) => conceptContaining(param, unescaped(value)))));
  },
};

const conceptContaining = (param: number, wanted: string): Condition =>
  written((place) => {
    const pattern = place.statement.bind(likePattern(fold(wanted)), 'text');
    return `${place.row}.keys && ${conceptKeys(place, param, (value) => `${value} like ${pattern}`)}`;
  });
