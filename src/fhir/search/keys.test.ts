import { describe, expect, test } from 'vitest';
import {
  r4Examples,
  shared,
  sharedMissing,
  syntheaFiles,
  syntheaResources,
} from '../../../test/support/shared-data.ts';
import type { Resource } from '../context.ts';
import { openCache } from '../definitions/cache.ts';
import { loadDefinitions } from '../definitions/load.ts';
import type { KeyKind } from './hash.ts';
import { key, parameterId } from './hash.ts';
import { createIndexer } from './keys.ts';
import { labelBit } from './labels.ts';
import type { ResourceRow } from './row.ts';

const index = createIndexer(loadDefinitions());
const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';

/** Which of these keys a row has, as `code:kind:text`. */
function keysIn(row: ResourceRow, type: string, asked: readonly string[]): string[] {
  return asked.filter((one) => {
    const [, code = '', kind, text = ''] = /^([^:]*):([^:]*):([\s\S]*)$/.exec(one) ?? [];
    return row.keys.includes(key(1, type, code, kind as KeyKind, text)); // the tests write kinds
  });
}

const has = (resource: Resource, ...asked: string[]): void =>
  expect(keysIn(index(1, resource), resource.resourceType, asked)).toEqual(asked);
const hasNot = (resource: Resource, ...asked: string[]): void =>
  expect(keysIn(index(1, resource), resource.resourceType, asked)).toEqual([]);
const rows = <T extends { param: number }>(list: readonly T[], code: string): Omit<T, 'param'>[] =>
  list.filter(({ param }) => param === parameterId(code)).map(({ param: _, ...rest }) => rest);

describe('a token is found', () => {
  const observation: Resource = {
    resourceType: 'Observation',
    status: 'final',
    identifier: [
      { system: 'urn:a', value: '1', type: { coding: [{ system: 'urn:t', code: 'MR' }], text: 'Record Nº' } },
    ],
    code: { text: 'Heart  Rate', coding: [{ system: loinc, code: '8867-4', display: 'Heart rate' }, { code: 'HR' }] },
    category: [{ coding: [{ system: 'urn:only' }] }],
  };
  test('by code, by system and code, by system, and by code where it has no system', () => {
    has(
      observation,
      'code:c:8867-4',
      `code:s:${loinc}|8867-4`,
      `code:y:${loinc}`,
      'code:c:HR',
      'code:n:HR',
      'category:y:urn:only',
    );
    hasNot(observation, 'code:n:8867-4', 'code:s:|HR');
  });
  test('by the system its value set implies, when it is a code', () => {
    has(observation, 'status:c:final', 'status:s:http://hl7.org/fhir/observation-status|final');
    has(
      { resourceType: 'Patient', gender: 'male', active: true },
      'gender:s:http://hl7.org/fhir/administrative-gender|male',
    );
  });
  test('by the system of each, where two codes of one parameter have different ones', () => {
    const definitions = loadDefinitions();
    const expression = 'Encounter.status | Encounter.location.status';
    const both = {
      url: 'urn:both',
      code: 'both',
      type: 'token' as const,
      base: ['Encounter'],
      target: [],
      component: [],
      expression,
    };
    const withBoth = { ...definitions, searchParameters: [...definitions.searchParameters, both] };
    const location = [{ location: { reference: 'Location/1' }, status: 'planned' }];
    const row = createIndexer(withBoth)(1, { resourceType: 'Encounter', status: 'planned', location });
    const systems = ['http://hl7.org/fhir/encounter-status', 'http://hl7.org/fhir/encounter-location-status'];
    const asked = systems.map((system) => `both:s:${system}|planned`);
    expect(keysIn(row, 'Encounter', asked)).toEqual(asked);
  });
  test('by the type of an identifier', () => {
    has(observation, 'identifier:o:urn:t|MR|1', 'identifier:s:urn:a|1', 'identifier:c:1');
  });
  test('by its text, through a table of texts', () => {
    has(observation, 'code:t:heart rate', 'identifier:t:record no');
    expect(rows(index(1, observation).texts, 'code')).toEqual([
      { value: 'heart rate', key: key(1, 'Observation', 'code', 't', 'heart rate') },
    ]);
  });
  test('as a boolean, and as a telephone number', () => {
    const patient: Resource = {
      resourceType: 'Patient',
      active: false,
      deceasedDateTime: '2024',
      telecom: [{ system: 'phone', value: '555' }],
    };
    has(patient, 'active:c:false', 'deceased:c:true', 'telecom:c:555', 'phone:c:555');
    hasNot(patient, 'email:c:555');
  });
  test('in a column when it is the only code of its kind, and in no column when it is not', () => {
    expect(index(1, observation).code).toBeNull();
    const one: Resource = {
      ...observation,
      code: {
        coding: [
          { system: loinc, code: '8867-4' },
          { system: 'urn:b', code: '8867-4' },
        ],
      },
    };
    expect(index(1, one).code).toBe(key(1, 'Observation', 'code', 'c', '8867-4'));
  });
});

