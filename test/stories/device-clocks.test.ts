import { afterAll, beforeAll, expect, test } from 'vitest';

import { patientIn, post, statusesOf } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let patient: string;
const identifier = [{ system: 'urn:oid:2.999.1', value: 'wearer-1' }];

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'allow', PORTICO_LOG: 'error' });
  patient = await patientIn(server, { identifier });
});

afterAll(() => server?.close());

const mdc = (code: string) => ({ coding: [{ system: 'urn:iso:std:iso:11073:10101', code }] });

/** What a gateway sends of an oximeter that it has read out: it corrects times by how far the two clocks are apart now. */
const readOut = (clock: { gateway: string; device: string }, effective: string, value = 97) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', identifier } },
    {
      fullUrl: 'urn:uuid:2',
      resource: {
        resourceType: 'Device',
        identifier: [{ system: 'urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680', value: '00-1C-05-04-00-00-78-25' }],
        type: mdc('65573'),
        specialization: [{ systemType: mdc('528388') }],
      },
    },
    {
      fullUrl: 'urn:uuid:3',
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: mdc('67975'),
        subject: { reference: 'urn:uuid:2' },
        effectiveDateTime: clock.gateway,
        valueDateTime: clock.device,
      },
    },
    {
      resource: {
        resourceType: 'Observation',
        status: 'final',
        extension: [
          {
            url: 'http://hl7.org/fhir/uv/phd/StructureDefinition/CoincidentTimeStampReference',
            valueReference: { reference: 'urn:uuid:3' },
          },
        ],
        code: mdc('150456'),
        subject: { reference: 'urn:uuid:1' },
        device: { reference: 'urn:uuid:2' },
        effectiveDateTime: effective,
        valueQuantity: { value, system: 'http://unitsofmeasure.org', code: '%', unit: '%' },
      },
    },
  ],
});

const first = readOut(
  { gateway: '2026-03-01T12:00:00.250Z', device: '2026-03-01T11:00:00Z' },
  '2026-03-01T09:30:00.250Z',
);
const again = readOut(
  { gateway: '2026-03-02T12:00:00.900Z', device: '2026-03-02T11:00:00Z' },
  '2026-03-01T09:30:00.900Z',
);

test('what a device with a wrong clock has measured is taken once, however often it is read out', async () => {
  const sent = await post(server, 'ieee-11073', JSON.stringify(first));
  expect(sent.status, sent.text).toBe(200);
  expect(statusesOf(sent)).toEqual(['200', '200', '201', '201']);
  const known = await post(server, 'ieee-11073', JSON.stringify(again));
  // The clock was read at another time, and that is new.
  expect(statusesOf(known), known.text).toEqual(['200', '200', '201', '200']);
  const found = await server.fetch(`Observation?code=59408-5&patient=${patient}`);
  const bundle = (await found.json()) as { entry: { resource: object }[] }; // a Bundle
  expect(bundle.entry).toMatchObject([
    { resource: { effectiveDateTime: '2026-03-01T09:30:00.250Z', valueQuantity: { value: 97, code: '%' } } },
  ]);
});

test('a Patient of the Bundle who is somebody else is nobody whose readings are taken', async () => {
  const text = JSON.stringify(first).replaceAll('wearer-1', 'wearer-2');
  const sent = await post(server, `ieee-11073?subject=Patient/${patient}`, text);
  expect(statusesOf(sent)[3], sent.text).toBe('422');
});
