import { describe, expect, test } from 'vitest';

import { canonical } from '../canonical.ts';
import type { Item } from '../reading.ts';
import { createExtractor } from './extractor.ts';
import { itemsByMapping } from './format.ts';
import { readTemplate } from './template.ts';

const context = { received: Date.UTC(2025, 5, 2), zone: 0 };
const extractor = createExtractor();

async function items(template: object, payload: unknown): Promise<Item[]> {
  const read = readTemplate(JSON.stringify(template));
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  const list: Item[] = [];
  for await (const item of itemsByMapping(extractor, read.value.mapping, payload, '', context)) list.push(item);
  return list;
}

const payload = {
  serial: 'S-7',
  tz: '+02:00',
  rows: [
    { kind: 'hr', at: 1748736000, bpm: 61, id: 'a' },
    { kind: 'bp', at: 1748736060, sys: 16.0, dia: '10.7', in: 'kPa', id: 'b' },
    { kind: 'hr', at: 1748736120, bpm: 'none', id: 'c' },
  ],
};

const pathsTemplate = {
  title: 'Acme',
  readings: [
    {
      ...{ name: 'pulse', match: "$.rows[?@.kind == 'hr']", measure: 'heart-rate', value: '$.bpm', unit: 'bpm' },
      ...{ start: '$.at', timeUnit: 's', zone: { expression: '$.tz', of: 'payload' }, record: '$.id' },
      device: { expression: '$.serial', of: 'payload' },
    },
    {
      ...{ name: 'pressure', match: "$.rows[?@.kind == 'bp']", measure: 'blood-pressure' },
      components: {
        'systolic-blood-pressure': { value: '$.sys', unitExpression: '$.in' },
        'diastolic-blood-pressure': { value: '$.dia', unitExpression: '$.in' },
      },
      ...{ start: '$.at', timeUnit: 's' },
    },
  ],
};

test('a template finds measures, times, units, devices and records by JSONPath', async () => {
  const found = await items(pathsTemplate, payload);
  expect(found).toMatchObject([
    {
      kind: 'reading',
      path: 'rows[0]',
      measure: 'heart-rate',
      start: { at: 1748736000000, zone: 120 },
      device: { identity: 'S-7' },
      record: { id: 'a', version: null },
    },
    { kind: 'unreadable', path: 'rows[2]', why: expect.stringContaining('pulse') },
    { kind: 'reading', path: 'rows[1]', measure: 'blood-pressure', start: { zone: 0 } },
  ]);
  const pressure = found[2];
  if (pressure?.kind !== 'reading') throw new Error('no reading');
  expect(canonical(pressure, context.received)).toMatchObject({
    value: {
      components: {
        'systolic-blood-pressure': expect.closeTo(120, 0),
        'diastolic-blood-pressure': expect.closeTo(80, 0),
      },
    },
  });
});

test('a template computes by JMESPath', async () => {
  const template = {
    language: 'jmespath',
    readings: [
      { match: "rows[?kind=='hr']", measure: 'heart-rate', value: 'bpm', start: 'fromUnixTimestamp(at)' },
      { measure: 'steps', value: 'length(rows)', unit: '{steps}', start: "'2025-06-01T00:00:00Z'" },
    ],
  };
  expect(await items(template, payload)).toMatchObject([
    { kind: 'reading', path: 'readings[0][0]', start: { at: 1748736000000 } },
    { kind: 'unreadable', path: 'readings[0][1]' },
    { kind: 'reading', path: '', measure: 'steps', value: { value: 3 } },
  ]);
});

test('a payload in which nothing is found says so', async () => {
  expect(await items(pathsTemplate, { other: 1 })).toMatchObject([{ kind: 'unreadable', path: '' }]);
});

describe('a template that is wrong is refused, and all that is wrong with it is said', () => {
  const reading = { measure: 'heart-rate', value: '$.bpm', start: '$.at' };
  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /JSON/],
    ['no object', '[]', /object/],
    ['nothing to find', '{"readings":[]}', /readings/],
    ['an unknown measure', JSON.stringify({ readings: [{ ...reading, measure: 'mood' }] }), /mood is no measure/],
    ['an unknown property', JSON.stringify({ readings: [{ ...reading, unti: 'bpm' }] }), /unti/],
    ['an expression that is none', JSON.stringify({ readings: [{ ...reading, value: '$.[' }] }), /is no jsonpath/],
    [
      'a JMESPath that is none',
      JSON.stringify({ language: 'jmespath', readings: [{ ...reading, value: 'a[' }] }),
      /is no jmespath/,
    ],
    ['a pattern', JSON.stringify({ readings: [{ ...reading, match: "$[?match(@.a, '(a+)+b')]" }] }), /is no jsonpath/],
    [
      'an expression without end',
      JSON.stringify({ readings: [{ ...reading, value: `$${'.a'.repeat(600)}` }] }),
      /readings\[0\]\.value/,
    ],
    [
      'half a blood pressure',
      JSON.stringify({ readings: [{ start: '$.at', measure: 'blood-pressure', components: {} }] }),
      /needs systolic/,
    ],
    [
      'a component of something else',
      JSON.stringify({ readings: [{ ...reading, components: { 'body-weight': { value: '$.w' } } }] }),
      /no such component/,
    ],
  ])('%s', (_, text, said) => {
    const read = readTemplate(text);
    expect(read).toMatchObject({ ok: false, status: 422 });
    expect(
      read.ok ? '' : read.issues.map(({ expression, diagnostics }) => `${expression} ${diagnostics}`).join('\n'),
    ).toMatch(said);
  });
});

describe('hostile expressions end, and what comes after them is read', () => {
  const big = { rows: Array.from({ length: 3000 }, (_, n) => ({ at: n, list: [n, n, n] })) };
  const reading = { measure: 'steps', start: '$.at' };
  test.each<[string, object]>([
    [
      'a scan within a scan',
      { readings: [{ ...reading, match: '$..[?count($..*) > count($..[?@..*])]', value: '$' }] },
    ],
    [
      'every pair of every pair',
      {
        language: 'jmespath',
        readings: [{ ...reading, start: 'a', value: 'map(&map(&map(&@, $.rows), $.rows), $.rows)' }],
      },
    ],
    [
      'a text without end',
      { language: 'jmespath', readings: [{ ...reading, start: 'a', value: "pad_left('x', `2000000000`)" }] },
    ],
  ])('%s', async (_, template) => {
    const slow = createExtractor(300);
    const read = readTemplate(JSON.stringify(template));
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    const began = performance.now();
    const [bad, good] = await Promise.all([
      slow.extract({ mapping: read.value.mapping, payload: JSON.stringify(big) }),
      slow.extract({ mapping: { title: '', rules: [] }, payload: '{}' }),
    ]);
    expect(bad.ok).toBe(false);
    expect(good).toEqual({ ok: true, value: [] });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('more readings than one payload may have are refused', async () => {
    const many = Array.from({ length: 10_001 }, () => ({ at: 1, n: 1 }));
    const [item] = await items({ readings: [{ match: '$[*]', measure: 'steps', value: '$.n', start: '$.at' }] }, many);
    expect(item).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('10000') });
  });
});
