import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';

import { createCompiler, NotCompiled, type Scope, type Value } from '../definitions/fhirpath-compile.ts';
import { FhirPathSyntaxError, parse } from '../definitions/fhirpath-parser.ts';
import { loadDefinitions } from '../definitions/load.ts';
import { compareDates } from './dates.ts';
import { fhirpath } from './fhirpath.ts';

const { elements } = loadDefinitions();
const compiler = createCompiler(elements);

function evaluate(expression: string, resource: { resourceType: string }): unknown[] {
  const self: Value = { js: 'o', many: false, type: resource.resourceType };
  const scope: Scope = { self, resource: self, rootResource: self, context: self };
  const { js } = compiler.value(parse(expression), scope);
  const result = new Function('$', 'o', `return ${js}`)(fhirpath, resource);
  return (Array.isArray(result) ? result : [result]).filter((one) => one !== undefined);
}

const patient = {
  resourceType: 'Patient',
  active: true,
  name: [{ family: 'Chalmers', given: ['Peter', 'James'] }, { given: ['Jim'] }],
  multipleBirthInteger: 2,
  telecom: [{ system: 'phone', rank: 1 }],
};

test.each([
  ['name.given', ['Peter', 'James', 'Jim']],
  ['Patient.name.first().given.last()', ['James']],
  ["name.where(family = 'Chalmers').given.count()", [2]],
  ['name.given.first() + name.family', ['PeterChalmers']],
  ['multipleBirth is integer', [true]],
  ['multipleBirth is boolean', [false]],
  ['(multipleBirth as integer) + 3', [5]],
  ['deceased.exists()', [false]],
  ["active and name.exists(family = 'Chalmers')", [true]],
  ['deceased = true', []],
  ['deceased = true or active', [true]],
  ['deceased = true and active', []],
  ['deceased = true implies active', [true]],
  ["'a' in ('a' | 'b')", [true]],
  ["name.given contains 'Jim'", [true]],
  ['name.given.isDistinct()', [true]],
  ["'2024-05'.substring(0, 4).toInteger() - 4", [2020]],
  ['iif(active, 1, 2)', [1]],
  ["telecom.all(system = 'phone')", [true]],
  ['7 div 2', [3]],
  ['7 mod 2', [1]],
])('%s', (expression, result) => {
  expect(evaluate(expression, patient)).toEqual(result);
});

test.each([
  ['2024', '2024', 0],
  ['2024-01', '2024-02', -1],
  ['2024', '2024-02', undefined],
  ['2023', '2024-02', -1],
  ['2024-01-01', '2024-01-01T10:00:00Z', undefined],
  ['2024-01-01T10:00:00Z', '2024-01-01T11:00:00+01:00', 0],
  ['2024-01-01T10:00:00.5Z', '2024-01-01T10:00:00Z', 500],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z', -1],
  [undefined, '2024', undefined],
])('%s against %s is %s', (left, right, difference) => {
  expect(compareDates(left, right)).toBe(difference);
});

type Case = { name: string; file: string; expression: string; invalid: boolean; predicate: boolean; outputs: string[] };

function casesOf(xml: string): Case[] {
  const cases: Case[] = [];
  let current: Case | null = null;
  let text = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    if (name === 'test')
      current = {
        name: attributes.name ?? '',
        file: (attributes.inputfile ?? '').replace('.xml', '.json'),
        expression: '',
        invalid: false,
        predicate: attributes.predicate === 'true',
        outputs: [],
      };
    if (name === 'expression' && current !== null) current.invalid = attributes.invalid !== undefined;
  });
  parser.on('text', (more) => {
    text += more;
  });
  parser.on('cdata', (more) => {
    text += more;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'expression' && current !== null) current.expression = text;
    if (name === 'output' && current !== null) current.outputs.push(text.replace(/^@T?/, ''));
    if (name === 'test' && current !== null) cases.push(current);
  });
  parser.write(xml).close();
  return cases;
}

/** Cases in which the compiled subset differs from the suite, and why that is no fault in an invariant. */
const known: Readonly<Record<string, string>> = {
  testDecimalLiteralToString: 'JSON numbers do not keep trailing zeros',
  testToString4: 'JSON numbers do not keep trailing zeros',
  testReplaceMatches2: 'an empty pattern, which no invariant has',
  testReplaceMatches6: 'an empty substitute, which no invariant has',
};

const cases = join(process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../../shared'), 'cases/r4');

describe('what is compiled of the FHIRPath suite answers as the suite says', () => {
  test.skipIf(!existsSync(cases))('the HL7 cases (skipped where PORTICO_SHARED has no cases/r4)', () => {
    const all = casesOf(readFileSync(join(cases, 'fhirpath/tests-fhir-r4.xml'), 'utf8'));
    const wrong: string[] = [];
    let compiled = 0;
    for (const one of all) {
      const file = join(cases, 'examples', one.file);
      if (one.invalid || !one.file || !existsSync(file)) continue;
      try {
        const result = evaluate(one.expression, JSON.parse(readFileSync(file, 'utf8')));
        compiled++;
        const texts =
          one.predicate && typeof result[0] !== 'boolean' ? [String(result.length > 0)] : result.map(String);
        if (texts.join('|') !== one.outputs.join('|') && known[one.name] === undefined)
          wrong.push(`${one.name}: ${one.expression.trim()} is ${texts.join('|')}, not ${one.outputs.join('|')}`);
      } catch (fault) {
        if (!(fault instanceof NotCompiled || fault instanceof FhirPathSyntaxError)) throw fault;
      }
    }
    console.log(
      `FHIRPath: ${compiled} of ${all.length} cases compile, ${compiled - wrong.length} of them answer as expected`,
    );
    expect(wrong).toEqual([]);
    expect(compiled).toBeGreaterThan(200);
  });
});