describe('a reference is found', () => {
  test('by type and id without its version, and by an absolute URL', () => {
    const encounter: Resource = {
      resourceType: 'Encounter',
      serviceProvider: { reference: 'Organization/1/_history/2' },
      partOf: { reference: 'http://example.org/fhir/Encounter/9/_history/1' },
      location: [{ location: { reference: '#here' } }],
    };
    has(encounter, 'service-provider:r:Organization/1', 'part-of:r:http://example.org/fhir/Encounter/9');
    hasNot(encounter, 'location:r:#here');
    expect(index(1, encounter).present).not.toContain(parameterId('location'));
  });
  test('by its identifier', () => {
    const encounter: Resource = {
      resourceType: 'Encounter',
      subject: { type: 'Patient', identifier: { system: 'urn:a', value: '1' } },
    };
    has(encounter, 'subject:ic:1', 'subject:is:urn:a|1', 'subject:iy:urn:a', 'patient:is:urn:a|1');
    has({ resourceType: 'Encounter', subject: { identifier: { value: '1' } } }, 'subject:in:1');
  });
  test('by a canonical with and without its version', () => {
    const response: Resource = { resourceType: 'QuestionnaireResponse', questionnaire: 'http://example.org/q|1' };
    has(response, 'questionnaire:r:http://example.org/q|1', 'questionnaire:r:http://example.org/q');
  });
});

describe('the patient of a row', () => {
  test('is a column and no key where there can be one only', () => {
    const row = index(1, { resourceType: 'Observation', subject: { reference: 'Patient/1' } });
    expect(row).toMatchObject({ patient: '1', patients: null });
    expect(keysIn(row, 'Observation', ['patient:r:Patient/1', 'subject:r:Patient/1'])).toEqual(['subject:r:Patient/1']);
    expect(row.present).toContain(parameterId('patient'));
  });
  test('of another server is nobody here', () => {
    const row = index(1, { resourceType: 'Observation', subject: { reference: 'http://example.org/fhir/Patient/1' } });
    expect(row).toMatchObject({ patient: null, patients: null });
    expect(keysIn(row, 'Observation', ['patient:r:http://example.org/fhir/Patient/1'])).toHaveLength(1);
  });
  test('is every Patient whose compartment it is in', () => {
    const performed: Resource = {
      resourceType: 'Observation',
      subject: { reference: 'Patient/1' },
      performer: [{ reference: 'Patient/2' }],
    };
    expect(index(1, performed)).toMatchObject({ patient: '1', patients: ['1', '2'] });
    const group: Resource = {
      resourceType: 'Observation',
      subject: { reference: 'Group/1' },
      performer: [{ reference: 'Patient/2' }],
    };
    expect(index(1, group)).toMatchObject({ patient: null, patients: ['2'] });
    const participant = (id: string) => ({ actor: { reference: `Patient/${id}` } });
    const appointment: Resource = { resourceType: 'Appointment', participant: [participant('1'), participant('2')] };
    expect(index(1, appointment)).toMatchObject({ patient: null, patients: ['1', '2'] });
    has(appointment, 'patient:r:Patient/1', 'patient:r:Patient/2');
  });
  test('of a Patient is the Patient alone, whatever it is linked to', () => {
    expect(index(1, { resourceType: 'Patient', id: '1' })).toMatchObject({ patient: '1', patients: null });
    const linked: Resource = {
      resourceType: 'Patient',
      id: '1',
      link: [{ other: { reference: 'Patient/2' }, type: 'refer' }],
    };
    expect(index(1, linked)).toMatchObject({ patient: '1', patients: null });
  });
  test('of a Device is whose it is, and of a Group is each member', () => {
    expect(index(1, { resourceType: 'Device', patient: { reference: 'Patient/1' } })).toMatchObject({ patient: '1' });
    const member = [{ entity: { reference: 'Patient/1' } }, { entity: { reference: 'Patient/2' } }];
    expect(index(1, { resourceType: 'Group', member })).toMatchObject({ patient: null, patients: ['1', '2'] });
  });
  test('of a type outside every compartment is nobody', () => {
    const response: Resource = { resourceType: 'GuidanceResponse', subject: { reference: 'Patient/1' } };
    expect(index(1, response)).toMatchObject({ patient: null, patients: null });
    has(response, 'patient:r:Patient/1');
  });
});

