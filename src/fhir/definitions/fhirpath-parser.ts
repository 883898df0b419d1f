/**
 * A FHIRPath expression as a tree. `on` is what an invocation is applied to; null is the context of the expression.
 * Parentheses leave no node: the tree has the precedence.
 *
 * @see http://hl7.org/fhirpath/N1/grammar.html
 */
export type FhirPath =
  | { kind: 'string' | 'date' | 'time' | 'constant'; text: string }
  | { kind: 'number'; value: number; text: string }
  | { kind: 'quantity'; value: number; text: string; unit: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'empty' }
  /** `$this`, `$index` or `$total`. */
  | { kind: 'variable'; name: '$this' | '$index' | '$total' }
  /** `name` may be a type when `on` is null: `Patient.name`. */
  | { kind: 'member'; on: FhirPath | null; name: string }
  | { kind: 'call'; on: FhirPath | null; name: string; args: readonly FhirPath[] }
  | { kind: 'index'; on: FhirPath; index: FhirPath }
  | { kind: 'sign'; sign: '-' | '+'; operand: FhirPath }
  | { kind: 'type'; operator: 'is' | 'as'; operand: FhirPath; type: string }
  | { kind: 'binary'; operator: BinaryOperator; left: FhirPath; right: FhirPath };

/** Loosest first; the number is how tightly it binds. */
const precedence = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
} as const;

export type BinaryOperator = Exclude<keyof typeof precedence, 'is' | 'as'>;

type Token = {
  kind: 'string' | 'quoted' | 'date' | 'time' | 'number' | 'constant' | 'variable' | 'name' | 'symbol' | 'end';
  text: string;
  at: number;
};

/** What is wrong with an expression, and where it begins to be. */
export class FhirPathSyntaxError extends Error {}

const space = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const tokens: readonly [Token['kind'], RegExp][] = [
  ['string', /'(?:[^'\\]|\\.)*'/y],
  ['quoted', /`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/y],
  ['time', /@T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?/y],
  ['date', /@\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)?(?:Z|[+-]\d\d:\d\d)?)?/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['constant', /%(?:[\w-]+|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)/y],
  ['variable', /\$(?:this|index|total)\b/y],
  ['name', /[A-Za-z_]\w*/y],
  ['symbol', /<=|>=|!=|!~|[-+*/&|=~<>()[\]{},.]/y],
];

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, character: string | undefined) =>
    hex === undefined ? (escapes[character ?? ''] ?? character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );

function textOf(kind: Token['kind'], raw: string): string {
  if (kind === 'string' || kind === 'quoted') return unescaped(raw.slice(1, -1));
  if (kind === 'date' || kind === 'time') return raw.slice(1);
  if (kind === 'constant') return /^%['`]/.test(raw) ? unescaped(raw.slice(2, -1)) : raw.slice(1);
  return raw;
}

function tokenize(expression: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; ; ) {
    space.lastIndex = at;
    space.exec(expression);
    at = space.lastIndex;
    if (at >= expression.length) break;
    let end = -1;
    for (const [kind, pattern] of tokens) {
      pattern.lastIndex = at;
      const match = pattern.exec(expression);
      if (match === null) continue;
      found.push({ kind, text: textOf(kind, match[0]), at });
      end = at + match[0].length;
      break;
    }
    if (end < 0) throw new FhirPathSyntaxError(`"${expression.slice(at, at + 12)}" at ${at} is not FHIRPath`);
    at = end;
  }
  found.push({ kind: 'end', text: 'the end', at: expression.length });
  return found;
}

const calendarUnits = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/;
/** Deep enough for every expression people write, shallow enough for the stack. */
const maxDepth = 200;

/**
 * The tree of an expression.
 *
 * @throws FhirPathSyntaxError when it is not FHIRPath
 */
