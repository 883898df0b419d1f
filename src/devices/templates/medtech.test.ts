import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { shared } from '../../../test/support/shared-data.ts';
import { canonical } from '../canonical.ts';
import type { Item } from '../reading.ts';
import { extract } from './extract.ts';
import { itemsOfExtracted } from './items.ts';
import { standardPath } from './medtech-content.ts';
import { readTemplate } from './template.ts';

const folder = join(shared ?? '', 'data/wearables/iomt-fhir');
const inputs = join(folder, 'test/Microsoft.Health.Fhir.Ingest.Template.UnitTests/TestInput');
const context = { received: Date.UTC(2022, 0, 1), zone: 0 };

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
const input = (name: string): unknown => json(join(inputs, `data_${name}.json`));
const sample = (name: string, file: string): unknown => json(join(folder, 'sample/templates', name, `${file}.json`));

const loinc = 'http://loinc.org';
const value = (valueName: string, unit: string) => ({ valueName, valueType: 'SampledData', unit });
const one = (typeName: string, code: string, valueName: string, unit: string) => ({
  templateType: 'CodeValueFhir',
  template: { codes: [{ system: loinc, code }], typeName, value: value(valueName, unit) },
});

const pressure = (typeName: string) => ({
  templateType: 'CodeValueFhir',
  template: {
    codes: [{ system: loinc, code: '85354-9' }],
    typeName,
    components: [
      { codes: [{ system: loinc, code: '8462-4' }], value: value('diastolic', 'mmHg') },
      { codes: [{ system: loinc, code: '8480-6' }], value: value('systolic', 'mmHg') },
    ],
  },
});

/** What our own FHIR mapping makes of the types that the examples find. */
const fhirMapping = (pressureType = 'bloodpressure') => ({
  templateType: 'CollectionFhir',
  template: [
    ...(pressureType === 'heartrate' ? [] : [one('heartrate', '8867-4', 'hr', 'count/min')]),
    one('steps', '55423-8', 'steps', 'count'),
    one('stepcount', '55423-8', 'steps', ''),
    one('heightInMeters', '8302-2', 'height', 'm'),
    one('respiratoryrate', '9279-1', 'respiratoryrate', 'count/min'),
    pressure(pressureType),
  ],
});

function items(deviceContent: unknown, payload: unknown, mapping: unknown = fhirMapping()): Item[] {
  const template = readTemplate(JSON.stringify({ deviceContent, fhirMapping: mapping }));
  if (!template.ok) throw new Error(JSON.stringify(template.issues));
  return [...itemsOfExtracted(template.value.mapping, extract(template.value.mapping, payload), '', context)];
}

/** `measure=value@time` of readings that can be, and what else there is. */
const shown = (list: readonly Item[]): string[] =>
  list.map((item) => {
    if (item.kind !== 'reading') return item.kind;
    const read = canonical(item, context.received);
    if (!read.ok) return read.issues[0]?.diagnostics ?? '';
    const parts = Object.values(read.value.components ?? {}).join('/');
    return `${item.measure}=${parts === '' ? String(read.value.value) : parts} ${new Date(item.start.at).toISOString()}`;
  });

describe.skipIf(shared === null)('the examples of MedTech’s documentation give what it says they give', () => {
  test.each<[string, string, string, string[], string?]>([
    ['HeartRate', 'HeartRate', 'heart-rate', ['heart-rate=78 2019-02-01T22:46:01.875Z']],
    ['BloodPressure', 'BloodPressure', 'blood-pressure', ['blood-pressure=87/123 2019-02-01T22:46:01.875Z']],
    [
      'MultipleMatches',
      'MultipleMatches',
      'one for each match',
      ['blood-pressure=80/120 2021-07-13T17:29:01.061Z', 'blood-pressure=82/122 2021-07-13T17:28:01.061Z'],
      'heartrate',
    ],
    [
      'MultipleMeasurements',
      'MultipleMeasurements',
      'one for each type',
      ['heart-rate=78 2019-02-01T22:46:01.875Z', 'steps=2 2019-02-01T22:46:01.875Z'],
    ],
    [
      'MultipleMeasurements',
      'MultipleMeasurements_FromArray',
      'one for each element',
      [
        'heart-rate=78 2019-02-01T20:46:01.875Z',
        'heart-rate=81 2019-02-01T21:46:01.875Z',
        'heart-rate=72 2019-02-01T22:46:01.875Z',
      ],
    ],
    [
      'TransformData',
      'TransformData',
      'what an expression computes',
      ['body-height=198.12 2019-02-01T22:46:01.875Z', 'body-height=193.04 2019-02-01T23:46:01.875Z'],
    ],
  ])('%s of %s: %s', (template, payload, _, expected, pressureType) => {
    const content = input(`Documentation_CalculatedFunction_${template}_Template`);
    const found = items(
      content,
      input(`Documentation_CalculatedFunction_${payload}_Payload`),
      fhirMapping(pressureType),
    );
    expect(shown(found)).toEqual(expected);
    for (const item of found) expect(item).toMatchObject({ device: { identity: 'device123' } });
  });
});

