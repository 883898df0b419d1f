import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { childrenOf, readXml, resourceOf, textOf, type XmlNode } from '../../test/support/fhir-xml.ts';
import { loadDefinitions } from './definitions/load.ts';
import { compileFhirPath } from './fhirpath-engine.ts';

const shared = process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../shared');
const cases = join(shared, 'cases/r4/fhirpath/tests-fhir-r4.xml');
const folders = [join(shared, 'cases/r4/examples'), join(shared, 'data/r4-examples')];

const definitions = loadDefinitions();
const inputs = new Map<string, unknown>();

/** The resource a case is about, or undefined where the file was not published with the cases. */
function input(file: string | undefined): unknown {
  if (!file) return {};
  if (inputs.has(file)) return inputs.get(file);
  let found: unknown;
  for (const folder of folders) {
    const json = join(folder, file.replace('.xml', '.json'));
    const xml = join(folder, file);
    if (found === undefined && existsSync(xml) && file.endsWith('.xml')) {
      found = JSON.parse(JSON.stringify(resourceOf(definitions, readXml(readFileSync(xml, 'utf8')))));
    }
    if (found === undefined && existsSync(json)) found = JSON.parse(readFileSync(json, 'utf8'));
  }
  inputs.set(file, found);
  return found;
}

const plain = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/^@T?/, '');

/** Why a case fails; null when it passes. */
function failure(one: XmlNode): string | null {
  const [expression] = childrenOf(one, 'expression');
  if (!expression) return 'the case has no expression';
  const resource = input(one.attributes.inputfile);
  if (resource === undefined) return `the input ${one.attributes.inputfile} was not published with the cases`;
  const { invalid } = expression.attributes;
  let values: unknown[];
  try {
    values = compileFhirPath(textOf(expression))(resource).map(({ value }) => value);
  } catch (error) {
    if (invalid) return null;
    return `refused: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
  if (invalid) return `is accepted, though it is a ${invalid} error`;
  const expected = childrenOf(one, 'output').map((output) => textOf(output).replace(/^@T?/, ''));
  const actual = one.attributes.predicate === 'true' ? [String(values.length > 0)] : values.map(plain);
  return JSON.stringify(actual) === JSON.stringify(expected)
    ? null
    : `gives ${JSON.stringify(actual).slice(0, 120)} and not ${JSON.stringify(expected).slice(0, 120)}`;
}

test.runIf(existsSync(cases))('the published FHIRPath cases pass, but for those that are printed with a reason', () => {
  const list = childrenOf(readXml(readFileSync(cases, 'utf8'))).flatMap((group) => childrenOf(group, 'test'));
  const failed = list.flatMap((one) => {
    const reason = failure(one);
    return reason ? [`${one.attributes.name} \`${textOf(one).trim().slice(0, 80)}\` ${reason}`] : [];
  });
  const passed = list.length - failed.length;
  console.log(`FHIRPath cases: ${passed} of ${list.length} pass (${((100 * passed) / list.length).toFixed(1)} %)`);
  console.log(failed.join('\n'));
  expect(passed / list.length).toBeGreaterThan(0.9);
});
test.skipIf(existsSync(cases))(`the published FHIRPath cases are skipped: ${cases} is not there`, () => {});
