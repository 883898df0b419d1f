import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;

type Event = { id: string; resourceType: string; [key: string]: unknown };

const put = async (resource: { resourceType: string; id: string; [key: string]: unknown }): Promise<void> => {
  const { status } = await server.fetch(`${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    body: JSON.stringify(resource),
  });
  expect(status).toBeLessThan(300);
};

const patient = (id: string) => ({ resourceType: 'Patient', id, name: [{ family: `Family${id}` }] });
const heartRate = (id: string, of: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${of}` },
  effectiveDateTime: '2026-01-01',
});

const rows = (where = 'true') =>
  server.database.query(
    `select id, patient, content, block::int, position from ledger where ${where} order by block, position`,
  );

const eventsOf = async (query: string, token?: string): Promise<Event[]> => {
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const response = await server.fetch(`AuditEvent?${query}`, headers ? { headers } : {});
  const bundle = (await response.json()) as { entry?: { resource: Event }[] };
  if (response.status !== 200) throw new Error(JSON.stringify(bundle));
  return (bundle.entry ?? []).map(({ resource }) => resource);
};

beforeAll(async () => {
  server = await startServer();
  for (const id of ['pa', 'pb']) await put(patient(id));
  for (const id of ['oa1', 'oa2']) await put(heartRate(id, 'pa'));
  await put(heartRate('ob1', 'pb'));
}, 120_000);

afterAll(() => server.close());

test('A-68 what is written to a record is in the ledger, and what FHIR finds of it there is what is in the record', async () => {
  const found = await eventsOf('patient=pa&action=U&_sort=_id');
  const created = await eventsOf('patient=pa&action=C');
  expect([...found, ...created].length).toBe(3);
  const [first] = created;
  const one = (await (await server.fetch(`AuditEvent/${first?.id}`)).json()) as Event;
  expect(one).toEqual(first);
  const { fhir } = server.smart;
  for (const event of [...found, ...created])
    expect(fhir.validate(event).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('the keys of a row of the ledger are those that the indexer makes of the AuditEvent', async () => {
  await server.fetch('Observation?patient=pa&code=8867-4&_include=Observation:subject');
  await server.fetch('Observation/oa1');
  await server.fetch('Observation/unknown');
  await server.fetch('Patient/pa/$everything');
  const { fhir } = server.smart;
  const kept = await server.database.query(
    'select id, keys::text[], present, code::text, content, patient from audit_event',
  );
  expect(kept.length).toBeGreaterThan(8);
  for (const [id, keys, present, code] of kept as [string, string[], number[], string][]) {
    const event = (await (await server.fetch(`AuditEvent/${id}`)).json()) as Event;
    const row = fhir.index(1, event);
    expect(new Set(keys.map(Number))).toEqual(new Set(row.keys));
    expect(new Set(present)).toEqual(new Set(row.present));
    expect(Number(code)).toBe(row.code);
    expect(fhir.validate(event).filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});
