import { ok } from '../../outcome.ts';
import { identifierCondition, parseTokens } from '../types/token.ts';
import { type Modifier, never } from './modifier.ts';

/** What the reference says of its target's identifier, whether or not the target is here. */
export const identifier: Modifier = {
  code: 'identifier',
  types: ['reference'],
  denies: never,
  condition(target, values) {
    const tokens = parseTokens(target.name, values);
    return tokens.ok ? ok(identifierCondition(target, tokens.value)) : tokens;
  },
};
