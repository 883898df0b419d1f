import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { childrenOf, readXml, resourceOf, type XmlNode } from '../../../test/support/fhir-xml.ts';
import { loadDefinitions } from '../definitions/load.ts';
import { startFhirPath } from '../fhirpath.ts';
import { parseLossless, sameJson } from '../lossless.ts';
import { applyFhirpathPatch } from './fhirpath-patch.ts';

const shared = process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../../shared');
const cases = join(shared, 'cases/r4/patch/fhir-patch-tests.xml');
const definitions = loadDefinitions();
// How long an expression may take is no matter of a patch, and a machine that does much else takes longer.
const fhirPath = startFhirPath({ deadline: 5000 });
afterAll(() => fhirPath.close());

const apply = (content: unknown, patch: unknown) =>
  applyFhirpathPatch(JSON.stringify(content), JSON.stringify(patch), { definitions, fhirPath });

test.runIf(existsSync(cases))('the published FHIRPath Patch cases pass, every one', async () => {
  const json = (node: XmlNode, name: string): Record<string, unknown> | null => {
    const [inner] = childrenOf(node, name).flatMap((one) => childrenOf(one));
    return inner ? resourceOf(definitions, inner) : null;
  };
  const list = childrenOf(readXml(readFileSync(cases, 'utf8')), 'case');
  const failed: string[] = [];
  for (const one of list) {
    const result = await apply(json(one, 'input'), json(one, 'diff'));
    const output = json(one, 'output');
    const good = output
      ? result.ok && sameJson(parseLossless(result.value), parseLossless(JSON.stringify(output)))
      : !result.ok;
    if (!good) failed.push(`${one.attributes.name}: ${JSON.stringify(result)} ${JSON.stringify(output)}`);
  }
  console.log(`FHIRPath Patch cases: ${list.length - failed.length} of ${list.length} pass`);
  expect(failed).toEqual([]);
});
test.skipIf(existsSync(cases))(`the published FHIRPath Patch cases are skipped: ${cases} is not there`, () => {});

type Part = { name: string } & Record<string, unknown>;
const patch = (...list: Record<string, unknown>[]) => ({
  resourceType: 'Parameters',
  parameter: list.map((operation) => ({
    name: 'operation',
    part: Object.entries(operation).map(([name, value]): Part => {
      if (typeof value === 'string') return { name, [name === 'type' ? 'valueCode' : 'valueString']: value };
      if (typeof value === 'number') return { name, valueInteger: value };
      return { name, ...(value as Record<string, unknown>) };
    }),
  })),
});

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ code: 'a' }, { system: 's', code: 'b' }] },
  valueQuantity: { value: JSON.rawJSON('1.50') },
  component: [{ code: { text: 'x' }, valueString: 'one' }],
};

test.each([
  [
    'a choice is found by its element name',
    { type: 'delete', path: 'Observation.value' },
    { valueQuantity: undefined },
  ],
  [
    'a choice is replaced by another type',
    { type: 'replace', path: 'Observation.value', value: { valueString: 'v' } },
    { valueQuantity: undefined, valueString: 'v' },
  ],
  [
    'a choice may be named with its type',
    { type: 'replace', path: 'Observation.value.ofType(Quantity).unit', value: { valueString: 'v' } },
    422,
  ],
  [
    'a choice within a backbone',
    { type: 'replace', path: 'Observation.component[0].value', value: { valueBoolean: true } },
    { component: [{ code: { text: 'x' }, valueBoolean: true }] },
  ],
  [
    'where with two conditions',
    { type: 'delete', path: "Observation.code.coding.where(system = 's' and code = 'b')" },
    { code: { coding: [{ code: 'a' }] } },
  ],
  [
    'a path that needs the engine',
    { type: 'delete', path: "Observation.code.coding.where(code.startsWith('b'))" },
    { code: { coding: [{ code: 'a' }] } },
  ],
  [
    'an added choice',
    { type: 'add', path: 'Observation', name: 'effective', value: { valueDateTime: '2024' } },
    { effectiveDateTime: '2024' },
  ],
  [
    'a choice that is there already',
    { type: 'add', path: 'Observation', name: 'value', value: { valueString: 'v' } },
    422,
  ],
  [
    'an insert into a list that is not there',
    { type: 'insert', path: 'Observation.note', index: 0, value: { valueAnnotation: { text: 't' } } },
    { note: [{ text: 't' }] },
  ],
  [
    'an insert behind the end',
    { type: 'insert', path: 'Observation.code.coding', index: 3, value: { valueCoding: { code: 'c' } } },
    422,
  ],
  [
    'several elements',
    { type: 'replace', path: 'Observation.code.coding', value: { valueCoding: { code: 'c' } } },
    422,
  ],
  ['an unknown element', { type: 'add', path: 'Observation', name: 'spam', value: { valueString: 'v' } }, 422],
  [
    'the names of JavaScript',
    { type: 'add', path: 'Observation', name: '__proto__', value: { part: [{ name: 'x', valueString: 'v' }] } },
    422,
  ],
  ['an unknown operation', { type: 'spam', path: 'Observation' }, 400],
  ['no path', { type: 'delete' }, 400],
  ['not FHIRPath', { type: 'delete', path: 'Observation.((' }, 400],
  ['a computed value', { type: 'replace', path: "'a' & 'b'", value: { valueString: 'v' } }, 422],
  ['the resource itself', { type: 'delete', path: 'Observation' }, 422],
  ['a regular expression that explodes', { type: 'delete', path: `'${'a'.repeat(40)}!'.matches('^(a+)+$')` }, 422],
])('%s', async (_name, operation, expected) => {
  const result = await apply(observation, patch(operation));
  if (typeof expected === 'number') {
    expect(result).toMatchObject({ ok: false, status: expected, issues: [{ expression: 'Parameters.parameter[0]' }] });
    return;
  }
  const wanted = JSON.parse(JSON.stringify({ ...observation, ...expected }));
  expect(result.ok && JSON.parse(result.value)).toEqual(wanted);
});

test('primitives in a list keep their ids and extensions beside them', async () => {
  const name = { given: ['A', 'B'], _given: [null, { id: 'b' }] };
  const result = await apply(
    { resourceType: 'Patient', name: [name] },
    patch(
      { type: 'move', path: 'Patient.name[0].given', source: 1, destination: 0 },
      { type: 'delete', path: 'Patient.name.given[1]' },
    ),
  );
  expect(result).toEqual({
    ok: true,
    value: '{"resourceType":"Patient","name":[{"given":["B"],"_given":[{"id":"b"}]}]}',
  });
});

test('decimals that are not touched stay as written', async () => {
  const result = await apply(
    observation,
    patch({ type: 'replace', path: 'Observation.status', value: { valueCode: 'amended' } }),
  );
  expect(result.ok && result.value).toContain('"valueQuantity":{"value":1.50}');
});
