import type { Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { observationId } from '../../src/devices/identity.ts';
import { seriesFor } from '../../src/fhir/samples/series.ts';
import { writeSamples } from '../../src/fhir/samples/write.ts';
import { type Server, startServer } from '../support/server.ts';

// A reading of the narrow tier is an Observation to everybody: it is read, listed in histories, corrected and deleted as one.
const servers: Server[] = [];
beforeAll(async () => {
  servers.push(await startServer(), await startServer({ PORTICO_SHRED: 'on' }));
  for (const server of servers) {
    for (const id of ['ada', 'ben']) {
      const body = JSON.stringify({ resourceType: 'Patient', id, name: [{ family: id }] });
      expect((await server.fetch(`Patient/${id}`, { method: 'PUT', body })).status).toBe(201);
    }
  }
}, 60_000);
afterAll(() => Promise.all(servers.map((server) => server.close())));

const template = (patient: string): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: '2026-01-01T00:00:00Z',
  valueQuantity: { value: 1, unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' },
});

const begin = Date.UTC(2026, 0, 10, 8);

/** Writes one heart rate at a minute, as its sender does, and gives its id and what became of it. */
async function send(server: Server, minute: number, value: number, patient = 'ada') {
  const context = server.smart.fhir;
  const of = { patient, source: 'app:watch/1', measure: 'heart-rate' };
  const start = begin + minute * 60_000;
  const key = { tenant: 1, patient, source: of.source, code: '8867-4', start, duration: 0, components: [] };
  const id = observationId(key);
  const [written] = await context.database.transaction(async (tx) => {
    const series = await seriesFor(context, tx, 1, of, () => template(patient));
    return writeSamples(tx, 1, [{ series: series.id, id, start, duration: 0, zone: 120, value }], new Date());
  });
  return { id, written };
}

const json = async (server: Server, path: string, init?: RequestInit) => {
  const answer = await server.fetch(path, init);
  return { status: answer.status, body: await answer.json().catch(() => null), etag: answer.headers.get('etag') };
};

const valuesOf = (bundle: { entry?: { resource?: Observation }[] }): (number | undefined)[] =>
  (bundle.entry ?? []).map(({ resource }) => resource?.valueQuantity?.value);

test('a sample is read, each of its versions is, and its history tells of them', async () => {
  for (const server of servers) {
    const { id } = await send(server, 1, 70);
    expect((await send(server, 1, 72)).written).toEqual({ stored: 'amended', version: 2 });
    const now = await json(server, `Observation/${id}`);
    expect(now).toMatchObject({ status: 200, etag: 'W/"2"' });
    expect(now.body).toMatchObject({
      status: 'amended',
      effectiveDateTime: '2026-01-10T10:01:00.000+02:00',
      valueQuantity: { value: 72, code: '/min' },
    });
    expect((await json(server, `Observation/${id}/_history/1`)).body).toMatchObject({
      status: 'final',
      valueQuantity: { value: 70 },
    });
    expect((await json(server, `Observation/${id}/_history/3`)).status).toBe(404);
    for (const path of [`Observation/${id}/_history`, 'Observation/_history?_count=2', '_history?_count=2']) {
      expect(valuesOf((await json(server, path)).body), path).toEqual([72, 70]);
    }
  }
});

test('a sample that is corrected through FHIR keeps its versions, is found once, and its sender changes it no more', async () => {
  for (const server of servers) {
    const { id } = await send(server, 2, 60);
    await send(server, 2, 61);
    const { body } = await json(server, `Observation/${id}`);
    const corrected = { ...body, status: 'corrected', valueQuantity: { ...body.valueQuantity, value: 66 } };
    const stale = { 'If-Match': 'W/"1"' };
    const write = { method: 'PUT', body: JSON.stringify(corrected) };
    expect((await json(server, `Observation/${id}`, { ...write, headers: stale })).status).toBe(412);
    const written = await json(server, `Observation/${id}`, { ...write, headers: { 'If-Match': 'W/"2"' } });
    expect(written).toMatchObject({ status: 200, etag: 'W/"3"' });
    expect(valuesOf((await json(server, `Observation/${id}/_history`)).body)).toEqual([66, 61, 60]);
    expect((await json(server, `Observation/${id}/_history/1`)).body.valueQuantity.value).toBe(60);
    const found = await json(server, `Observation?patient=ada&code=8867-4&date=2026-01-10T10:02:00%2B02:00`);
    expect(valuesOf(found.body)).toEqual([66]);
    expect((await send(server, 2, 61)).written?.stored).toBe('moved');
    expect((await json(server, `Observation/${id}`)).body.valueQuantity.value).toBe(66);
  }
});

