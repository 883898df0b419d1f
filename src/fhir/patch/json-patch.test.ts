import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { parseLossless, sameJson } from '../lossless.ts';
import { applyJsonPatch } from './json-patch.ts';

const shared = process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../../shared');
const cases = join(shared, 'cases/r4/patch/json-patch-tests.json');

type Case = { comment?: string; doc: unknown; patch: unknown; expected?: unknown; error?: string };

describe('the published JSON Patch cases', () => {
  test.runIf(existsSync(cases))('pass, every one', () => {
    const list: Case[] = JSON.parse(readFileSync(cases, 'utf8'));
    const failed = list.filter(({ doc, patch, expected }) => {
      const result = applyJsonPatch(JSON.stringify(doc), JSON.stringify(patch));
      if (expected === undefined) return result.ok;
      return !result.ok || !sameJson(parseLossless(result.value), expected);
    });
    console.log(`JSON Patch cases: ${list.length - failed.length} of ${list.length} pass`);
    expect(failed).toEqual([]);
  });
  test.skipIf(existsSync(cases))(`are skipped: ${cases} is not there`, () => {});
});

test.each([
  ['{"a":1.50,"b":[1]}', '[{"op":"add","path":"/b/-","value":2.0}]', '{"a":1.50,"b":[1,2.0]}'],
  ['{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":"/c"},{"op":"remove","path":"/a/b"}]', '{"a":{},"c":{"b":1}}'],
  ['{"a":1.0}', '[{"op":"test","path":"/a","value":1}]', '{"a":1.0}'],
  [
    '{"":1,"a/b":2,"m~n":3}',
    '[{"op":"remove","path":"/"},{"op":"replace","path":"/a~1b","value":null},{"op":"remove","path":"/m~0n"}]',
    '{"a/b":null}',
  ],
  ['[1,2,3]', '[{"op":"move","from":"/0","path":"/2"}]', '[2,3,1]'],
  ['{"a":1}', '[{"op":"replace","path":"","value":{"b":2}}]', '{"b":2}'],
  ['{"a":{"b":1}}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":{"b":1}}'],
])('%s after %s is %s', (content, patch, expected) => {
  expect(applyJsonPatch(content, patch)).toEqual({ ok: true, value: expected });
});

test.each([
  ['[{"op":"add","path":"/x/y","value":1}]', 422, 'JSON Patch operation 0 (add /x/y): there is nothing at /x'],
  ['[{"op":"remove","path":"/name/7"}]', 422, 'JSON Patch operation 0 (remove /name/7): there is nothing at /name/7'],
  [
    '[{"op":"add","path":"/name/01","value":1}]',
    422,
    'JSON Patch operation 0 (add /name/01): 01 is not a place in an array of 1',
  ],
  [
    '[{"op":"add","path":"/name/3","value":1}]',
    422,
    'JSON Patch operation 0 (add /name/3): 3 is not a place in an array of 1',
  ],
  ['[{"op":"remove","path":"/name/-"}]', 422, 'JSON Patch operation 0 (remove /name/-): there is nothing at /name/-'],
  ['[{"op":"test","path":"/id","value":"q"}]', 422, 'JSON Patch operation 0 (test /id): the value there is another'],
  [
    '[{"op":"add","path":"/id/x","value":1}]',
    422,
    'JSON Patch operation 0 (add /id/x): /id is a primitive and has nothing inside',
  ],
  [
    '[{"op":"move","from":"/name","path":"/name/0"}]',
    422,
    'JSON Patch operation 0 (move /name/0): a value cannot be moved into itself',
  ],
  [
    '[{"op":"add","path":"/__proto__/x","value":1}]',
    400,
    'JSON Patch operation 0 (add /__proto__/x): __proto__ is not an element',
  ],
  [
    '[{"op":"add","path":"/constructor/prototype/x","value":1}]',
    422,
    'JSON Patch operation 0 (add /constructor/prototype/x): there is nothing at /constructor',
  ],
  [
    '[{"op":"add","path":"id","value":1}]',
    400,
    'JSON Patch operation 0 (add id): "path" must be a JSON Pointer, as /name/0/family',
  ],
  [
    '[{"op":"add","path":"/a~2","value":1}]',
    400,
    'JSON Patch operation 0 (add /a~2): "path" must be a JSON Pointer, as /name/0/family',
  ],
  ['[{"op":"add","path":"/a"}]', 400, 'JSON Patch operation 0 (add /a): "value" is missing'],
  [
    '[{"op":"copy","path":"/a"}]',
    400,
    'JSON Patch operation 0 (copy /a): "from" must be a JSON Pointer, as /name/0/family',
  ],
  [
    '[{"op":"spam","path":"/a"}]',
    400,
    'JSON Patch operation 0: "op" must be one of add, remove, replace, move, copy, test',
  ],
  ['[1]', 400, 'JSON Patch operation 0 must be an object'],
  ['{"op":"add"}', 400, 'A JSON Patch is an array of operations'],
  ['[', 400, 'The patch is not JSON'],
])('%s is refused with %i', (patch, status, diagnostics) => {
  const result = applyJsonPatch('{"resourceType":"Patient","id":"p","name":[{"family":"A"}]}', patch);
  expect(result).toMatchObject({ ok: false, status, issues: [{ diagnostics }] });
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('an array copied into itself again and again is stopped', () => {
  const patch = Array.from({ length: 200 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
  expect(applyJsonPatch('{"a":["long enough"]}', JSON.stringify(patch))).toMatchObject({ ok: false, status: 400 });
  expect(applyJsonPatch('{}', JSON.stringify(Array(1001).fill({ op: 'remove', path: '/a' })))).toMatchObject({
    status: 400,
  });
});
