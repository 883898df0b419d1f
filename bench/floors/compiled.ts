/**
 * The floors under the compiled specification, and what was compiled, in one process and in turns.
 * Arguments: `validate` or `extract`, seconds of a turn, turns. Prints {ours, floor} in resources a second, medians.
 */
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import type { Observation, StructureDefinition } from '@medplum/fhirtypes';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';

import type { Resource } from '../../src/fhir/context.ts';
import { loadDefinitions, readBundle } from '../../src/fhir/definitions/load.ts';
import { observationTemplate } from '../data/observation.ts';
import { fill } from '../data/template.ts';
import { compiled } from './parts.ts';

const [what = 'validate', seconds = '1', turns = '1'] = process.argv.slice(2);

/** As many different resources as keep an engine from learning one by heart. */
const observations = Array.from({ length: 64 }, (_, at) => {
  const effective = new Date(Date.UTC(2024, 0, 1 + at)).toISOString();
  const text = fill(observationTemplate, { patient: `bench-${at}`, effective, value: String(50 + at) });
  return JSON.parse(text) as Resource & Observation;
});

/** Calls `work` on each resource in turn for so long; calls a second. */
function rate(work: (resource: Resource & Observation) => unknown): number {
  let calls = 0;
  let ms = 0;
  const start = performance.now();
  while (ms < Number(seconds) * 1000) {
    for (const resource of observations) work(resource);
    calls += observations.length;
    ms = performance.now() - start;
  }
  return (calls * 1000) / ms;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

function validatorFloor(): (resource: Observation) => void {
  for (const file of ['profiles-types.json', 'profiles-resources.json'])
    indexStructureDefinitionBundle(readBundle<StructureDefinition>(file));
  return (resource) => validateResource(resource);
}

/** The part of an expression that begins at Observation; fhirpath.js resolves references only asynchronously. */
const own = (expression: string): string =>
  expression
    .split('|')
    .filter((part) => /^\s*\(?(Observation|Resource|DomainResource)\b/.test(part))
    .map((part) => part.replace('resolve() is Patient', "reference.startsWith('Patient/')"))
    .join('|');

/**
 * The search parameters of Observation, each expression compiled once by fhirpath.js, composites with their components.
 * What it refuses to evaluate on the sample it is spared.
 */
function extractorFloor(): (resource: Resource) => void {
  const [sample] = observations;
  const bases = new Set(['Observation', 'Resource', 'DomainResource']);
  const evaluators = loadDefinitions().searchParameters.flatMap(({ base, expression, component }) => {
    const text = base.some((type) => bases.has(type)) ? own(expression ?? '') : '';
    if (text === '') return [];
    const texts = component.length > 0 ? component.map((one) => `(${text}).select(${one.expression})`) : [text];
    return texts.flatMap((one) => {
      const evaluate = fhirpath.compile(one, r4);
      try {
        evaluate(sample);
        return [evaluate];
      } catch {
        return [];
      }
    });
  });
  return (resource) => {
    for (const evaluate of evaluators) evaluate(resource);
  };
}

const { validate, index } = await compiled();
const [sample] = observations;
const issues = validate(sample).filter(({ severity }) => severity === 'error');
if (issues.length > 0) throw new Error(`the sample is not valid: ${JSON.stringify(issues)}`);

const ours = what === 'validate' ? validate : (resource: Resource) => index(1, resource);
const theirs = what === 'validate' ? validatorFloor() : extractorFloor();
rate(ours);
const measured: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
for (let turn = 0; turn < Number(turns); turn++) {
  measured.ours.push(rate(ours));
  measured.floor.push(rate(theirs));
}
process.stdout.write(JSON.stringify({ ours: median(measured.ours), floor: median(measured.floor) }));
