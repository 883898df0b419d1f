import { expect, test } from 'vitest';

import { labelBit } from '../../fhir/search/labels.ts';
import { type CodeSystem, codeSystem } from './code-systems.ts';
import { ruled, rulesVersion } from './ruled.ts';
import { rules } from './rules/index.ts';
import { neverEmployer, workplaceQuestionnaires } from './workplace.ts';

const uri = {
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  act: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
};
const concept = (system: keyof typeof uri, code: string) => ({ coding: [{ system: uri[system], code }] });
const labels = (resource: { resourceType: string; [key: string]: unknown }): string[] =>
  ruled(resource).map(({ code }) => code);

test.each([
  ['a Condition by its code', { resourceType: 'Condition', code: concept('icd10', 'F10.20') }, ['ALC', 'SUD']],
  [
    'ICD without its dot and in small letters',
    { resourceType: 'Condition', code: concept('icd10', 'f1120') },
    ['OPIOIDUD'],
  ],
  ['an Observation by its code', { resourceType: 'Observation', code: concept('loinc', '44261-6') }, ['PSY', 'MH']],
  [
    'an Observation by a component',
    { resourceType: 'Observation', component: [{ code: concept('loinc', '7917-8') }] },
    ['HIV'],
  ],
  [
    'an Encounter by its reason',
    { resourceType: 'Encounter', reasonCode: [concept('snomed', '706893006')] },
    ['SDV', 'DV'],
  ],
  ['an Appointment by its reason', { resourceType: 'Appointment', reasonCode: [concept('icd10', 'F32.2')] }, ['PSY']],
  [
    'a prescription by its medicine',
    { resourceType: 'MedicationRequest', medicationCodeableConcept: concept('rxnorm', '351266') },
    ['OPIOIDUD', '42CFRPart2'],
  ],
  [
    'a Claim by a diagnosis',
    { resourceType: 'Claim', diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept('icd10', 'A53.9') }] },
    ['STD', 'SEX'],
  ],
  [
    'an ExplanationOfBenefit by a diagnosis',
    { resourceType: 'ExplanationOfBenefit', diagnosis: [{ diagnosisCodeableConcept: concept('icd10', 'Z33.1') }] },
    ['PREGNANT', 'REPRO'],
  ],
  [
    'what holds a resource that is labelled',
    {
      resourceType: 'MedicationRequest',
      contained: [{ resourceType: 'Medication', id: 'm', code: concept('rxnorm', '6813') }],
      medicationReference: { reference: '#m' },
    },
    ['OPIOIDUD'],
  ],
  ['a document by its type', { resourceType: 'DocumentReference', type: concept('loinc', '34904-3') }, ['PSY', 'MH']],
  [
    'a document by the label of its own',
    { resourceType: 'DocumentReference', securityLabel: [concept('act', 'PSYTHPN')] },
    ['V', 'PSYTHPN'],
  ],
  [
    'answers by their questionnaire',
    { resourceType: 'QuestionnaireResponse', questionnaire: 'http://loinc.org/q/44249-1|2.70' },
    ['PSY', 'MH'],
  ],
])('O-72 %s is labelled, and restricted', (_, resource, expected) => {
  expect(labels(resource)).toEqual(expect.arrayContaining(['R', ...expected]));
});

test.each([
  ['tobacco', { resourceType: 'Condition', code: concept('icd10', 'F17.210') }],
  ['the pressure of blood', { resourceType: 'Observation', code: concept('loinc', '85354-9') }],
  [
    'a Questionnaire, which nobody has answered',
    { resourceType: 'Questionnaire', code: concept('loinc', '44249-1').coding },
  ],
  [
    'a Consent about it, which binds who reads it',
    { resourceType: 'Consent', provision: { code: [concept('icd10', 'F11.20')] } },
  ],
  ['a code of another system', { resourceType: 'Condition', code: { coding: [{ system: 'urn:x', code: 'F11.20' }] } }],
])('%s is not labelled', (_, resource) => {
  expect(labels(resource)).toEqual([]);
});

test('O-35 answers on whether somebody may come to work are never the employer’s, whatever they say', () => {
  const answers = { resourceType: 'QuestionnaireResponse', questionnaire: `${workplaceQuestionnaires[0]}|1.0` };
  expect(labels(answers)).toEqual(['R', 'NODSCLCD', 'never-employer']);
  expect(neverEmployer).toBe(2 ** 30);
});

test('each code of the rules is written as codes are looked up, and once in a rule', () => {
  const icd: readonly string[] = ['icd10', 'icd9'] satisfies CodeSystem[];
  for (const { codes } of rules) {
    for (const [system, list] of Object.entries(codes)) {
      expect(new Set(list).size, `${system} ${list}`).toBe(list.length);
      for (const code of list)
        expect(code, system).toMatch(icd.includes(system) ? /^[A-Z0-9]+\*?$/ : /^[A-Za-z0-9-]+\*?$/);
    }
  }
});

test('each sensitivity that a rule gives has a bit, but for what the law of one says of another', () => {
  const withoutBit = new Set<string>();
  for (const { labels: given } of rules) {
    for (const code of given) {
      const bit = code === 'never-employer' ? neverEmployer : labelBit(uri.act, code);
      if (bit === 0 && code !== 'V') withoutBit.add(code);
    }
  }
  expect([...withoutBit].sort()).toEqual(['42CFRPart2', 'NODSCLCD', 'NORDSCLCD']);
});

test('the version of the rules is the same at every start', () => {
  expect(rulesVersion).toMatch(/^[\w-]{12}$/);
  expect(codeSystem('urn:oid:2.16.840.1.113883.6.90')).toBe('icd10');
});
