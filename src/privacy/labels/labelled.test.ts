import { expect, test } from 'vitest';

import type { Resource } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { withLabels } from './labelled.ts';

const snomed = 'http://snomed.info/sct';
const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm';
const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

const parsed = (text: string): Parsed => ({ text, resource: JSON.parse(text) as Resource });
const condition = (code: string, security?: object[]): Parsed =>
  parsed(
    JSON.stringify({
      resourceType: 'Condition',
      ...(security ? { meta: { security } } : {}),
      code: { coding: [{ system: icd10, code }] },
      subject: { reference: 'Patient/a' },
    }),
  );

type Security = { code: string; userSelected?: boolean }[];
const securityOf = ({ text }: { text: string }): Security =>
  (JSON.parse(text) as { meta?: { security?: Security } }).meta?.security ?? [];
const codes = (one: Parsed): string[] => securityOf(one).map(({ code }) => code);

test('O-72 a client that says a disorder of opioid use is normal has it stored as restricted', () => {
  const labelled = withLabels(condition('F11.20', [{ system: confidentiality, code: 'N' }]), null, false);
  expect(codes(labelled)).toEqual(['R', 'ETH', 'SUD', 'OPIOIDUD', '42CFRPart2', 'NORDSCLCD']);
  expect(labelled.resource.meta).toEqual(JSON.parse(labelled.text).meta);
});

test('O-72 a label that was put by hand stays, whatever is sent later', () => {
  const first = withLabels(condition('I10', [{ system: act, code: 'SDV' }]), null, false);
  expect(codes(first)).toEqual(['SDV']);
  const second = withLabels(condition('I10'), first.text, false);
  expect(codes(second)).toEqual(['SDV']);
  expect(codes(withLabels(condition('I10', [{ system: confidentiality, code: 'R' }]), second.text, false))).toEqual([
    'R',
    'SDV',
  ]);
});

test('O-72 a label of the rules goes with the code that it is for, also when it is sent back as it was read', () => {
  const first = withLabels(condition('F11.20'), null, false);
  expect(securityOf(first).every(({ userSelected }) => userSelected === false)).toBe(true);
  const corrected = withLabels(condition('I10', securityOf(first)), first.text, false);
  expect(codes(corrected)).toEqual([]);
  expect(corrected.text).not.toContain('"security"');
  expect(codes(withLabels(condition('I10'), first.text, false))).toEqual([]);
});

test('O-72 a label that is marked as the rules’ and never was is somebody’s, and stays', () => {
  const first = withLabels(condition('I10', [{ system: act, code: 'HIV', userSelected: false }]), null, false);
  expect(securityOf(first)).toEqual([{ system: act, code: 'HIV' }]);
  expect(codes(withLabels(condition('I10'), first.text, false))).toEqual(['HIV']);
});

test('O-72 a label of the rules that somebody confirms stays when the code is gone', () => {
  const first = withLabels(condition('F11.20', [{ system: act, code: 'SUD' }]), null, false);
  expect(codes(withLabels(condition('I10'), first.text, false))).toEqual(['SUD']);
});

test('O-72 what somebody calls a psychotherapy note is very restricted', () => {
  expect(codes(withLabels(condition('I10', [{ system: act, code: 'PSYTHPN' }]), null, false))).toEqual([
    'PSYTHPN',
    'R',
    'V',
    'PSY',
    'MH',
  ]);
});

test('O-72 only who may lower takes a label off that was put by hand, and none takes off what the rules give', () => {
  const first = withLabels(condition('F11.20', [{ system: act, code: 'SDV' }]), null, false);
  expect(codes(withLabels(condition('F11.20'), first.text, true))).not.toContain('SDV');
  expect(codes(withLabels(condition('F11.20'), first.text, true))).toContain('OPIOIDUD');
});

test('labels are put into the text, and all else in it stays as it was written', () => {
  const text = (meta: string): string =>
    `{"resourceType":"Observation",${meta}"code":{"coding":[{"system":"${snomed}","code":"165816005"}]},"valueQuantity":{"value":1.500,"unit":"a\\u0062"}}`;
  const labels = `"security":[{"system":"${confidentiality}","code":"R","userSelected":false},{"system":"${act}","code":"HIV","userSelected":false}]`;
  expect(withLabels(parsed(text('')), null, false).text).toBe(
    text('').replace('{"resourceType"', `{"meta":{${labels}},"resourceType"`),
  );
  expect(withLabels(parsed(text('"meta":{"source":"urn:x"},')), null, false).text).toBe(
    text(`"meta":{${labels},"source":"urn:x"},`),
  );
  expect(withLabels(parsed(text('"meta":{"security":[{"code":"a"}]},')), null, false).text).toBe(
    text(`"meta":{"security":[{"code":"a"},${labels.slice('"security":['.length)}},`),
  );
});

test('what no rule is about is stored as it came', () => {
  const one = condition('I10');
  expect(withLabels(one, null, false)).toBe(one);
  expect(withLabels(one, one.text, false)).toBe(one);
});