test('where records are sealed, so is every version of what was a sample', async () => {
  const [, server] = servers;
  if (!server) throw new Error('no server');
  const { id } = await send(server, 20, 50);
  await send(server, 20, 51);
  expect((await server.fetch(`Observation/${id}`, { method: 'DELETE' })).status).toBeLessThan(300);
  const rows = await server.database.query(
    "select content from resource_history where tenant = 1 and id = $1 and content <> '' order by version",
    [id],
  );
  expect(rows).toHaveLength(2);
  for (const [content] of rows) expect(content).toMatch(/^(?!.*valueQuantity).*portico:sealed/);
});

test('a sample that was deleted is gone, and does not come back when it is sent again', async () => {
  for (const server of servers) {
    const { id } = await send(server, 3, 80);
    expect((await server.fetch(`Observation/${id}`, { method: 'DELETE' })).status).toBeLessThan(300);
    expect((await json(server, `Observation/${id}`)).status).toBe(410);
    expect((await send(server, 3, 80)).written?.stored).toBe('moved');
    expect((await json(server, `Observation/${id}`)).status).toBe(410);
    expect((await json(server, 'Observation?patient=ada&value-quantity=80')).body.entry ?? []).toEqual([]);
    expect((await json(server, `Observation/${id}/_history`)).body.entry).toHaveLength(2);
  }
});

test('a patch and a transaction change a sample as they change every resource', async () => {
  for (const server of servers) {
    const { id } = await send(server, 4, 90);
    const patch = [{ op: 'add', path: '/note', value: [{ text: 'after the stairs' }] }];
    const headers = { 'Content-Type': 'application/json-patch+json' };
    const patched = await json(server, `Observation/${id}`, { method: 'PATCH', body: JSON.stringify(patch), headers });
    expect(patched).toMatchObject({ status: 200, etag: 'W/"2"', body: { note: [{ text: 'after the stairs' }] } });
    const other = await send(server, 5, 91);
    const { body } = await json(server, `Observation/${other.id}`);
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { request: { method: 'PUT', url: `Observation/${other.id}` }, resource: { ...body, status: 'corrected' } },
        { request: { method: 'DELETE', url: `Observation/${id}` } },
      ],
    };
    const done = await json(server, '', { method: 'POST', body: JSON.stringify(bundle) });
    expect(
      done.body.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
    ).toEqual(['200', '204']);
    expect((await json(server, `Observation/${other.id}`)).body.status).toBe('corrected');
    expect(valuesOf((await json(server, `Observation/${other.id}/_history`)).body)).toEqual([91, 91]);
  }
});

test('who may not see a record finds no sample of it, by its id, its versions or its history, and changes none', async () => {
  const [server] = servers;
  if (!server) throw new Error('no server');
  const { id } = await send(server, 6, 100);
  const headers = { Authorization: `Bearer ${await server.token('patient/*.cruds', { patient: 'ben' })}` };
  for (const path of [`Observation/${id}`, `Observation/${id}/_history/1`]) {
    expect((await json(server, path, { headers })).status, path).toBe(404);
  }
  for (const path of [
    `Observation/${id}/_history`,
    'Observation/_history',
    'Observation?code=8867-4',
    `Observation?_id=${id}`,
  ])
    expect((await json(server, path, { headers })).body.entry ?? [], path).toEqual([]);
  const stolen = { ...template('ben'), id };
  const write = { method: 'PUT', body: JSON.stringify(stolen), headers };
  expect((await json(server, `Observation/${id}`, write)).status).toBe(404);
  expect((await server.fetch(`Observation/${id}`, { method: 'DELETE', headers })).status).not.toBe(200);
  expect((await json(server, `Observation/${id}`)).body.subject.reference).toBe('Patient/ada');
});

test('a whole record comes with its samples behind its resources, page by page', async () => {
  const [server] = servers;
  if (!server) throw new Error('no server');
  const sent = [];
  for (let minute = 100; minute < 130; minute++) sent.push((await send(server, minute, minute, 'ben')).id);
  for (let minute = 100; minute < 105; minute++) await send(server, minute, 1, 'ada');
  const seen: string[] = [];
  let path = 'Patient/ben/$everything?_count=7';
  for (let page = 0; page < 20 && path !== ''; page++) {
    const { body } = await json(server, path);
    for (const { resource } of body.entry) seen.push(`${resource.resourceType}/${resource.id}`);
    const next = body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url ?? '';
    path = next.slice(next.indexOf('Patient/'));
    if (next === '') path = '';
  }
  expect(seen.sort()).toEqual(['Patient/ben', ...sent.map((id) => `Observation/${id}`)].sort());
});
