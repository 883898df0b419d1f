import { afterAll, expect, test } from 'vitest';

import { startFhirPath } from './fhirpath.ts';

const engine = startFhirPath();
afterAll(() => engine.close());

const patient = JSON.stringify({
  resourceType: 'Patient',
  active: true,
  name: [
    { family: 'A', given: ['B', 'C'] },
    { use: 'nickname', given: ['D'] },
  ],
  birthDate: '1970-01-01',
});

test.each([
  ['Patient.name.given', ['B', 'C', 'D']],
  ["Patient.name.where(use = 'nickname').given.first()", ['D']],
  ["'abc'.matches('b')", [true]],
  ["'abc'.matches('B')", [false]],
  ["'abc'.matchesFull('b')", [false]],
  ["'11/30/1972'.replaceMatches('(?P<m>[0-9]{2})/([0-9]{2})/([0-9]{4})', '$2-$1-$3')", ['30-11-1972']],
  ["{}.matches('b')", []],
  ['Patient.birthDate + 1 day', ['1970-01-02']],
])('%s is %j', async (expression, values) => {
  const result = await engine.evaluate(expression, patient);
  expect(result.ok && result.value.map(({ value }) => value)).toEqual(values);
});

test('an item knows its type and where it stands', async () => {
  expect(await engine.evaluate('Patient.name[1].given', patient)).toEqual({
    ok: true,
    value: [{ value: 'D', type: 'FHIR.string', location: 'Patient.name[1].given[0]' }],
  });
});

test.each([
  ["'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replaceMatches('^(a+)+$', 'b')", 'linear'],
  ["'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", 'linear'],
])('%s does not explode', async (expression) => {
  expect(await engine.evaluate(expression, patient)).toMatchObject({ ok: true });
});

test.each([
  ['nested parentheses', `${'('.repeat(4000)}1${')'.repeat(4000)}`],
  ['a long union', `(1|2|3)${'|(1|2|3)'.repeat(1200)}`],
  ['a repeat without end', "repeat(descendants()|%resource).repeat($this.select('a' & $this.toString()))"],
  ['a long sign chain', '-'.repeat(9000).concat('1')],
  ['growing strings', `'a'${'.select($this & $this & $this & $this)'.repeat(60)}`],
  ['a look-ahead', "'a'.matches('(?=a)')"],
  ['not FHIRPath', 'Patient.name.('],
  ['a network call', "'Patient/1'.resolve()"],
])('%s is refused in bounded time, and the engine goes on', async (_name, expression) => {
  const before = performance.now();
  const result = await engine.evaluate(expression, patient);
  expect(result).toMatchObject({ ok: false, status: 400 });
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(await engine.evaluate('Patient.active', patient)).toMatchObject({ ok: true, value: [{ value: true }] });
});
