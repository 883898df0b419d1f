import type { Bundle, Device, DeviceMetric, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { collection, heartRate, issuesOf, patientIn, post, statusesOf, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

const mdc = 'urn:iso:std:iso:11073:10101';
const inRecordOf = 'https://portico.dev/fhir/StructureDefinition/in-record-of';
const ofMetric = 'https://portico.dev/fhir/StructureDefinition/device-metric';

let server: Server;
let serial = 0;

beforeAll(async () => {
  server = await startServer({ PORTICO_REFERENCES: 'enforce', PORTICO_LOG: 'error' });
}, 60_000);
afterAll(() => server?.close());

const oximeter = (number: number): Device => ({
  resourceType: 'Device',
  id: 'oximeter',
  identifier: [{ system: 'urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680', value: `74-E8-FF-FE-${number}` }],
  patient: { reference: 'Patient/their-own-name' },
});

const metric = (more: Partial<DeviceMetric> = {}): DeviceMetric => ({
  resourceType: 'DeviceMetric',
  id: 'rate',
  type: { coding: [{ system: mdc, code: '149530', display: 'MDC_PULS_OXIM_PULS_RATE' }] },
  unit: { coding: [{ system: mdc, code: '264864', display: 'MDC_DIM_BEAT_PER_MIN' }] },
  source: { reference: 'Device/oximeter' },
  operationalStatus: 'on',
  category: 'measurement',
  calibration: [{ type: 'gain', state: 'calibrated', time: '2026-01-01T00:00:00Z' }],
  ...more,
});

const pulse = (patient: string, minute: number, more: Partial<Observation> = {}): Observation => ({
  ...heartRate(patient, `2026-03-01T08:${String(minute).padStart(2, '0')}:00+01:00`, 60 + minute),
  code: { coding: [{ system: mdc, code: '149530' }] },
  device: { reference: 'Device/oximeter' },
  ...more,
});

const allOf = async <T extends DeviceMetric | Observation>(query: string, init: RequestInit = {}): Promise<T[]> => {
  const bundle = (await (await server.fetch(query, init)).json()) as Bundle<T>;
  return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
};

const metricsOf = async (patient: string): Promise<(DeviceMetric & { id: string })[]> => {
  const devices = (await (await server.fetch(`Device?patient=${patient}`)).json()) as Bundle<Device>;
  const names = (devices.entry ?? []).map(({ resource }) => `Device/${resource?.id}`);
  const found = names.length === 0 ? [] : await allOf<DeviceMetric>(`DeviceMetric?source=${names.join()}`);
  return found as (DeviceMetric & { id: string })[]; // what is stored has an id
};

describe('what a personal health device can measure', () => {
  test.each(['$submit-device-data', 'ieee-11073', 'fhir'])(
    'comes with its readings by %s, and they refer to it and to the device',
    async (path) => {
      const patient = await patientIn(server);
      const sent = collection(oximeter(++serial), metric(), pulse(patient, 1));
      const send = () => (path.startsWith('$') ? submit(server, sent) : post(server, path, JSON.stringify(sent)));
      const answer = await send();
      expect(answer.status, answer.text).toBe(200);
      const [one, other] = await metricsOf(patient);
      expect(other).toBeUndefined();
      expect(one).toMatchObject({
        extension: [{ url: inRecordOf, valueReference: { reference: `Patient/${patient}` } }],
        type: metric().type,
        unit: metric().unit,
        operationalStatus: 'on',
        category: 'measurement',
        calibration: metric().calibration,
      });
      expect(issuesOf(answer).filter((text) => text?.includes('DeviceMetric/'))).toEqual([
        `informational Bundle.entry[1].resource: It is DeviceMetric/${one?.id} here`,
      ]);
      const [observation] = await allOf<Observation>(`Observation?patient=${patient}`);
      expect(observation?.device).toEqual(one?.source);
      expect(observation?.extension).toContainEqual({
        url: ofMetric,
        valueReference: { reference: `DeviceMetric/${one?.id}` },
      });
      const again = await send();
      expect([again.status, (await metricsOf(patient)).length]).toEqual([200, 1]);
      expect(again.text).not.toContain('"201');
      expect((await allOf<Observation>(`Observation?patient=${patient}`))[0]?.meta?.versionId).toBe('1');
    },
  );

  test('is named by a reading in the place of its device, which the reading is of', async () => {
    const patient = await patientIn(server);
    const sent = collection(
      pulse(patient, 2, {
        device: { reference: 'DeviceMetric/rate' },
        code: { coding: [{ system: mdc, code: '149514' }] },
      }),
      metric(),
      oximeter(++serial),
    );
    const answer = await submit(server, sent);
    expect(statusesOf(answer), answer.text).toEqual(['201', '200', '200']);
    const [one] = await metricsOf(patient);
    const [observation] = await allOf<Observation>(`Observation?patient=${patient}`);
    expect(observation?.device?.reference).toMatch(/^Device\//);
    expect(JSON.stringify(observation?.extension)).toContain(`DeviceMetric/${one?.id}`);
    const later = await submit(
      server,
      collection(pulse(patient, 3, { device: { reference: `DeviceMetric/${one?.id}` } })),
    );
    expect(statusesOf(later), later.text).toEqual(['201']);
    const [newest] = await allOf<Observation>(`Observation?patient=${patient}&_sort=-date`);
    expect(newest?.device).toEqual(one?.source);
  });

  test('is known when it is sent again without it, and a reading is not written anew for that', async () => {
    const patient = await patientIn(server);
    const [device, reading] = [oximeter(++serial), pulse(patient, 4)];
    expect((await submit(server, collection(device, metric(), reading))).status).toBe(200);
    const again = await submit(server, collection(device, reading));
    expect(statusesOf(again)).toEqual(['200', '200']);
    const [observation] = await allOf<Observation>(`Observation?patient=${patient}`);
    expect(observation?.meta?.versionId).toBe('1');
    expect(observation?.extension?.map(({ url }) => url)).toContain(ofMetric);
  });

  test('is a part of a device of ours, or of none', async () => {
    const patient = await patientIn(server);
    const other = await patientIn(server);
    const theirs = await server.fetch('Device', {
      method: 'POST',
      body: JSON.stringify({ resourceType: 'Device', patient: { reference: `Patient/${other}` } }),
    });
    const foreign = `Device/${theirs.headers.get('location')?.split('/').at(-3)}`;
    const hub: Device = {
      resourceType: 'Device',
      id: 'hub',
      identifier: [{ system: 'urn:hub', value: `${++serial}` }],
    };
    const sent = collection(
      oximeter(++serial),
      hub,
      metric({ parent: { reference: 'Device/hub' } }),
      metric({ id: 'other', type: { text: 'another' }, parent: { reference: foreign } }),
      pulse(patient, 5),
    );
    const answer = await submit(server, sent);
    expect(answer.status, answer.text).toBe(200);
    const found = await metricsOf(patient);
    const parents = found.map(({ parent }) => parent?.reference);
    expect(parents.filter((one) => one !== undefined)).toHaveLength(1);
    expect(parents).not.toContain('Device/hub');
    expect(JSON.stringify(found)).not.toContain(foreign);
  });

  test('refers to nothing of its sender’s, and is refused where it is no DeviceMetric, with its readings taken', async () => {
    const patient = await patientIn(server);
    const victim = await patientIn(server);
    const reaching = metric({
      extension: [
        { url: inRecordOf, valueReference: { reference: `Patient/${victim}` } },
        { url: 'http://x/y', valueReference: { reference: `Patient/${victim}` } },
      ],
      identifier: [{ system: 'urn:x', value: '1', assigner: { reference: `Patient/${victim}` } }],
      unit: { text: 'x', extension: [{ url: 'http://x/y', valueReference: { reference: `Patient/${victim}` } }] },
    });
    const odd = metric({ type: { coding: [{ system: mdc, code: '1' }] }, category: 'nonsense' as 'setting' });
    const sent = collection(
      oximeter(++serial),
      reaching,
      odd,
      { ...metric(), source: undefined },
      metric({ source: { reference: 'Device/nowhere' } }),
      pulse(patient, 6),
    );
    const answer = await submit(server, sent);
    expect(statusesOf(answer), answer.text).toEqual(['200', '200', '422', '422', '404', '201']);
    expect(issuesOf(answer)[2]).toContain('Bundle.entry[2].resource.category');
    const found = await metricsOf(patient);
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain(victim);
  });

  test('is seen by who may see the device, and by nobody else', async () => {
    const [patient, stranger] = [await patientIn(server), await patientIn(server)];
    expect((await submit(server, collection(oximeter(++serial), metric(), pulse(patient, 7)))).status).toBe(200);
    const [one] = await metricsOf(patient);
    const path = `DeviceMetric/${one?.id}`;
    const as = async (who: string, scope = 'patient/*.cruds') => ({
      headers: {
        authorization: `Bearer ${await server.token(scope, { patient: who, fhirUser: `Patient/${who}`, subject: who })}`,
        'content-type': 'application/fhir+json',
      },
    });
    const [own, other] = [await as(patient), await as(stranger)];
    expect((await server.fetch(path, own)).status).toBe(200);
    expect(await allOf(`DeviceMetric?source=${one?.source?.reference}`, own)).toHaveLength(1);
    expect(await allOf(`Patient/${patient}/$everything`, own)).toContainEqual(expect.objectContaining({ id: one?.id }));
    for (const asked of [path, `${path}/_history/1`, `${path}/_history`])
      expect((await server.fetch(asked, other)).status, asked).toBe(404);
    expect(await allOf(`DeviceMetric?source=${one?.source?.reference}`, other)).toEqual([]);
    expect(await allOf('DeviceMetric', other)).toEqual([]);
    expect((await server.fetch(path, await as(patient, 'patient/Observation.rs'))).status).toBe(403);
    const mine = { ...one, id: 'planted' };
    const planted = await server.fetch('DeviceMetric/planted', { method: 'PUT', body: JSON.stringify(mine), ...other });
    expect(planted.status).toBeGreaterThanOrEqual(400);
    const taken = { ...one, extension: [{ url: inRecordOf, valueReference: { reference: `Patient/${stranger}` } }] };
    const moved = await server.fetch(path, { method: 'PUT', body: JSON.stringify(taken), ...other });
    expect(moved.status).toBeGreaterThanOrEqual(400);
    // What one names in a reading of one's own is not told of either.
    const named = pulse(stranger, 8, { device: { reference: path } });
    const probe = await submit(server, collection(named), other);
    const unknown = await submit(server, collection({ ...named, device: { reference: 'DeviceMetric/none' } }), other);
    expect([statusesOf(probe), statusesOf(unknown)]).toEqual([['404'], ['404']]);
  });

  test('goes with the record of its patient', async () => {
    const patient = await patientIn(server);
    expect((await submit(server, collection(oximeter(++serial), metric(), pulse(patient, 9)))).status).toBe(200);
    const [one] = await metricsOf(patient);
    expect(one).toBeDefined();
    const erased = await server.fetch(`Patient/${patient}/$erase?grace=0`, { method: 'POST' });
    expect(erased.status, await erased.text()).toBe(200);
    const left = await server.database.query(
      `select (select count(*)::int from resource where tenant = 1 and id = $1)
        + (select count(*)::int from resource_history where tenant = 1 and id = $1)`,
      [one?.id ?? ''],
    );
    expect(left).toEqual([[0]]);
  });
});
