import type { Result } from '../../outcome.ts';
import { notSupported, ok } from '../../outcome.ts';
import { anyOf, type Condition } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { tokenCondition } from '../types/token.ts';
import type { Target } from '../types/type.ts';
import { valueSetTokens } from '../value-set.ts';
import { always, type Lookup, type Modifier, never } from './modifier.ts';

async function condition(target: Target, values: readonly string[], lookup: Lookup): Promise<Result<Condition>> {
  const conditions: Condition[] = [];
  for (const value of values) {
    const canonical = unescaped(value);
    const tokens = await valueSetTokens(target, lookup, canonical);
    if (!tokens)
      return notSupported(`${target.name}: the codes of the value set ${JSON.stringify(canonical)} are not known here`);
    conditions.push(tokenCondition(target, tokens));
  }
  return ok(anyOf(conditions));
}

/** A code of the value set, which is stored here or part of a loaded package. */
export const inValueSet: Modifier = { code: 'in', types: ['token'], denies: never, condition };

/** No code of the value set. */
export const notInValueSet: Modifier = { code: 'not-in', types: ['token'], denies: always, condition };
