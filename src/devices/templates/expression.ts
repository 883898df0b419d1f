import {
  compile as compileJmesPath,
  type JSONValue,
  register,
  TreeInterpreter,
  TYPE_NUMBER,
  TYPE_STRING,
} from '@jmespath-community/jmespath';
import { JSONPathEnvironment } from 'json-p3';

import type { Expression } from './mapping.ts';

/** What an expression found, and where: `data[0].bpm`; a JMESPath has no places. */
export type Found = { value: unknown; path: string | null };

export type Compiled = (data: unknown) => Found[];

const jsonPaths = new JSONPathEnvironment({ maxRecursionDepth: 100 });
// Patterns that are matched in time that grows beyond measure are none that a template needs.
for (const name of ['match', 'search']) jsonPaths.functionRegister.delete(name);

/** `$['data'][0]['heart-rate']` as `data[0].heart-rate`. */
const plain = (path: string): string =>
  path
    .replace(/^\$/, '')
    .replaceAll(/\['((?:[^'\\]|\\.)*)'\]/g, '.$1')
    .replace(/^\./, '');

let isRegistered = false;

/** The functions that device mapping templates have beside those of JMESPath. */
function registerFunctions(): void {
  if (isRegistered) return;
  isRegistered = true;
  const two = [{ types: [TYPE_NUMBER] }, { types: [TYPE_NUMBER] }];
  const numbers = (args: readonly unknown[]): [number, number] => [Number(args[0]), Number(args[1])];
  const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    divide: (a, b) => a / b,
    pow: (a, b) => a ** b,
  };
  for (const [name, of] of Object.entries(arithmetic)) register(name, (args) => of(...numbers(args)), two);
  register(
    'insertString',
    ([text, part, at]) => {
      const [into, from] = [String(text), Number(at)];
      return `${into.slice(0, from)}${String(part)}${into.slice(from)}`;
    },
    [{ types: [TYPE_STRING] }, { types: [TYPE_STRING] }, { types: [TYPE_NUMBER] }],
  );
  const substring = [{ types: [TYPE_STRING] }, { types: [TYPE_NUMBER] }, { types: [TYPE_NUMBER], optional: true }];
  register(
    'substring',
    ([text, at, length]) => {
      const from = Number(at);
      return String(text).slice(from, length === undefined ? undefined : from + Number(length));
    },
    substring,
  );
  const instant = (ms: number): JSONValue => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null);
  register('fromUnixTimestamp', ([at]) => instant(Number(at) * 1000), [{ types: [TYPE_NUMBER] }]);
  register('fromUnixTimestampMs', ([at]) => instant(Number(at)), [{ types: [TYPE_NUMBER] }]);
}

/** @throws where the expression is none of its language */
export function compileExpression({ language, text, self }: Expression): Compiled {
  if (language === 'jmespath') {
    registerFunctions();
    const node = compileJmesPath(text);
    // What is read of JSON is of JSON's types.
    return (data) => {
      const value = TreeInterpreter.search(node, data as JSONValue);
      return (Array.isArray(value) ? value : [value]).map((one) => ({ value: one, path: null }));
    };
  }
  const query = jsonPaths.compile(text);
  return (data) => {
    // As above.
    const root = (self === true ? [data] : data) as Parameters<typeof query.query>[0];
    return query.query(root).nodes.map((node) => ({
      value: node.value,
      path: plain(self === true ? node.path.replace(/^\$\[0\]/, '$') : node.path),
    }));
  };
}

/** Why a text is no expression; null: it is one. */
export function faultOf(expression: Expression): string | null {
  try {
    compileExpression(expression);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : 'it is none';
  }
}
