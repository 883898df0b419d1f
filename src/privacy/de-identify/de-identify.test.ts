import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import type { Json, Validate } from '../../fhir/context.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { type DeIdentifying, deIdentified, pseudonym } from './de-identify.ts';

const by: DeIdentifying = {
  key: new Uint8Array(32).fill(7),
  tenant: 1,
  recipient: 'research',
  now: Date.UTC(2026, 5, 1),
};

let validate: Validate;
beforeAll(async () => {
  validate = await createValidator(loadDefinitions(), {});
}, 60_000);

/** The eighteen of 45 CFR 164.514 (b)(2)(i), as far as a pattern finds them; faces and fingerprints are attachments. */
const identifiers: Readonly<Record<string, RegExp>> = {
  name: /John|Smith|Zweig/i,
  geography: /street|avenue|springfield|\b\d{5}(?:-\d{4})?\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b/i,
  date: /\d{4}-\d\d|\d\d\/\d\d\/\d{2,4}|T\d\d:\d\d/,
  telephone: /\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\+\d{7,}/,
  email: /@/,
  socialSecurity: /\b\d{3}-\d\d-\d{4}\b/,
  record: /MRN|\b\d{7}\b/,
  account: /ACCT/,
  plan: /MEMBER/,
  certificate: /LICENSE/,
  vehicle: /\b[A-HJ-NPR-Z0-9]{17}\b/,
  device: /SERIAL|\(01\)/,
  url: /https?:\/\/(?!terminology\.hl7\.org|portico\.dev|snomed\.info|loinc\.org|hl7\.org|unitsofmeasure\.org)/,
  address: /\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]{4}:[0-9a-f]{4}:/,
  biometric: /finger|retina/i,
  photograph: /data"|image\//,
  other: /PIN-/,
  text: /"(?:div|display|text|note|title|description)"/,
};

const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`));
const phone = fc.tuple(digits(3), digits(3), digits(4)).map((parts) => parts.join('-'));
const day = fc
  .date({ min: new Date('1915-01-01'), max: new Date('2026-05-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** The code that de-identification keeps: an id that is a part of it would be found in it and tell nothing. */
const kept = '44054006';

/** Something that tells who somebody is, in each place where it could stand. */
const secrets = fc.record({
  phone,
  zip: digits(5),
  ssn: fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join('-')),
  mrn: digits(7).map((text) => `MRN${text}`),
  id: fc.oneof(
    fc.uuid(),
    digits(7).filter((text) => !kept.includes(text)),
    fc.constant('john-smith'),
  ),
  born: day,
  seen: day,
  ip: fc.ipV4(),
});

function resourcesOf(one: typeof secrets extends fc.Arbitrary<infer T> ? T : never): Json[] {
  const { id, born, seen } = one;
  const words = `John Smith ${one.phone} ${one.ssn} ${one.mrn} john@x.example ACCT MEMBER LICENSE SERIAL PIN-1 ${one.ip}`;
  const common = {
    id,
    meta: { versionId: '1', lastUpdated: seen, source: `https://clinic.example/${one.mrn}`, tag: [{ code: one.mrn }] },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${words}</div>` },
    extension: [{ url: 'https://clinic.example/x', valueString: words }],
    identifier: [{ system: 'https://clinic.example/ids', value: one.mrn }],
    note: [{ text: words, authorString: 'John Smith', time: seen }],
  };
  const subject = { reference: `Patient/${id}`, display: 'John Smith', identifier: { value: one.mrn } };
  const code = {
    coding: [
      { system: 'http://snomed.info/sct', code: kept, display: words },
      { system: 'https://clinic.example/codes', code: one.mrn },
      { system: 'http://loinc.org', code: one.phone },
    ],
    text: words,
  };
  return [
    {
      resourceType: 'Patient',
      ...common,
      name: [{ family: 'Smith', given: ['John'], text: words }],
      telecom: [
        { system: 'phone', value: one.phone },
        { system: 'email', value: 'john@x.example' },
      ],
      gender: 'male',
      birthDate: born.slice(0, 10),
      address: [
        { line: ['1 Main Street'], city: 'Springfield', state: 'IL', postalCode: one.zip, country: 'US', text: words },
      ],
      maritalStatus: { text: words },
      photo: [{ contentType: 'image/png', data: 'AAAA' }],
      contact: [{ name: { family: 'Zweig' } }],
      link: [{ other: subject, type: 'seealso' }],
    },
    {
      resourceType: 'Condition',
      ...common,
      code,
      subject,
      onsetString: words,
      recordedDate: seen,
      asserter: { display: 'Zweig' },
      evidence: [{ detail: [{ reference: `https://clinic.example/Observation/${one.mrn}` }] }],
    },
    {
      resourceType: 'Observation',
      ...common,
      status: 'final',
      code: { text: words },
      subject,
      effectiveDateTime: seen,
      issued: seen,
      valueString: words,
      device: { display: 'SERIAL' },
      component: [
        { code, valueQuantity: { value: 93, unit: 'John', system: 'http://unitsofmeasure.org', code: 'a' } },
        { code, valueInteger: Number(one.ssn.replaceAll('-', '')) },
        { code, valueDateTime: seen },
      ],
      referenceRange: [{ text: words }],
    },
  ];
}

