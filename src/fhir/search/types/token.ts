import { primary } from '../../definitions/primary.ts';
import type { Result } from '../../outcome.ts';
import { invalid, ok } from '../../outcome.ts';
import { allOf, type Condition, keys, written } from '../condition.ts';
import { splitEscaped, unescaped } from '../escape.ts';
import type { KeyKind } from '../hash.ts';
import { keyOf, type ParameterType, type Target } from './type.ts';

/** `system` null: whatever it is; empty: none. `code` empty: any of the system. */
export type Token = { system: string | null; code: string };

const form = 'code, system|code, |code or system|';

/** @returns a 400 for a value with nothing to look for, or with more than one `|` */
export function parseToken(name: string, value: string): Result<Token> {
  const parts = splitEscaped(value, '|');
  const [first = '', second] = parts;
  if (parts.length > 2 || (first === '' && !second))
    return invalid(`${name} must be ${form}, not ${JSON.stringify(value)}`);
  if (second === undefined) return ok({ system: null, code: unescaped(first) });
  return ok({ system: unescaped(first), code: unescaped(second) });
}

/** Kind and text of the key that a token has. https://hl7.org/fhir/R4/search.html#token */
export function tokenForm({ system, code }: Token): { kind: 'c' | 's' | 'n' | 'y'; text: string } {
  if (system === null) return { kind: 'c', text: code };
  if (system === '') return { kind: 'n', text: code };
  return code === '' ? { kind: 'y', text: system } : { kind: 's', text: `${system}|${code}` };
}

/** Parameters whose values are few rows' as a rule. */
const selective: ReadonlySet<string> = new Set(['identifier', 'phone', 'email', 'telecom']);

export const token: ParameterType = {
  type: 'token',
  form,
  condition(target, values) {
    const tokens = parseTokens(target.name, values);
    return tokens.ok ? ok(tokenCondition(target, tokens.value)) : tokens;
  },
};

/** Every value as a token, or the refusal of the first that is none. */
export function parseTokens(name: string, values: readonly string[]): Result<Token[]> {
  const tokens: Token[] = [];
  for (const value of values) {
    const parsed = parseToken(name, value);
    if (!parsed.ok) return parsed;
    tokens.push(parsed.value);
  }
  return ok(tokens);
}

/** Any of the tokens. Where all of them name a code of the primary code parameter, an index is chosen by it. */
export function tokenCondition(target: Target, tokens: readonly Token[]): Condition {
  const { code } = target.parameter;
  const held = tokens.map((one) => {
    const { kind, text } = tokenForm(one);
    return keyOf(target, kind, text);
  });
  if (primary(target.type).code !== code || tokens.some((one) => one.code === ''))
    return keys(held, selective.has(code));
  const codes = [...new Set(tokens.map((one) => keyOf(target, 'c', one.code)))];
  const bare = tokens.every((one) => one.system === null);
  const wanted: Condition = { kind: 'code', any: codes };
  // Said so that no index is chosen by it: the code has chosen one, and the system leaves out few rows.
  const ofSystem = written(({ statement, row }) => `(${row}.keys && ${statement.bind(held, 'bigint[]')}) is true`);
  return bare ? wanted : allOf([wanted, ofSystem]);
}

/** Any of the tokens, of Reference.identifier. */
export const identifierCondition = (target: Target, tokens: readonly Token[]): Condition =>
  keys(
    tokens.map((one) => {
      const { kind, text } = tokenForm(one);
      const inside: Record<typeof kind, KeyKind> = { c: 'ic', s: 'is', n: 'in', y: 'iy' };
      return keyOf(target, inside[kind], text);
    }),
    true,
  );
