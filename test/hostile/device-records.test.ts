import type { Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { observationId } from '../../src/devices/identity.ts';
import { bloodPressure, collection, heartRate, post, statusesOf, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

// pa is who attacks, pb the victim; each may do all with their own record.
let server: Server;
let a: Record<string, string>;
let b: Record<string, string>;

const put = async (path: string, body: object, headers: Record<string, string> = {}) =>
  server.fetch(path, { method: 'PUT', headers, body: JSON.stringify(body) });

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'enforce' });
  for (const id of ['pa', 'pb']) {
    const identifier = [{ system: 'http://h.example/mrn', value: `mrn-${id}` }];
    expect((await put(`Patient/${id}`, { resourceType: 'Patient', id, identifier })).status).toBe(201);
  }
  const bearer = async (patient: string) => ({
    authorization: `Bearer ${await server.token('patient/*.cruds', { patient, fhirUser: `Patient/${patient}`, subject: patient })}`,
    'content-type': 'application/fhir+json',
  });
  [a, b] = [await bearer('pa'), await bearer('pb')];
  await put('Practitioner/pr1', { resourceType: 'Practitioner', id: 'pr1' });
  await put('Encounter/eb', {
    ...{ resourceType: 'Encounter', id: 'eb', status: 'finished', subject: { reference: 'Patient/pb' } },
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  });
  const ob = { ...heartRate('pb', '2026-01-01T00:00:00Z', 77), id: 'ob' };
  expect((await put('Observation/ob', ob)).status).toBe(201);
  await put('Device/db', { resourceType: 'Device', id: 'db', patient: { reference: 'Patient/pb' } });
});
afterAll(() => server?.close());

let second = 0;
const at = (): string => new Date(Date.UTC(2026, 4, 1) + 1000 * second++).toISOString();
const idIn = (location: string | undefined): string => location?.split('/')[1] ?? '';
const read = async (id: string, headers: Record<string, string>) => server.fetch(`Observation/${id}`, { headers });

/** References to what is not one's own, wherever an Observation has room for one. */
const others: Partial<Observation> = {
  basedOn: [{ reference: 'CarePlan/cb' }],
  partOf: [{ reference: 'Procedure/cb' }],
  focus: [{ reference: 'Patient/pb' }],
  encounter: { reference: 'Encounter/eb' },
  performer: [{ reference: 'Patient/pb' }, { reference: 'Practitioner/pr1' }],
  specimen: { reference: 'Specimen/sb' },
  hasMember: [{ reference: 'Observation/ob' }],
  derivedFrom: [{ reference: 'Observation/ob' }],
  note: [{ text: 'x', authorReference: { reference: 'Patient/pb' } }],
  extension: [
    { url: 'http://x/y', valueReference: { reference: 'Patient/pb' } },
    { url: 'http://x/z', extension: [{ url: 'a', valueReference: { reference: 'Observation/ob' } }] },
    {
      url: 'http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice',
      valueReference: { reference: 'Device/db' },
    },
  ],
  contained: [{ resourceType: 'Patient', id: 'c', identifier: [{ value: 'mrn-pb' }] }],
};

const cgm = (): Observation => ({
  ...heartRate('pa', at(), 60),
  code: { coding: [{ system: 'http://x', code: 'none of ours' }] },
});

describe('a reading does not reach into the record of another', () => {
  test.each<[string, () => Observation]>([
    ['of the narrow tier', () => heartRate('pa', at(), 60)],
    ['with components', () => bloodPressure('pa', at(), 120, 80)],
    ['of no measure of ours', cgm],
    ['that is not final', () => ({ ...heartRate('pa', at(), 60), status: 'preliminary' })],
  ])('%s', async (_, reading) => {
    for (const [name, value] of Object.entries(others)) {
      for (const path of ['fhir', 'ieee-11073', 'healthkit']) {
        const sent = { ...reading(), [name]: value };
        const answer = await post(server, path, JSON.stringify(collection(sent)), a);
        expect(answer.status, answer.text).toBeLessThan(500);
        for (const { response } of answer.entries) {
          if (response?.location === undefined) continue;
          const stored = await (await read(idIn(response.location), a)).text();
          expect(stored, `${name} by ${path}`).toContain('"Patient/pa"');
          expect(
            stored.match(/"reference":"[^"]*"/g)?.filter((one) => !/Patient\/pa"|Device\/[0-9a-f-]{36}"/.test(one)) ??
              [],
            `${name} by ${path}`,
          ).toEqual([]);
          expect(stored).not.toContain('mrn-pb');
        }
      }
    }
  });

  test('nor does the subject: by id, address, version, identifier, query, or an entry of the Bundle', async () => {
    const subjects: object[] = [
      { reference: 'Patient/pb' },
      { reference: `${server.base}/Patient/pb` },
      { reference: 'Patient/pb/_history/1' },
      { reference: 'Patient?identifier=http://h.example/mrn|mrn-pb' },
      { reference: 'urn:uuid:7d2d6d6e-8a5c-4a7e-9c2e-000000000000' },
      { reference: 'https://elsewhere.test/Patient/pa' },
      { reference: 'Group/pa' },
    ];
    const victim = {
      fullUrl: 'urn:uuid:7d2d6d6e-8a5c-4a7e-9c2e-000000000000',
      resource: { resourceType: 'Patient', identifier: [{ system: 'http://h.example/mrn', value: 'mrn-pb' }] },
    };
    const before = await server.database.query(
      "select count(*)::int from observation where tenant = 1 and patient = 'pb'",
    );
    for (const subject of subjects) {
      const entry = [{ resource: { ...heartRate('pa', at(), 60), subject } }, victim];
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
      const said = await submit(server, body, { headers: a });
      expect(statusesOf(said)[0], JSON.stringify(subject)).toBe('422');
      expect(said.text).not.toContain('Patient/pb"');
      expect(statusesOf(await post(server, 'fhir', body, a))[0], JSON.stringify(subject)).toBe('422');
    }
    expect(
      await server.database.query("select count(*)::int from observation where tenant = 1 and patient = 'pb'"),
    ).toEqual(before);
  });

  test('nor does a payload, a parameter or the address', async () => {
    const sent = heartRate('pb', at(), 60);
    const data = Buffer.from(JSON.stringify(sent)).toString('base64');
    const tag = [{ system: 'https://portico.dev/fhir/CodeSystem/device-format', code: 'fhir' }];
    const binary = { resourceType: 'Binary', contentType: 'application/json', data, meta: { tag } };
    expect(statusesOf(await submit(server, collection(binary), { headers: a }))).toEqual(['422']);
    const parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'resource', resource: collection(sent) },
        { name: 'subject', valueReference: { reference: 'Patient/pb' } },
      ],
    };
    expect(statusesOf(await submit(server, parameters, { headers: a }))).toEqual(['422']);
    expect((await post(server, 'fhir?subject=Patient/pb', JSON.stringify(sent), a)).status).toBe(412);
  });
});