describe.skipIf(shared === null)('content templates of each kind find their values', () => {
  const bare = { heartrate: '60', device: 'd1', date: '2020-01-01T00:00:00Z', patient: 'p1' };
  test.each<[string, unknown, string[]]>([
    ['JsonPathContentTemplateValid', bare, ['heart-rate=60 2020-01-01T00:00:00.000Z']],
    ['CalculatedFunctionContentTemplateValid', bare, ['heart-rate=60 2020-01-01T00:00:00.000Z']],
    ['CalculatedFunctionContentTemplateValidExpressionObject', bare, ['heart-rate=60 2020-01-01T00:00:00.000Z']],
    ['CalculatedFunctionContentTemplateValidOptional', bare, ['heart-rate=60 2020-01-01T00:00:00.000Z']],
    [
      'CollectionContentTemplateHrAndSteps',
      { ...bare, steps: 3 },
      ['heart-rate=60 2020-01-01T00:00:00.000Z', 'steps=3 2020-01-01T00:00:00.000Z'],
    ],
    [
      'CollectionContentTemplateHrAndStepsJmesPath',
      { ...bare, steps: 3 },
      ['heart-rate=60 2020-01-01T00:00:00.000Z', 'steps=3 2020-01-01T00:00:00.000Z'],
    ],
  ])('%s', (name, payload, expected) => {
    expect(shown(items(input(name), payload))).toEqual(expected);
  });

  test('an IoT hub’s message says by itself which device and when', () => {
    const [item] = items(input('IotJsonPathContentTemplateValid'), input('IotHubPayloadExample'));
    expect(shown(item ? [item] : [])).toEqual(['heart-rate=203 2019-01-30T22:45:02.607Z']);
    expect(item).toMatchObject({ device: { identity: 'ev-d795-1d04-55ae' } });
    const late = items(input('IotJsonPathContentTemplateValid'), input('IotHubPayloadExampleMissingCreateTime'));
    expect(shown(late)).toEqual(['heart-rate=203 2019-02-01T22:46:01.875Z']);
  });

  test('IoT Central’s message does likewise', () => {
    const content = input('CollectionContentTemplateMultipleIotCentralJsonPath');
    const found = items(content, input('IotCentralPayloadExample'));
    expect(shown(found)).toEqual([
      'respiratory-rate=13 2020-08-05T22:26:55.455Z',
      'Impossible value of diastolic-blood-pressure: 10 to 250 mm[Hg] is allowed',
    ]);
    expect(found[0]).toMatchObject({ device: { identity: '1vzb5ghlsg1' }, subject: 'Patient?identifier=1vzb5ghlsg1' });
  });
});

describe.skipIf(shared === null)(
  'all content templates of iomt-fhir are taken or refused as it takes or refuses them',
  () => {
    const contents =
      shared === null
        ? []
        : readdirSync(inputs).filter((name) => /Content|InvalidTemplateType/.test(name) && !/Payload/.test(name));
    const documented =
      shared === null ? [] : readdirSync(inputs).filter((name) => /Documentation.*_Template/.test(name));
    /** Names tell what iomt-fhir says of them; of these they do not. */
    const bad = new Set([
      'data_CalculatedFunctionContentTemplateValidInvalidAndMissingMembers.json',
      'data_CollectionContentTemplateEmpty.json',
      'data_CollectionContentTemplateEmptyWithType.json',
      'data_CollectionContentTemplateMixedValidity.json',
      'data_CollectionContentTemplateMultipleMocks.json',
    ]);
    test.each([...new Set([...contents, ...documented])].map((file) => [file]))('%s', (file) => {
      const content = json(join(inputs, file));
      const read = readTemplate(JSON.stringify({ deviceContent: content, fhirMapping: fhirMapping() }));
      const mine = read.ok
        ? []
        : read.issues.filter(
            ({ severity, expression }) => severity === 'error' && expression?.startsWith('deviceContent'),
          );
      const expected = bad.has(file) || (/Invalid/.test(file) && !bad.has(file));
      expect(mine.length > 0, JSON.stringify(mine)).toBe(expected);
    });
  },
);

describe.skipIf(shared === null)('the samples that MedTech ships', () => {
  const errors = (name: string, content = 'devicecontent'): string[] => {
    const pair = { deviceContent: sample(name, content), fhirMapping: sample(name, 'fhirmapping') };
    const read = readTemplate(JSON.stringify(pair));
    return read.ok
      ? []
      : read.issues.filter(({ severity }) => severity === 'error').map(({ diagnostics }) => diagnostics);
  };

  test('code a diastolic pressure as a heart rate, and are refused with the reason', () => {
    const diastolic =
      'heart-rate is not a component of blood-pressure: systolic-blood-pressure, diastolic-blood-pressure are';
    for (const name of ['basic', 'sandbox', 'healthkitOnFhir']) expect(errors(name), name).toContain(diastolic);
  });

  test.each(['basic', 'sandbox', 'healthkitOnFhir'])('%s is taken once that is put right', (name) => {
    const text = JSON.stringify(sample(name, 'fhirmapping')).replaceAll(
      /"code":"8867-4","display":"Diastolic/g,
      '"code":"8462-4","display":"Diastolic',
    );
    const right = readTemplate(
      JSON.stringify({ deviceContent: sample(name, 'devicecontent'), fhirMapping: JSON.parse(text) }),
    );
    expect(right.ok ? [] : right.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test.each([
  ['$..[?(@heartrate)]', '$..[?(@.heartrate)]'],
  ['$..[?(@Body.systolic && @Body.diastolic)]', '$..[?(@.Body.systolic && @.Body.diastolic)]'],
  ["$..[?(@unit == 'a-b.c-d@e')]", "$..[?(@.unit == 'a-b.c-d@e')]"],
  ['$.SystemProperties.iothub-connection-device-id', "$.SystemProperties['iothub-connection-device-id']"],
  ['$.a.b', '$.a.b'],
])('%s is %s by the standard', (written, standard) => {
  expect(standardPath(written)).toBe(standard);
});