describe('a date is found', () => {
  const at = (text: string) => Date.parse(text);
  test('in columns when the type sorts by it', () => {
    const row = index(1, { resourceType: 'Observation', effectiveDateTime: '2024-02' });
    expect([row.dateStart, row.dateEnd, row.dates]).toEqual([at('2024-02-01'), at('2024-03-01'), []]);
  });
  test('as an open Period', () => {
    const row = index(1, { resourceType: 'Encounter', period: { start: '2024-02-01' } });
    expect([row.dateStart, row.dateEnd]).toEqual([at('2024-02-01'), Number.POSITIVE_INFINITY]);
    expect(index(1, { resourceType: 'Encounter', period: {} }).dateStart).toBeNull();
  });
  test('as a Timing, from its first moment to its last', () => {
    const row = index(1, {
      resourceType: 'Observation',
      effectiveTiming: {
        event: ['2024-02-03', '2024-02-01'],
        repeat: { boundsPeriod: { start: '2024-02-02', end: '2024-02-10' } },
      },
    });
    expect([row.dateStart, row.dateEnd]).toEqual([at('2024-02-01'), at('2024-02-11')]);
  });
  test('each by itself when it has several, with the span of all in the columns', () => {
    const row = index(1, {
      resourceType: 'CarePlan',
      period: { start: '2024-01-01', end: '2024-01-31' },
      activity: [],
    });
    expect(row.dates).toEqual([]);
    const goal = index(1, {
      resourceType: 'Goal',
      startDate: '2024-01-01',
      target: [{ dueDate: '2024-05-01' }, { dueDate: '2024-06-01' }],
    });
    expect(rows(goal.dates, 'target-date')).toEqual([
      { companion: 0, low: at('2024-05-01'), high: at('2024-05-02') },
      { companion: 0, low: at('2024-06-01'), high: at('2024-06-02') },
    ]);
    expect(goal.dateStart).toBe(at('2024-01-01'));
  });
});

