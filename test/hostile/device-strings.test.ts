import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  bloodPressure,
  collection,
  heartRate,
  patientIn,
  post,
  type Submitted,
  statusesOf,
  submit,
} from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow' });
  patient = await patientIn(server);
});
afterAll(() => server?.close());

let second = 0;
/** Each a time of its own. */
const at = (): string => new Date(Date.UTC(2026, 4, 1) + 1000 * second++).toISOString();
const good = () => heartRate(patient, at(), 60);

// No text of Postgres has a NUL, these two are what its arrays are split at, and no index has room for the last.
const odd: readonly (readonly [string, string])[] = [
  ['a NUL', 'a\u0000b'],
  ['what arrays are split at', 'a\u001eb\u001dc'],
  ['half a character', '\ud800'],
  ['more than an index holds', randomBytes(20_000).toString('hex')],
];

/** Whatever becomes of the odd one, those beside it are stored. */
function others(answer: Submitted): void {
  expect(answer.status, answer.text).toBeLessThan(300);
  const all = statusesOf(answer);
  expect([all[0], all.at(-1)], answer.text.slice(0, 2000)).toEqual(['201', '201']);
}

describe.each(odd)('%s', (_, text) => {
  test.each<[string, () => object[]]>([
    [
      'in the serial number of a device',
      () => [
        { resourceType: 'Device', id: 'd', serialNumber: text },
        heartRate(patient, at(), 61, { device: { reference: 'Device/d' } }),
      ],
    ],
    [
      'in the name of a device',
      () => [
        {
          resourceType: 'Device',
          id: 'd',
          serialNumber: randomBytes(4).toString('hex'),
          deviceName: [{ name: text, type: 'other' }],
          manufacturer: text,
          modelNumber: text,
        },
        heartRate(patient, at(), 61, { device: { reference: 'Device/d' } }),
      ],
    ],
    [
      'in the identifier of a device',
      () => [
        { resourceType: 'Device', id: 'd', identifier: [{ system: text, value: text }] },
        heartRate(patient, at(), 61, { device: { reference: 'Device/d' } }),
      ],
    ],
    [
      'in the type of a device',
      () => [
        {
          resourceType: 'Device',
          id: 'd',
          serialNumber: randomBytes(4).toString('hex'),
          type: { coding: [{ system: text, code: text, display: text }] },
        },
        heartRate(patient, at(), 61, { device: { reference: 'Device/d' } }),
      ],
    ],
    ['in what a device is called', () => [heartRate(patient, at(), 61, { device: { display: text } })]],
    [
      'in an identifier that a device is referred to by',
      () => [heartRate(patient, at(), 61, { device: { identifier: { system: 'urn:x', value: text } } })],
    ],
    ['in a reference to a device', () => [heartRate(patient, at(), 61, { device: { reference: `Device/${text}` } })]],
    [
      'in what a record is called',
      () => [heartRate(patient, at(), 61, { identifier: [{ system: text, value: text }] })],
    ],
    [
      'in the version of a record',
      () => [heartRate(patient, at(), 61, { identifier: [{ value: 'r' }], meta: { versionId: text } })],
    ],
    [
      'in a record that is taken back',
      () => [heartRate(patient, at(), 61, { identifier: [{ value: text }], status: 'entered-in-error' })],
    ],
    ['in the id of the patient', () => [heartRate(text, at(), 61)]],
    [
      'in a query for the patient',
      () => [heartRate(patient, at(), 61, { subject: { reference: `Patient?identifier=${text}` } })],
    ],
    ['in a unit', () => [heartRate(patient, at(), 61, { valueQuantity: { value: 1, unit: text, code: text } })]],
    [
      'in a code',
      () => [
        heartRate(patient, at(), 61, { code: { coding: [{ system: 'http://x', code: text, display: text }], text } }),
      ],
    ],
    [
      'beside the code of a measure',
      () => [
        heartRate(patient, at(), 61, {
          code: {
            coding: [
              { system: 'http://loinc.org', code: '8867-4' },
              { system: text, code: text },
            ],
            text,
          },
        }),
      ],
    ],
    ['in a note', () => [heartRate(patient, at(), 61, { note: [{ text }] })]],
    [
      'in a label',
      () => [
        heartRate(patient, at(), 61, {
          meta: { security: [{ system: text, code: text }], tag: [{ system: text, code: text }] },
        }),
      ],
    ],
    ['in an extension', () => [heartRate(patient, at(), 61, { extension: [{ url: text, valueString: text }] })]],
    ['in a component', () => [{ ...bloodPressure(patient, at(), 120, 80), note: [{ text }], bodySite: { text } }]],
    ['in a time', () => [heartRate(patient, text, 61)]],
    [
      'in the format of a payload',
      () => [
        {
          resourceType: 'Binary',
          contentType: text,
          data: 'e30=',
          meta: { tag: [{ system: 'https://portico.dev/fhir/CodeSystem/device-format', code: text }] },
        },
      ],
    ],
    [
      'in the template of a payload',
      () => [
        {
          resourceType: 'Binary',
          contentType: 'application/json',
          data: 'e30=',
          meta: { tag: [{ system: 'https://portico.dev/fhir/CodeSystem/device-format', code: `template:${text}` }] },
        },
      ],
    ],
  ])('%s breaks nothing', async (_where, bad) => {
    const sent = () => [good(), ...bad(), good()];
    const answer = await submit(server, collection(...sent()));
    // A body with it may be refused as a whole, as every body is.
    if (answer.status === 400 || answer.status === 422) expect(answer.text).toContain('OperationOutcome');
    else others(answer);
    others(await post(server, `fhir?subject=Patient/${patient}`, JSON.stringify(collection(...sent()))));
    const lines = sent().map((one) => JSON.stringify(one));
    const headers = { 'content-type': 'application/x-ndjson' };
    others(await post(server, `fhir?subject=Patient/${patient}`, lines.join('\n'), headers));
  });
});