export function parse(expression: string): FhirPath {
  const list = tokenize(expression);
  let next = 0;
  let depth = 0;
  const end: Token = { kind: 'end', text: 'the end', at: expression.length };
  const peek = (): Token => list[next] ?? end;
  const take = (): Token => list[next++] ?? end;
  const unexpected = (token: Token): FhirPathSyntaxError =>
    new FhirPathSyntaxError(`unexpected ${token.text} at ${token.at} in "${expression}"`);
  const isSymbol = (text: string): boolean => peek().kind === 'symbol' && peek().text === text;
  const expect = (text: string): void => {
    const token = take();
    if (token.kind !== 'symbol' || token.text !== text) throw unexpected(token);
  };

  const typeName = (): string => {
    let name = '';
    for (;;) {
      const token = take();
      if (token.kind !== 'name' && token.kind !== 'quoted') throw unexpected(token);
      name += token.text;
      if (!isSymbol('.')) return name;
      next++;
      name += '.';
    }
  };

  const args = (): FhirPath[] => {
    const values: FhirPath[] = [];
    if (!isSymbol(')')) values.push(binary(0));
    while (values.length > 0 && isSymbol(',')) {
      next++;
      values.push(binary(0));
    }
    expect(')');
    return values;
  };

  const invocation = (on: FhirPath | null): FhirPath => {
    const token = take();
    if (token.kind === 'variable') return { kind: 'variable', name: token.text as '$this' | '$index' | '$total' }; // the pattern has no other
    if (token.kind !== 'name' && token.kind !== 'quoted') throw unexpected(token);
    if (token.kind !== 'name' || !isSymbol('(')) return { kind: 'member', on, name: token.text };
    next++;
    return { kind: 'call', on, name: token.text, args: args() };
  };

  const number = (text: string): FhirPath => {
    const unit = peek();
    const value = Number(text);
    if (unit.kind === 'string' || (unit.kind === 'name' && calendarUnits.test(unit.text))) {
      next++;
      return { kind: 'quantity', value, text, unit: unit.text };
    }
    return { kind: 'number', value, text };
  };

  const symbol = (token: Token): FhirPath => {
    if (token.text === '(') {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    if (token.text === '-' || token.text === '+') return { kind: 'sign', sign: token.text, operand: postfix() };
    if (token.text !== '{') throw unexpected(token);
    expect('}');
    return { kind: 'empty' };
  };

  const term = (): FhirPath => {
    const token = peek();
    if (token.kind === 'end') throw unexpected(token);
    if (token.kind === 'quoted' || token.kind === 'variable') return invocation(null);
    if (token.kind === 'name' && token.text !== 'true' && token.text !== 'false') return invocation(null);
    next++;
    if (token.kind === 'name') return { kind: 'boolean', value: token.text === 'true' };
    if (token.kind === 'number') return number(token.text);
    if (token.kind === 'symbol') return symbol(token);
    return { kind: token.kind as 'string' | 'date' | 'time' | 'constant', text: token.text }; // the kinds that are left
  };

  const postfix = (): FhirPath => {
    if (++depth > maxDepth) throw new FhirPathSyntaxError(`"${expression.slice(0, 40)}…" is nested too deeply`);
    let tree = term();
    for (;;) {
      if (isSymbol('.')) {
        next++;
        tree = invocation(tree);
      } else if (isSymbol('[')) {
        next++;
        tree = { kind: 'index', on: tree, index: binary(0) };
        expect(']');
      } else break;
    }
    depth--;
    return tree;
  };

  const binary = (above: number): FhirPath => {
    let left = postfix();
    for (;;) {
      const { kind, text } = peek();
      const known = (kind === 'symbol' || kind === 'name') && Object.hasOwn(precedence, text);
      if (!known) break;
      const operator = text as keyof typeof precedence; // hasOwn has just said so
      if (precedence[operator] <= above) break;
      next++;
      left =
        operator === 'is' || operator === 'as'
          ? { kind: 'type', operator, operand: left, type: typeName() }
          : { kind: 'binary', operator, left, right: binary(precedence[operator]) };
    }
    return left;
  };

  const tree = binary(0);
  if (peek().kind !== 'end') throw unexpected(peek());
  return tree;
}