describe('a quantity is found', () => {
  const observed = (valueQuantity: object): Resource => ({ resourceType: 'Observation', valueQuantity });
  test('as it was written and in its base unit', () => {
    const glucose = observed({ value: 90, unit: 'mg/dL', system: ucum, code: 'mg/dL' });
    expect(index(1, glucose)).toMatchObject({ quantity: 90, quantityBase: 900, numbers: [] });
    has(glucose, 'value-quantity:q:m-3.g');
    hasNot(glucose, 'value-quantity:q:mg/dL');
  });
  test('by the unit that only people write', () => {
    const rate = observed({ value: 60, unit: 'beats/min', system: ucum, code: '/min' });
    expect(index(1, rate)).toMatchObject({ quantity: 60, quantityBase: 1 });
    has(rate, 'value-quantity:q:s-1', 'value-quantity:q:beats/min');
  });
  test('by a unit of another system as it is written', () => {
    const tablets = observed({ value: 2, system: 'http://snomed.info/sct', code: '428673006' });
    expect(index(1, tablets)).toMatchObject({ quantity: 2, quantityBase: null });
    has(tablets, 'value-quantity:q:428673006');
  });
  test('as a range when it is "less than"', () => {
    const row = index(1, observed({ value: 5, comparator: '<', unit: 'mg', system: ucum, code: 'mg' }));
    expect(row.quantity).toBeNull();
    expect(rows(row.numbers, 'value-quantity')).toMatchObject([
      { low: Number.NEGATIVE_INFINITY, high: 5, baseHigh: 0.005 },
    ]);
  });
  test('as money, as a range, and as samples', () => {
    const invoice = index(1, { resourceType: 'Invoice', totalGross: { value: 10, currency: 'EUR' } });
    expect(rows(invoice.numbers, 'totalgross')).toEqual([
      {
        companion: 0,
        low: 10,
        high: 10,
        baseLow: null,
        baseHigh: null,
        unit: key(1, 'Invoice', 'totalgross', 'q', 'EUR'),
      },
    ]);
    const risk = index(1, {
      resourceType: 'RiskAssessment',
      prediction: [{ probabilityRange: { low: { value: 0.1 }, high: { value: 0.3 } } }],
    });
    expect(rows(risk.numbers, 'probability')).toMatchObject([{ low: 0.1, high: 0.3 }]);
    const valueSampledData = {
      origin: { value: 10, system: ucum, code: 'mV' },
      factor: 2,
      upperLimit: 99,
      data: '1 -4 E U 3',
    };
    const sampled = index(1, { resourceType: 'Observation', valueSampledData });
    expect(rows(sampled.numbers, 'value-quantity')).toMatchObject([{ low: 2, high: 99, baseLow: expect.any(Number) }]);
  });
});

describe('a string is found', () => {
  test('by each part of a name or an address, without case and accents, and as it was written', () => {
    const patient: Resource = {
      resourceType: 'Patient',
      name: [{ family: 'Müller', given: ['Zoë', null], prefix: ['Dr.'] }],
      address: [{ line: ['1 Rue É'], city: 'Genève' }],
    };
    const row = index(1, patient);
    expect(rows(row.strings, 'name').map(({ value }) => value)).toEqual(['muller', 'zoe', 'dr.']);
    expect(rows(row.strings, 'address').map(({ value }) => value)).toEqual(['1 rue e', 'geneve']);
    has(patient, 'family:e:Müller', 'name:e:Zoë', 'address-city:e:Genève');
  });
});

test('a uri is found as it is written, and what it is below of', () => {
  const set: Resource = { resourceType: 'ValueSet', url: 'http://Example.org/vs' };
  has(set, 'url:u:http://Example.org/vs');
  expect(rows(index(1, set).strings, 'url')).toEqual([{ companion: 0, value: 'http://Example.org/vs' }]);
});

