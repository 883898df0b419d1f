import type { Result } from '../outcome.ts';
import { invalid, notSupported, ok, tooCostly } from '../outcome.ts';
import { escaped } from './escape.ts';
import { parseCriterion } from './parse.ts';
import type { Criterion } from './request.ts';
import { limits } from './request.ts';

/**
 * `_filter=name sw "Ann" and (birthdate ge 1990 or not (active eq false))`.
 *
 * @returns a 400 that names what is not understood: `value[…]` sub-filters and the terminology operators ss and sb are not
 * @see https://hl7.org/fhir/R4/search_filter.html
 */
export function parseFilter(text: string): Result<Criterion> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const reader: Reader = { tokens: tokens.value, at: 0, depth: 0, comparisons: 0 };
  const filter = either(reader);
  if (!filter.ok) return filter;
  const left = reader.tokens[reader.at];
  if (left !== undefined) return invalid(`_filter: ${JSON.stringify(left.text)} is not expected here`);
  // Always a list: an unknown parameter alone would be ignored, but inside a filter it is refused.
  return ok({ kind: 'all', of: [filter.value] });
}

/** `quoted` is a text in quotation marks: never a keyword. */
type Token = { text: string; quoted: boolean };
type Reader = { tokens: readonly Token[]; at: number; depth: number; comparisons: number };

const tokenPattern = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

function tokensOf(text: string): Result<Token[]> {
  const tokens: Token[] = [];
  if (text.length > 4000) return tooCostly('_filter is longer than 4000 characters');
  tokenPattern.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (tokenPattern.lastIndex < trimmed.length) {
    const from = tokenPattern.lastIndex;
    const found = tokenPattern.exec(trimmed);
    if (!found) return invalid(`_filter: cannot be read from ${JSON.stringify(trimmed.slice(from, from + 40))} on`);
    const quoted = found[2];
    tokens.push(
      quoted === undefined
        ? { text: found[1] ?? found[3] ?? '', quoted: false }
        : { text: quoted.replace(/\\(.)/g, '$1'), quoted: true },
    );
  }
  return ok(tokens);
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token !== undefined && !token.quoted && token.text === word;

function list(reader: Reader, word: 'and' | 'or', part: (reader: Reader) => Result<Criterion>): Result<Criterion> {
  const of: Criterion[] = [];
  for (;;) {
    const next = part(reader);
    if (!next.ok) return next;
    of.push(next.value);
    if (!isWord(reader.tokens[reader.at], word)) break;
    reader.at++;
  }
  const [only] = of;
  if (of.length === 1 && only) return ok(only);
  return ok({ kind: word === 'and' ? 'all' : 'any', of });
}

// `and` binds tighter than `or`.
const either = (reader: Reader): Result<Criterion> => list(reader, 'or', both);
const both = (reader: Reader): Result<Criterion> => list(reader, 'and', one);

function one(reader: Reader): Result<Criterion> {
  const token = reader.tokens[reader.at];
  if (token === undefined) return invalid('_filter ends where a comparison is expected');
  if (isWord(token, 'not')) {
    reader.at++;
    if (!isWord(reader.tokens[reader.at], '(')) return invalid('_filter: not is followed by a parenthesis');
    const inner = parenthesis(reader);
    return inner.ok ? ok({ kind: 'not', of: inner.value }) : inner;
  }
  if (isWord(token, '(')) return parenthesis(reader);
  return comparison(reader);
}

function parenthesis(reader: Reader): Result<Criterion> {
  if (++reader.depth > 20) return tooCostly('_filter nests more than 20 parentheses');
  reader.at++;
  const inner = either(reader);
  if (!inner.ok) return inner;
  if (!isWord(reader.tokens[reader.at], ')')) return invalid('_filter: a parenthesis is not closed');
  reader.at++;
  reader.depth--;
  return inner;
}

/** What an operator asks of a parameter: a modifier, a prefix in front of the value, and whether it is denied. */
type Operator = { modifier?: string; prefix?: string; denied?: boolean };

const operators = new Map<string, Operator>([
  ['eq', { modifier: 'filter-is' }],
  ['ne', { modifier: 'filter-is', denied: true }],
  ['co', { modifier: 'contains' }],
  ['sw', {}],
  ['ew', { modifier: 'filter-ends' }],
  ['gt', { prefix: 'gt' }],
  ['lt', { prefix: 'lt' }],
  ['ge', { prefix: 'ge' }],
  ['le', { prefix: 'le' }],
  ['ap', { prefix: 'ap' }],
  ['sa', { prefix: 'sa' }],
  ['eb', { prefix: 'eb' }],
  ['po', { modifier: 'filter-overlaps' }],
  ['in', { modifier: 'in' }],
  ['ni', { modifier: 'not-in' }],
  ['re', {}],
]);

function comparison(reader: Reader): Result<Criterion> {
  const [name, word, value] = reader.tokens.slice(reader.at, reader.at + 3);
  if (!name || !word || !value || name.quoted || isWord(value, '(') || isWord(value, ')'))
    return invalid('_filter: a comparison is a parameter, an operator and a value');
  if (++reader.comparisons > limits.parameters)
    return tooCostly(`_filter has more than ${limits.parameters} comparisons`);
  reader.at += 3;
  if (!/^[\w.:-]+$/.test(name.text))
    return notSupported(
      `_filter: ${JSON.stringify(name.text)} is not a parameter; filters in brackets are not supported`,
    );
  if (word.text === 'pr') {
    if (value.text !== 'true' && value.text !== 'false') return invalid('_filter: pr is followed by true or false');
    return parseCriterion(`${name.text}:missing`, value.text === 'true' ? 'false' : 'true');
  }
  const operator = operators.get(word.text);
  if (!operator)
    return notSupported(
      `_filter: the operator ${JSON.stringify(word.text)} is not supported; ${[...operators.keys()].join(', ')} and pr are`,
    );
  const text = value.quoted ? escaped(value.text) : value.text.replaceAll(',', '\\,');
  const asked = parseCriterion(
    operator.modifier ? `${name.text}:${operator.modifier}` : name.text,
    `${operator.prefix ?? ''}${text}`,
  );
  if (!asked.ok) return asked;
  return operator.denied ? ok({ kind: 'not', of: asked.value }) : asked;
}
