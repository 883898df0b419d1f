import { ok } from '../../outcome.ts';
import { identifierCondition, parseToken, type Token } from '../types/token.ts';
import { type Modifier, never } from './modifier.ts';

/** What the reference says of its target's identifier, whether or not the target is here. */
export const identifier: Modifier = {
  code: 'identifier',
  types: ['reference'],
  denies: never,
  condition(target, values) {
    const tokens: Token[] = [];
    for (const value of values) {
      const parsed = parseToken(target.name, value);
      if (!parsed.ok) return parsed;
      tokens.push(parsed.value);
    }
    return ok(identifierCondition(target, tokens));
  },
};