test('tags, profiles, security labels and the source are found, and labels are bits of the row', () => {
  const profile = ['http://example.org/p|1'];
  const security = [
    { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' },
    { system: 'urn:x', code: 'R' },
  ];
  const patient: Resource = {
    resourceType: 'Patient',
    meta: { profile, security, tag: [{ code: 'a' }], source: 'urn:s' },
  };
  has(
    patient,
    '_profile:u:http://example.org/p|1',
    '_profile:u:http://example.org/p',
    '_tag:n:a',
    '_security:c:R',
    '_source:u:urn:s',
  );
  const row = index(1, patient);
  expect(row.strings).toEqual([]);
  expect(row.texts.map(({ value }) => value)).toContain('http://example.org/p');
  expect(row.labels).toBe(labelBit('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R'));
});

describe('a composite is found', () => {
  const code = { coding: [{ system: loinc, code: 'a' }] };
  test('as two tokens, in every way to write them', () => {
    const observation: Resource = {
      resourceType: 'Observation',
      code,
      valueCodeableConcept: { coding: [{ system: 'urn:v', code: 'x' }] },
    };
    const forms = ['a$x', `${loinc}|a$x`, 'a$urn:v|x', `${loinc}|a$urn:v|x`];
    has(observation, ...forms.map((form) => `code-value-concept:p:${form}`));
  });
  test('as a token and a value of its own component only', () => {
    const component = (name: string, value: number) => ({
      code: { coding: [{ code: name }] },
      valueQuantity: { value, system: ucum, code: 'mm[Hg]' },
    });
    const row = index(1, {
      resourceType: 'Observation',
      code,
      component: [component('sys', 120), component('dia', 80)],
    });
    const companion = (name: string) => key(1, 'Observation', 'component-code-value-quantity', 'c', name);
    expect(rows(row.numbers, 'component-code-value-quantity')).toMatchObject([
      {
        companion: companion('sys'),
        low: 120,
        high: 120,
        unit: key(1, 'Observation', 'component-code-value-quantity', 'q', 'm-1.s-2.g'),
      },
      { companion: companion('dia'), low: 80, high: 80 },
    ]);
    expect(row.present).toEqual(expect.arrayContaining(['combo-code', 'combo-code-value-quantity'].map(parameterId)));
  });
  test('as a token and a string, a date, a reference', () => {
    const string = index(1, { resourceType: 'Observation', code, valueString: 'Große' });
    expect(rows(string.strings, 'code-value-string')).toEqual([
      { companion: key(1, 'Observation', 'code-value-string', 'c', 'a'), value: 'grosse' },
      { companion: key(1, 'Observation', 'code-value-string', 's', `${loinc}|a`), value: 'grosse' },
    ]);
    const date = index(1, { resourceType: 'Observation', code, valueDateTime: '2024' });
    expect(rows(date.dates, 'code-value-date')).toHaveLength(2);
    const relatesTo = [{ code: 'replaces', target: { reference: 'DocumentReference/1' } }];
    has({ resourceType: 'DocumentReference', relatesTo }, 'relationship:p:replaces$DocumentReference/1');
  });
  test('of code and quantity in the columns of an Observation, and nowhere else', () => {
    const row = index(1, { resourceType: 'Observation', code, valueQuantity: { value: 1 } });
    expect(row.numbers).toEqual([]);
    expect(row.present).toContain(parameterId('code-value-quantity'));
  });
  test('as a chromosome and the span on it', () => {
    const row = index(1, {
      resourceType: 'MolecularSequence',
      referenceSeq: { chromosome: { coding: [{ code: '1' }] }, windowStart: 10, windowEnd: 20 },
    });
    expect(rows(row.numbers, 'chromosome-window-coordinate')).toMatchObject([{ low: 10, high: 20 }]);
  });
});

test('a Location is found by where it is', () => {
  const row = index(1, { resourceType: 'Location', position: { latitude: 42.2, longitude: -71.1 } });
  expect(row.positions).toEqual([{ param: parameterId('near'), latitude: 42.2, longitude: -71.1 }]);
});

test('the keys of different tenants are different keys', () => {
  const patient: Resource = { resourceType: 'Patient', id: '1', gender: 'male' };
  const first = new Set(index(1, patient).keys);
  expect(index(2, patient).keys.filter((one) => first.has(one))).toEqual([]);
});

test('no key is there twice', () => {
  const coding = Array.from({ length: 200 }, (_, at) => ({ system: 'urn:s', code: `${at % 70}`, display: 'same' }));
  const { keys } = index(1, { resourceType: 'Observation', code: { coding } });
  expect(new Set(keys).size).toBe(keys.length);
});

test('a resource with very many of everything is indexed in bounded time', () => {
  const many = <T>(make: (at: number) => T): T[] => Array.from({ length: 30_000 }, (_, at) => make(at));
  const coding = many((at) => ({ system: 'urn:s', code: `${at}`, display: `Display ${at}` }));
  const begun = performance.now();
  const group = index(1, { resourceType: 'Group', member: many((at) => ({ entity: { reference: `Patient/${at}` } })) });
  const effectiveTiming = { event: many(() => '2024-01-01') };
  const observation = index(1, {
    resourceType: 'Observation',
    code: { coding },
    valueCodeableConcept: { coding },
    effectiveTiming,
  });
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(group.patients).toHaveLength(30_000);
  expect(observation.keys.length).toBeLessThan(200_000);
});

test('an element with extensions only is no value', () => {
  const row = index(1, {
    resourceType: 'Patient',
    _birthDate: { extension: [{ url: 'urn:x', valueString: 'unknown' }] },
  });
  // Who is not known to have died is alive: R4 has it so.
  expect(row.present).toEqual([parameterId('deceased')]);
});

describe('search parameters of packages', () => {
  const definitions = loadDefinitions();
  const custom = { base: ['Patient'], target: [], component: [] };
  const race = "Patient.extension.where(url = 'urn:race').extension.value.code";
  const withCustom = {
    ...definitions,
    hash: 'with custom parameters',
    searchParameters: [
      ...definitions.searchParameters,
      { ...custom, url: 'urn:race', code: 'race', type: 'token' as const, expression: race },
      {
        ...custom,
        url: 'urn:initials',
        code: 'initials',
        type: 'string' as const,
        expression: 'Patient.name.select(given.first() & family)',
      },
      { ...custom, url: 'urn:broken', code: 'broken', type: 'string' as const, expression: 'Patient..name(' },
    ],
  };
  const patient: Resource = {
    resourceType: 'Patient',
    extension: [
      {
        url: 'urn:race',
        extension: [
          { url: 'c', valueCoding: { code: 'x' } },
          { url: 't', valueString: 'X' },
        ],
      },
    ],
    name: [{ family: 'B', given: ['A'] }],
  };
  test('are compiled, or evaluated by the engine, and a broken one has no values', () => {
    const row = createIndexer(withCustom)(1, patient);
    expect(keysIn(row, 'Patient', ['race:c:x'])).toHaveLength(1);
    expect(rows(row.strings, 'initials')).toEqual([{ companion: 0, value: 'ab' }]);
    expect(row.present).toEqual(expect.arrayContaining([parameterId('race'), parameterId('initials')]));
    expect(row.present).not.toContain(parameterId('broken'));
  });
  test('are compiled once and then kept on disk', async ({ onTestFinished }) => {
    const { mkdtempSync, readdirSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/portico-indexer-');
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const cache = openCache(folder);
    const first = createIndexer(withCustom, { cache })(1, patient);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(createIndexer(withCustom, { cache })(1, patient)).toEqual(first);
  });
});

test.skipIf(shared === null)(
  shared === null ? sharedMissing : 'every official example and real record has a row that Postgres takes',
  () => {
    const [first = '', second = ''] = syntheaFiles().slice(2);
    for (const resource of [...r4Examples(), ...[first, second].flatMap((file) => syntheaResources(file, new Map()))]) {
      const row = index(1, resource);
      const wrong = [...row.keys, ...row.present].filter((one) => !Number.isSafeInteger(one) || one < 0);
      const spans = [...row.dates, ...row.numbers].filter(({ low, high }) => Number.isNaN(low) || Number.isNaN(high));
      const long = [...row.strings, ...row.texts].filter(({ value }) => value.length > 255);
      expect([resource.resourceType, resource.id, wrong, spans, long]).toEqual([
        resource.resourceType,
        resource.id,
        [],
        [],
        [],
      ]);
      expect(new Set(row.present).size).toBe(row.present.length);
    }
  },
);