test('O-32 of 10,000 patients nothing that is de-identified tells who they are', () => {
  fc.assert(
    fc.property(secrets, (one) => {
      for (const resource of resourcesOf(one)) {
        const text = deIdentified(JSON.stringify(resource), by) ?? '';
        const found = Object.entries(identifiers).filter(([, pattern]) => pattern.test(text));
        if (found.length > 0 || text.includes(String(one.id)) || !text.includes('"code":"DEID"'))
          throw new Error(`${found.map(([name]) => name)} in ${text}`);
      }
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('O-32 of notes with a name and a telephone nothing is left', () => {
  const observation = {
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }], text: 'Heart rate' },
    subject: { reference: 'Patient/p' },
    effectiveDateTime: '2024-02-03T10:00:00Z',
    valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    note: [{ text: 'John Smith 416-555-0199' }],
  };
  expect(JSON.parse(deIdentified(JSON.stringify(observation), by) ?? '')).toEqual({
    resourceType: 'Observation',
    id: pseudonym(by, 'Observation', 'o'),
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'DEID' }] },
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${pseudonym(by, 'Patient', 'p')}` },
    effectiveDateTime: '2024',
    valueQuantity: { value: 72, system: 'http://unitsofmeasure.org', code: '/min' },
  });
});

test('O-32 who is over 89 is 90 and more, and has no year of birth', () => {
  const patient = (birthDate: string): Json =>
    JSON.parse(deIdentified(JSON.stringify({ resourceType: 'Patient', id: 'p', birthDate }), by) ?? '') as Json;
  expect(patient('1937-01-01')).toMatchObject({ birthDate: '1937' });
  expect(patient('1936-12-31')).not.toHaveProperty('birthDate');
  expect(patient('1936-12-31')).toMatchObject({ extension: [{ valueString: '90+' }] });
  const age = { system: 'http://unitsofmeasure.org', code: 'a', unit: 'years', value: 97 };
  const condition = { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p' }, onsetAge: age };
  expect(JSON.parse(deIdentified(JSON.stringify(condition), by) ?? '')).toMatchObject({
    onsetAge: { value: 90, comparator: '>=', code: 'a' },
  });
});

test('O-32 a person has one id for each recipient, and two recipients cannot compare theirs', () => {
  expect(pseudonym(by, 'Patient', 'p')).toBe(pseudonym({ ...by }, 'Patient', 'p'));
  const others = [
    pseudonym({ ...by, recipient: 'insurer' }, 'Patient', 'p'),
    pseudonym({ ...by, tenant: 2 }, 'Patient', 'p'),
    pseudonym({ ...by, key: new Uint8Array(32) }, 'Patient', 'p'),
    pseudonym(by, 'Patient', 'q'),
    pseudonym(by, 'Condition', 'p'),
  ];
  expect(new Set([pseudonym(by, 'Patient', 'p'), ...others]).size).toBe(6);
  expect(pseudonym(by, 'Patient', 'p')).toMatch(/^[b-df-hj-np-tv-w]{32}$/);
});

test('O-32 what is de-identified is a good resource, and a type that is not listed is not shown', () => {
  fc.assert(
    fc.property(secrets, (one) => {
      for (const resource of resourcesOf(one)) {
        const made: unknown = JSON.parse(deIdentified(JSON.stringify(resource), by) ?? '');
        const wrong = validate(made).filter(({ severity }) => severity === 'error' || severity === 'fatal');
        expect(wrong).toEqual([]);
      }
    }),
    { numRuns: 20 },
  );
  expect(deIdentified('{"resourceType":"DocumentReference","id":"d"}', by)).toBeNull();
});