describe('nothing tells who and what there is beside', () => {
  test('a device of another and one that is none are answered alike', async () => {
    const said = async (reference: string) => {
      const { text } = await submit(server, collection(heartRate('pa', at(), 60, { device: { reference } })), {
        headers: a,
      });
      return text.replaceAll(reference.split('/').at(-1) ?? '', '#');
    };
    expect(await said('Device/db')).toBe(await said('Device/none'));
    expect(await said(`${server.base}/Device/db`)).toBe(await said('Device/none'));
  });

  test('a patient of others and one that is none are answered alike, to a clinician and to a system', async () => {
    await put('Practitioner/far', { resourceType: 'Practitioner', id: 'far' });
    const tokens = [
      await server.token('user/*.cruds', { fhirUser: 'Practitioner/far', subject: 'far' }),
      await server.token('patient/*.cruds', { patient: 'pa', fhirUser: 'Patient/pa' }),
    ];
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
      const said = async (id: string) => {
        const { status, text } = await submit(server, collection(heartRate(id, at(), 60)), { headers });
        return `${status} ${text.replaceAll(id, '#')}`;
      };
      expect(await said('pb')).toBe(await said('nobody'));
    }
  });
});

describe('ids that somebody else can foretell', () => {
  test.each(['the attacker', 'a system'])('%s who takes one beforehand makes two of it for nobody', async (who) => {
    const everything = { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' };
    const measured = who === 'a system' ? '2026-05-02T10:00:00.000Z' : '2026-05-02T11:00:00.000Z';
    const foretold = (of: { patient: string; source: string }) =>
      observationId({ tenant: 1, code: '8867-4', start: Date.parse(measured), duration: 0, components: [], ...of });
    // Somebody without a client sends as the source that bears their name.
    const first = await submit(server, collection(heartRate('pb', at(), 60)), { headers: b });
    expect(first.status, first.text).toBe(201);
    const [row] = await server.database.query(
      "select source from series where tenant = 1 and patient = 'pb' order by id limit 1",
    );
    const id = foretold({ patient: 'pb', source: String(row?.[0]) });
    const taken = await put(
      `Observation/${id}`,
      { ...heartRate('pa', at(), 66), id },
      who === 'a system' ? everything : a,
    );
    expect(taken.status).toBe(who === 'a system' ? 201 : 404);
    const sent = await submit(server, collection(heartRate('pb', measured, 70)), { headers: b });
    const location = idIn(sent.entries[0]?.response?.location);
    const rows = await server.database.query('select patient from observation where tenant = 1 and id = $1', [id]);
    if (taken.status < 300) {
      // Then it is the attacker's, and there is one of it; the reading is not lost without a word.
      expect(rows).toEqual([['pa']]);
      expect([location, sent.status].join()).not.toBe([id, 201].join());
    } else {
      expect(location).toBe(id);
      expect(rows).toEqual([['pb']]);
      expect(await (await read(id, b)).json()).toMatchObject({ valueQuantity: { value: 70 } });
    }
    expect((await read(id, a)).status).toBe(taken.status < 300 ? 200 : 404);
  });

  test('a sample of another cannot be overwritten, patched or deleted, and is not told of', async () => {
    const when = at();
    const sent = await submit(server, collection(heartRate('pb', when, 71)), { headers: b });
    const id = idIn(sent.entries[0]?.response?.location);
    const none = '00000000-0000-5000-8000-000000000000';
    const plain = async (answer: Response) =>
      `${answer.status} ${(await answer.text()).replaceAll(id, '#').replaceAll(none, '#')}`;
    const patch = { ...a, 'content-type': 'application/json-patch+json' };
    const ask: ((one: string) => Promise<Response>)[] = [
      (one) => read(one, a),
      (one) => server.fetch(`Observation/${one}/_history`, { headers: a }),
      (one) => server.fetch(`Observation/${one}/_history/1`, { headers: a }),
      (one) =>
        server
          .fetch(`Observation?_id=${one}`, { headers: a })
          .then(async (answer) => new Response((await answer.text()).replace(/"lastUpdated":"[^"]*"/, ''), answer)),
      (one) => server.fetch(`Observation/${one}`, { method: 'DELETE', headers: a }),
      (one) =>
        server.fetch(`Observation/${one}`, {
          method: 'PATCH',
          headers: patch,
          body: '[{"op":"test","path":"/status","value":"final"}]',
        }),
      (one) => put(`Observation/${one}`, { ...heartRate('pa', when, 66), id: one }, { ...a, 'if-match': 'W/"1"' }),
    ];
    for (const [index, one] of ask.entries())
      expect((await plain(await one(id))).replaceAll(/"id":"[0-9a-f-]{36}"/g, ''), String(index)).toBe(
        (await plain(await one(none))).replaceAll(/"id":"[0-9a-f-]{36}"/g, ''),
      );
    expect(await (await read(id, b)).json()).toMatchObject({ meta: { versionId: '1' }, valueQuantity: { value: 71 } });
    const [tier] = await server.database.query('select status from sample where tenant = 1 and id = $1', [id]);
    expect(tier).toEqual([0]);
  });

  test('a record that another has named is not taken back', async () => {
    const identifier = [{ system: 'urn:x', value: 'record-1' }];
    const sent = await submit(server, collection(heartRate('pb', at(), 72, { identifier })), { headers: b });
    const id = idIn(sent.entries[0]?.response?.location);
    const back = heartRate('pa', at(), 72, { identifier, status: 'entered-in-error' });
    await submit(server, collection(back), { headers: a });
    expect(await (await read(id, b)).json()).toMatchObject({ status: 'final' });
    const other = heartRate('pb', at(), 72, { identifier, status: 'entered-in-error' });
    expect(statusesOf(await submit(server, collection(heartRate('pa', at(), 1), other), { headers: a }))[1]).toBe(
      '422',
    );
    expect(await (await read(id, b)).json()).toMatchObject({ status: 'final' });
  });

  test('what somebody changed, deleted or took over its sender does not bring back', async () => {
    const when = at();
    const sent = collection(heartRate('pb', when, 73));
    const id = idIn((await submit(server, sent, { headers: b })).entries[0]?.response?.location);
    const corrected = { ...heartRate('pb', when, 44), id, status: 'corrected' };
    expect((await put(`Observation/${id}`, corrected, b)).status).toBe(200);
    await submit(server, sent, { headers: b });
    await submit(server, collection(heartRate('pb', when, 99)), { headers: b });
    expect(await (await read(id, b)).json()).toMatchObject({ status: 'corrected', valueQuantity: { value: 44 } });
    const { entry = [] } = (await (await server.fetch(`Observation?_id=${id}`, { headers: b })).json()) as {
      entry?: [];
    };
    expect(entry).toHaveLength(1);
  });
});

test('no time that is none makes a source look as if it had brought something', async () => {
  const odd = [
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59+14:00',
    '9999-12-31',
    '2016-12-31T23:59:60Z',
    '1899-12-31T00:00:00Z',
  ];
  const sent = odd.flatMap((time) => [
    heartRate('pa', time, 60),
    { ...cgm(), effectiveDateTime: time },
    {
      ...heartRate('pa', time, 60),
      effectiveDateTime: undefined,
      effectivePeriod: { start: '2026-05-01T00:00:00Z', end: time },
    },
  ]);
  const answer = await submit(server, collection(heartRate('pa', at(), 60), ...sent), { headers: a });
  expect(answer.status, answer.text).toBe(200);
  const garmin = {
    dailies: [{ userId: 'u', startTimeInSeconds: 1e300, durationInSeconds: 1e300, steps: 5, summaryId: 'x' }],
  };
  for (const [format, body] of [
    ['garmin?subject=Patient/pa', garmin],
    ['oura?subject=Patient/pa', { heartrate: [{ bpm: 60, timestamp: '+275760-09-13T00:00:00Z' }] }],
    [
      'withings?subject=Patient/pa',
      { status: 0, body: { measuregrps: [{ grpid: 1, date: 1e300, measures: [{ value: 70, type: 1, unit: 0 }] }] } },
    ],
  ] as const)
    expect((await post(server, format, JSON.stringify(body), a)).status).toBeLessThan(500);
  const [row] = await server.database.query(
    "select extract(year from last_reading)::int from device_connection where tenant = 1 and patient = 'pa'",
  );
  expect(row).toEqual([2026]);
});
