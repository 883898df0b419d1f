import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fileBlocks } from '../../src/privacy/ledger/block.ts';
import { checkpointKey } from '../../src/privacy/ledger/checkpoint-key.ts';
import { checkpoint, checkpointsInDatabase, checkpointsInFile } from '../../src/privacy/ledger/checkpoints.ts';
import { type Verified, verifyLedger } from '../../src/privacy/ledger/verify.ts';
import { saveClient } from '../../src/smart/clients/clients.ts';
import { createGrant } from '../../src/smart/tokens/app-grants.ts';
import { mintToken, placeOf } from '../../src/smart/tokens/tokens.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;

type Event = AuditEvent & { id: string };
type Bundle = {
  entry?: { resource?: Event; response?: { status: string } }[];
  link?: { relation: string; url: string }[];
};

const put = async (resource: { resourceType: string; id: string; [key: string]: unknown }): Promise<void> => {
  const body = JSON.stringify(resource);
  const answer = await server.fetch(`${resource.resourceType}/${resource.id}`, { method: 'PUT', body });
  expect(answer.status, await answer.text()).toBeLessThan(300);
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

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

const eventsOf = async (query: string, init: RequestInit = {}): Promise<Event[]> => {
  const answer = await server.fetch(`AuditEvent?${query}`, init);
  const bundle = (await answer.json()) as Bundle;
  if (answer.status !== 200) throw new Error(JSON.stringify(bundle));
  return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
};

/** Rows of the ledger, without those that asking for them makes. */
const count = async (where = 'true'): Promise<number> => {
  const [row] = await server.database.query(`select count(*)::int from ledger where ${where}`);
  return Number(row?.[0]);
};

const errorsOf = (event: unknown) =>
  server.smart.fhir.validate(event).filter(({ severity }) => severity === 'error' || severity === 'fatal');

/** A token of an app that a patient let in. */
async function appOf(of: string, clientId = randomUUID()): Promise<{ clientId: string; token: string }> {
  const metadata = { client_name: 'Heart diary', redirect_uris: [], token_endpoint_auth_method: 'none' };
  const own = { secretHash: null, managementHash: null, certificateUri: null, owner: null, registeredBy: 'test' };
  await saveClient(server.database, { tenant: 1, id: clientId, metadata, ...own } as never); // more than is needed here
  const scope = 'patient/*.rs';
  const common = { tenant: 1, clientId, scope, patient: of, fhirUser: `Patient/${of}` };
  const id = randomUUID();
  const none = { userId: null, sessionId: null, context: {}, consentId: null, dpopJkt: null, expiresAt: null };
  await createGrant(server.database, { ...common, ...none, id });
  const claims = { ...common, subject: of, grant: id };
  return { clientId, token: await mintToken(server.smart.keys, placeOf(server.origin, 1), claims, 3600) };
}

beforeAll(async () => {
  server = await startServer();
  for (const id of ['pa', 'pb']) await put(patient(id));
  for (const id of ['oa1', 'oa2']) await put(heartRate(id, 'pa'));
  await put(heartRate('ob1', 'pb'));
}, 120_000);

afterAll(() => server.close());

describe('what FHIR finds of the ledger', () => {
  test('is found by its search parameters and read by its id, and is valid', async () => {
    const created = await eventsOf('patient=pa&action=C&_sort=_id');
    expect(created.map(({ entity }) => entity?.map(({ what }) => what?.reference))).toEqual([
      ['Patient/pa', 'Patient/pa'],
      ['Patient/pa', 'Observation/oa1'],
      ['Patient/pa', 'Observation/oa2'],
    ]);
    for (const event of created) {
      expect(errorsOf(event)).toEqual([]);
      expect(await (await server.fetch(`AuditEvent/${event.id}`)).json()).toEqual(event);
      const history = (await (await server.fetch(`AuditEvent/${event.id}/_history`)).json()) as Bundle;
      expect(history.entry?.map(({ resource }) => resource)).toEqual([event]);
    }
    expect((await eventsOf('entity=Observation/oa2&action=C&type=rest&subtype=create')).length).toBe(1);
  });

  test('has the keys that the indexer makes of the whole AuditEvent', async () => {
    await server.fetch('Observation?patient=pa,pb&code=8867-4&_include=Observation:subject');
    await server.fetch('Observation/oa1');
    await server.fetch('Observation/unknown');
    await server.fetch('Patient/pa/$everything');
    const kept = await server.database.query('select id, keys::text[], present, code::text from audit_event');
    expect(kept.length).toBeGreaterThan(8);
    for (const [id, keys, present, code] of kept as [string, string[], number[], string][]) {
      const event = (await (await server.fetch(`AuditEvent/${id}`)).json()) as Event;
      const row = server.smart.fhir.index(1, event as never);
      expect(new Set(keys.map(Number))).toEqual(new Set(row.keys));
      expect(new Set(present)).toEqual(new Set(row.present));
      expect(Number(code)).toBe(row.code);
      expect(errorsOf(event)).toEqual([]);
    }
  });

  test('has the id that the answer has as its X-Request-Id', async () => {
    const { headers } = await server.fetch('Observation/oa1');
    const event = (await (await server.fetch(`AuditEvent/${headers.get('x-request-id')}`)).json()) as Event;
    expect(event.entity?.map(({ what }) => what?.reference)).toEqual(['Patient/pa', 'Observation/oa1']);
    expect(event).toMatchObject({ action: 'R', subtype: [{ code: 'read' }], outcome: '0' });
  });

  test('says what was asked, without what may be a name, and to nobody who else was asked for', async () => {
    await server.fetch('Patient?family=Familypa&_id=pa,pb&gender:missing=true');
    const asked = async (id: string): Promise<string> => {
      const [event] = await eventsOf(`patient=${id}&action=E&_sort=-_lastUpdated&_count=1`);
      const query = event?.entity?.find((one) => one.query !== undefined)?.query ?? '';
      return Buffer.from(query, 'base64').toString();
    };
    expect(await asked('pa')).toBe('Patient?family=***&_id=pa,***&gender:missing=true');
  });

  test('is searched by no names, and says so', async () => {
    for (const query of ['agent-name=x', 'entity-name=x', 'address=x', '_content=x', '_text=x']) {
      const answer = await server.fetch(`AuditEvent?${query}`);
      expect(answer.status, query).toBe(400);
      expect(await answer.text()).toContain('keeps no names');
    }
    expect((await server.fetch('AuditEvent/_history')).status).toBe(400);
  });

  test('is what is about oneself, for oneself', async () => {
    await server.fetch('Observation?code=8867-4');
    const token = await server.token('patient/*.rs', { patient: 'pa', fhirUser: 'Patient/pa', actor: 'self' });
    const own = await eventsOf('_count=500', bearer(token));
    expect(own.length).toBeGreaterThan(3);
    expect(JSON.stringify(own)).not.toMatch(/Patient\/pb|Observation\/ob1/);
    const other = (await eventsOf('patient=pb&_count=1'))[0];
    expect((await server.fetch(`AuditEvent/${other?.id}`, bearer(token))).status).toBe(404);
  });
});

describe('A-68 nobody writes, changes or takes away what is in the ledger:', () => {
  test('A-68 (a) not by any interaction of FHIR', async () => {
    const [event] = await eventsOf('patient=pa&_count=1');
    const { id, ...rest } = event as Event;
    const changed = { ...event, outcomeDesc: 'Nothing happened' };
    const attempts: [string, string, object?][] = [
      ['POST', 'AuditEvent', rest],
      ['PUT', `AuditEvent/${id}`, changed],
      ['PUT', 'AuditEvent/mine', { ...changed, id: 'mine' }],
      ['PUT', 'AuditEvent?_id=mine', rest],
      ['PATCH', `AuditEvent/${id}`, [{ op: 'remove', path: '/outcomeDesc' }]],
      ['DELETE', `AuditEvent/${id}`],
      ['DELETE', 'AuditEvent?patient=pa'],
      ['POST', `AuditEvent/${id}/$meta-add`, { resourceType: 'Parameters' }],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await server.fetch(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
      expect(answer.status, `${method} ${path}`).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET');
    }
    for (const type of ['batch', 'transaction']) {
      const entry = [
        { request: { method: 'DELETE', url: `AuditEvent/${id}` } },
        { resource: rest, request: { method: 'POST', url: 'AuditEvent' } },
      ];
      const body = JSON.stringify({ resourceType: 'Bundle', type, entry });
      const answer = await server.fetch('', { method: 'POST', body });
      const { entry: answers } = (await answer.json()) as Bundle;
      const statuses =
        type === 'batch'
          ? (answers ?? []).map(({ response }) => response?.status.slice(0, 3))
          : [String(answer.status)];
      expect(new Set(statuses)).toEqual(new Set(['405']));
    }
    expect(await (await server.fetch(`AuditEvent/${id}`)).json()).toEqual(event);
  });

  test('A-68 not by a statement of SQL either', async () => {
    for (const table of ['ledger_entry', 'ledger_block', 'ledger_shape', 'ledger_checkpoint']) {
      for (const statement of [`delete from ${table}`, `truncate ${table}`, `update ${table} set tenant = tenant`])
        await expect(server.database.query(statement), statement).rejects.toThrow('the ledger is only added to');
    }
  });

  test('A-68 (b) whichever way something is read, that it was is in the ledger before its last byte', async () => {
    const ways: [string, string, RequestInit?][] = [
      ['pa', 'Observation/oa1'],
      ['pa', 'Observation/oa1/_history/1'],
      ['pa', 'Observation/oa1/_history'],
      ['pa', 'Observation/_history'],
      ['pa', '_history'],
      ['pa', 'Observation?_id=oa1'],
      [
        'pa',
        'Observation/_search',
        { method: 'POST', body: '_id=oa1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
      ['pa', '?_type=Observation&_id=oa1'],
      ['pa', 'Patient/pa/Observation'],
      ['pa', 'Patient/pa/*'],
      ['pa', 'Patient/pa/$everything'],
      ['pa', 'Observation/$lastn?patient=pa&code=8867-4'],
      ['pa', 'Observation/oa1/$meta'],
      ['pa', 'Patient?_has:Observation:patient:_id=oa1'],
      ['pa', 'Patient?_id=pa&_revinclude=Observation:patient'],
      ['pa', 'Observation?_id=oa1&_include=Observation:subject'],
      ['pa', 'Observation?_id=oa1&_elements=status'],
      ['pa', 'Observation?_filter=_id eq oa1'],
      ['pa', 'AuditEvent?patient=pa&_count=1'],
      ['pa', 'Patient/pa/$accounting'],
    ];
    for (const [id, path, init] of ways) {
      const before = await count(`patient = '${id}'`);
      const answer = await server.fetch(path, init);
      expect(answer.status, path).toBe(200);
      expect(await count(`patient = '${id}'`), path).toBeGreaterThan(before);
      await answer.arrayBuffer();
    }
  });

  test.each([
    ['(c) the right to add to it is taken away', 'insufficient_privilege'],
    ['(e) the disk is full', 'disk_full'],
  ])('A-68 %s: reads are answered 503, and show nothing', async (_, error) => {
    await server.database.query(
      `create function refuse() returns trigger language plpgsql as
       $$ begin raise exception 'no' using errcode = '${error}'; end $$`,
    );
    await server.database.query('create trigger refused before insert on ledger_block execute function refuse()');
    try {
      for (const path of [
        'Observation/oa1',
        'Observation?patient=pa',
        'Patient/pa/$everything',
        'Observation/unknown',
      ]) {
        const answer = await server.fetch(path);
        expect(answer.status, path).toBe(503);
        expect(answer.headers.get('retry-after')).not.toBeNull();
        const text = await answer.text();
        expect(text).toContain('could not be recorded');
        expect(text).not.toContain('8867-4');
      }
      const entry = [{ request: { method: 'GET', url: 'Observation/oa1' } }];
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
      const text = await (await server.fetch('', { method: 'POST', body })).text();
      expect(text).toContain('503');
      expect(text).not.toContain('8867-4');
      expect((await server.fetch('metadata')).status).toBe(200);
    } finally {
      await server.database.query('drop function refuse() cascade');
    }
    expect((await server.fetch('Observation/oa1')).status).toBe(200);
  });

  test('A-68 (d) who breaks off in the middle of an answer has been recorded', async () => {
    const before = await count("patient = 'pa'");
    const { hostname, port } = new URL(server.origin);
    await new Promise<void>((resolve) => {
      const headers = { authorization: `Bearer ${'x'}` };
      void server.token().then((token) => {
        headers.authorization = `Bearer ${token}`;
        const one = request({ hostname, port, path: '/fhir/R4/Patient/pa/$everything', headers });
        one.on('response', (response) => {
          response.destroy();
          resolve();
        });
        one.on('error', () => resolve());
        one.end();
      });
    });
    expect(await count("patient = 'pa'")).toBeGreaterThan(before);
    const [last] = await eventsOf('patient=pa&_sort=-_lastUpdated&_count=1');
    expect(last).toMatchObject({ outcome: '0', subtype: [{ code: 'operation' }, { code: 'everything' }] });
  });
});

test('A-20 each entry of a batch is recorded by itself, what it was refused as well', async () => {
  const token = await server.token('patient/*.rs', {
    patient: 'pa',
    fhirUser: 'Patient/pa',
    actor: 'self',
    subject: 'batcher',
  });
  const urls = ['Observation/oa1', 'Observation/ob1', 'Observation?patient=pb', 'Observation?patient=pa'];
  const entry = urls.map((url) => ({ request: { method: 'GET', url } }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
  const before = await count();
  const headers = { ...bearer(token).headers, 'content-type': 'application/fhir+json' };
  const { entry: answers = [] } = (await (await server.fetch('', { method: 'POST', body, headers })).json()) as Bundle;
  expect(answers.map(({ response }) => response?.status.slice(0, 3))).toEqual(['200', '404', '200', '200']);
  expect(await count()).toBe(before + 4);
  const rows = await server.database.query(
    `select l.patient, l.content::jsonb #>> '{what,Observation,0}', s.content::jsonb ->> 'outcome' from ledger l join ledger_shape s
     on s.tenant = l.tenant and s.id = l.shape where s.content::jsonb ->> 'who' = 'Patient/pa' order by l.id desc limit 4`,
  );
  expect(rows.filter(([, , outcome]) => outcome === '4')).toEqual([[null, 'ob1', '4']]);
  expect(rows.filter(([id]) => id === 'pb')).toEqual([]);
});

test('O-54 an app has read a record as often as the ledger says, and the patient sees by which app', async () => {
  const { clientId, token } = await appOf('pa');
  for (let at = 0; at < 20; at++)
    await server.fetch(at % 2 ? 'Observation/oa1' : 'Observation?code=8867-4', bearer(token));
  const own = await server.token('patient/*.rs', { patient: 'pa', fhirUser: 'Patient/pa', actor: 'self' });
  const client = encodeURIComponent(`${server.origin}/oauth2/clients|${clientId}`);
  const events = await eventsOf(`agent:identifier=${client}&_count=100`, bearer(own));
  expect(events.length).toBe(20);
  expect(events.filter(({ action }) => action === 'R').length).toBe(10);
  expect(events.every(({ entity }) => entity?.[0]?.what?.reference === 'Patient/pa')).toBe(true);
  const profiles = new Set(events.flatMap(({ meta }) => meta?.profile ?? []));
  expect([...profiles].map((url) => url.split('.').at(-1)).sort()).toEqual(['PatientQuery', 'PatientRead']);
});

test('O-82 the account of a day of 500 accesses is what was done in it', async () => {
  await put({
    resourceType: 'Organization',
    id: 'clinic',
    name: 'Harbour Clinic',
    address: [{ line: ['1 Quay'], city: 'Port' }],
  });
  await put({ resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Okafor', given: ['Ada'] }] });
  for (const id of ['pc', 'pd']) await put(patient(id));
  for (const id of ['oc1', 'oc2']) await put(heartRate(id, 'pc'));
  await put(heartRate('od1', 'pd'));
  await put({
    resourceType: 'Encounter',
    id: 'ec',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/pc' },
    participant: [{ individual: { reference: 'Practitioner/dr' } }],
  });
  const { token: app } = await appOf('pc');
  const doctor = await server.token('user/*.cruds', {
    fhirUser: 'Practitioner/dr',
    subject: 'dr',
    organization: 'clinic',
    purpose: 'TREAT',
  });
  const everything = await server.token();
  const done: string[] = [];
  const acts: readonly (() => Promise<[name: string, answer: Response]>)[] = [
    async () => ['app read 1 Observation', await server.fetch('Observation/oc1', bearer(app))],
    async () => ['app search-type 2 Observation', await server.fetch('Observation?code=8867-4', bearer(app))],
    async () => ['practitioner read 1 Patient', await server.fetch('Patient/pc', bearer(doctor))],
    async () => [
      'practitioner search-type 2 Observation',
      await server.fetch('Observation?patient=pc', bearer(doctor)),
    ],
    async () => ['operator read 1 Observation', await server.fetch('Observation/oc2', bearer(everything))],
    async () => ['', await server.fetch('Observation/od1', bearer(everything))],
    async () => ['', await server.fetch('Observation/none', bearer(app))],
  ];
  const start = new Date().toISOString();
  let seed = 7;
  for (let at = 0; at < 500; at++) {
    seed = (seed * 16807) % 2147483647;
    const act = acts[seed % acts.length];
    const [name, answer] = (await act?.()) ?? ['', null];
    if (name !== '') {
      expect(answer?.status, name).toBe(200);
      done.push(name);
    }
    await answer?.arrayBuffer();
  }
  const own = await server.token('patient/*.rs', { patient: 'pc', fhirUser: 'Patient/pc', actor: 'self' });
  const told: string[] = [];
  const recipients = new Set<string>();
  let next: string | null = `Patient/pc/$accounting?start=${encodeURIComponent(start)}&_count=200`;
  while (next !== null) {
    const bundle = (await (await server.fetch(next, bearer(own))).json()) as Bundle;
    const [first, ...events] = (bundle.entry ?? []).map(({ resource }) => resource);
    type Part = { name: string; [value: string]: unknown };
    const { parameter = [] } = first as unknown as { parameter?: { part: Part[] }[] };
    const isOwn = (event: Event | undefined) => event?.agent?.[0]?.role?.[0]?.coding?.[0]?.code === 'self';
    expect(parameter.length).toBe(events.length);
    for (const [at, { part }] of parameter.entries()) {
      const event = events[at];
      if (isOwn(event)) continue;
      const value = (name: string) => part.find((one) => one.name === name);
      recipients.add(
        [value('recipient')?.valueString, value('address')?.valueString, value('purpose')?.valueCode].join(' | '),
      );
      const actor = event?.agent?.[0]?.role?.[0]?.coding?.[0]?.code;
      told.push(`${actor} ${event?.subtype?.[0]?.code} ${value('what')?.valueString}`);
    }
    next = bundle.link?.find(({ relation }) => relation === 'next')?.url.slice(server.base.length + 1) ?? null;
  }
  expect(told.reverse()).toEqual(done);
  expect([...recipients].filter((one) => one.startsWith('Ada'))).toEqual([
    'Ada Okafor, Harbour Clinic, portico | 1 Quay, Port | TREAT',
  ]);
  const other = await server.token('patient/*.rs', { patient: 'pd', fhirUser: 'Patient/pd', actor: 'self' });
  expect((await server.fetch('Patient/pc/$accounting', bearer(other))).status).toBe(404);
  expect((await server.fetch('Patient/pc/$accounting', bearer(doctor))).status).toBe(403);
}, 120_000);

test('O-82 a disclosure made elsewhere is in the account, marked as said by a client; what a legal order hides is not, yet', async () => {
  const disclosure = {
    resourceType: 'AuditEvent',
    type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110106' },
    subtype: [{ system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'disclose' }],
    action: 'R',
    recorded: '2020-01-01T00:00:00Z',
    outcome: '0',
    outcomeDesc: 'Sent on paper to the registry',
    purposeOfEvent: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'PUBHLTH' }] }],
    agent: [
      {
        who: { display: 'Registry of the province' },
        requestor: true,
        network: { address: '203.0.113.77', type: '2' },
      },
      { who: { reference: 'Patient/pa', display: 'Ann Familypa' }, requestor: false },
    ],
    source: { observer: { display: 'Paper archive' } },
    entity: [
      { what: { reference: 'Patient/pa', display: 'Ann Familypa' } },
      { what: { reference: 'Observation/oa1' } },
    ],
  };
  const send = (body: object, init: RequestInit = {}) =>
    server.fetch('AuditEvent/$recordDisclosure', { ...init, method: 'POST', body: JSON.stringify(body) });
  const answer = await send(disclosure);
  expect(answer.status, await answer.text()).toBe(201);
  const id = answer.headers.get('location')?.split('/').at(-1);
  const event = (await (await server.fetch(`AuditEvent/${id}`)).json()) as Event;
  expect(errorsOf(event)).toEqual([]);
  expect(event.meta?.tag).toContainEqual({
    system: 'https://portico.dev/fhir/CodeSystem/audit-source',
    code: 'client',
  });
  expect(JSON.stringify(event)).not.toMatch(/Ann Familypa|203\.0\.113\.77|2020-01-01/);
  expect((await send({ ...disclosure, type: { code: 'rest' } })).status).toBe(400);
  expect((await send({ ...disclosure, entity: [{ what: { reference: 'Patient/nobody' } }] })).status).toBe(404);
  const own = await server.token('patient/*.rs', { patient: 'pa', fhirUser: 'Patient/pa', actor: 'self' });
  const json = { headers: { ...bearer(own).headers, 'content-type': 'application/fhir+json' } };
  expect((await send(disclosure, json)).status).toBe(403);
  expect(await (await server.fetch('Patient/pa/$accounting', bearer(own))).text()).toContain('Sent on paper');

  const { appendAuditEvent } = await import('../../src/privacy/ledger/append.ts');
  const secret = { ...disclosure, outcomeDesc: 'By order of the court' } as unknown as AuditEvent;
  const suspendedUntil = new Date(Date.now() + 3_600_000);
  const [hidden] = await appendAuditEvent(server.smart.fhir, 1, secret, { suspendedUntil });
  expect(await (await server.fetch('Patient/pa/$accounting', bearer(own))).text()).not.toContain('By order');
  expect((await server.fetch(`AuditEvent/${hidden}`, bearer(own))).status).toBe(404);
  const officer = await server.token('user/*.rs', {
    actor: 'privacy-officer',
    fhirUser: 'Practitioner/officer',
    subject: 'officer',
  });
  expect(await (await server.fetch('Patient/pa/$accounting', bearer(officer))).text()).toContain('By order');
});

test('O-101 a client that was compromised has reached exactly the patients that it read', async () => {
  const all = Array.from({ length: 25 }, (_, at) => `breach-${at}`);
  for (const id of all) {
    await put(patient(id));
    await put(heartRate(`o-${id}`, id));
  }
  const from = new Date().toISOString();
  const clientId = randomUUID();
  const apps = await Promise.all(all.slice(0, 20).map((id) => appOf(id, clientId)));
  for (let at = 0; at < 500; at++) {
    const id = all[at % 20];
    const answer = await server.fetch(
      at % 3 ? `Observation/o-${id}` : `Patient/${id}`,
      bearer(apps[at % 20]?.token ?? ''),
    );
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  }
  for (const id of all) await server.fetch(`Patient/${id}`);
  const officer = await server.token('user/*.rs', {
    actor: 'privacy-officer',
    fhirUser: 'Practitioner/officer',
    subject: 'officer',
  });
  const path = `$breach-scope?client=${clientId}&from=${encodeURIComponent(from)}`;
  const begun = performance.now();
  const answer = await server.fetch(path, bearer(officer));
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  expect(performance.now() - begun).toBeLessThan(10_000);
  type Part = { name: string; valueReference?: { reference: string }; valueInteger?: number; part?: Part[] };
  const { parameter } = JSON.parse(text) as { parameter: Part[] };
  const affected = parameter.filter(({ name }) => name === 'affected');
  const patients = affected.map(({ part }) => part?.find(({ name }) => name === 'patient')?.valueReference?.reference);
  expect(patients.sort()).toEqual(
    all
      .slice(0, 20)
      .map((id) => `Patient/${id}`)
      .sort(),
  );
  expect(parameter.find(({ name }) => name === 'events')?.valueInteger).toBe(500);
  expect(
    (await server.fetch(path, bearer(await server.token('user/*.rs', { fhirUser: 'Practitioner/dr' })))).status,
  ).toBe(403);
}, 120_000);

describe('the ledger is as it was written, or it is said where it is not:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-ledger-'));
  const key = () => checkpointKey(server.smart.fhir.settings.keyOf);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Verifies it after a change by hand, and takes that back. */
  async function tampered(...statements: string[]): Promise<Verified> {
    const { database } = server;
    await fileBlocks(database, 1);
    await checkpoint(database, key(), folder, 1, Date.now());
    const tables = ['ledger_entry', 'ledger_block', 'ledger_shape', 'ledger_checkpoint', 'ledger_head', 'ledger_filed'];
    for (const table of tables) await database.query(`create table kept_${table} as select * from ${table}`);
    try {
      for (const table of tables) await database.query(`alter table ${table} disable trigger user`);
      for (const statement of statements) await database.query(statement);
      const signed = [...(await checkpointsInDatabase(database, 1)), ...checkpointsInFile(folder, 1)];
      return await verifyLedger(database, 1, key(), signed);
    } finally {
      for (const table of tables) {
        await database.query(`delete from ${table}`);
        await database.query(`insert into ${table} select * from kept_${table}`);
        await database.query(`drop table kept_${table}`);
        await database.query(`alter table ${table} enable trigger user`);
      }
    }
  }

  test('O-97 as it is, it holds, and its checkpoints with it', async () => {
    const found = await tampered();
    expect(found).toMatchObject({ ok: true, rows: await count() });
  });

  test.each([
    ['a byte of its content', `content = overlay(content placing 'X' from 12 for 1)`],
    ['whom it is about', `patient = 'pb'`],
    ['when it was', `recorded = recorded + interval '1 second'`],
    ['its keys', `keys = keys || 1::bigint`],
    [
      'what it has in common with others',
      `shape = (select max(id) from ledger_shape s where s.id <> ledger_entry.shape)`,
    ],
  ])('O-97 A-68 (f) where %s is changed, the row is named', async (_, change) => {
    const [row] = await server.database.query(
      `select id from ledger where patient = 'pa' and shape is not null order by block, position offset 3 limit 1`,
    );
    const id = String(row?.[0]);
    expect(await tampered(`update ledger_entry set ${change} where id = '${id}'`)).toEqual({
      ok: false,
      tenant: 1,
      problem: `row ${id} was changed`,
    });
  });

  test('A-68 (g) where rows are taken off its end, what was signed says so', async () => {
    const found = await tampered(
      'delete from ledger_entry where block > 5',
      'update ledger_filed set number = 5',
      'delete from ledger_block where number > 5',
      `update ledger_head set number = 5, hash = b.hash, previous = b.previous from ledger_block b where b.number = 5`,
      'delete from ledger_checkpoint',
    );
    expect(found).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^the ledger ends with block 5; on .* it had block \d+/),
    });
  });

  test('A-68 rows that are taken out, put in, moved or written anew are missed', async () => {
    const one = '(select id from ledger_entry where block = 3 order by position limit 1)';
    const columns = 'recorded, patient, shape, code, present, keys, suspended_until, content';
    const more = (block: number, position: number) =>
      `insert into ledger_entry select tenant, 'more', ${block}, ${position}, ${columns} from ledger_entry where id = ${one}`;
    for (const [statements, problem] of [
      [
        [`delete from ledger_entry where id = ${one}`],
        /^row \S+ (was changed|of block 3 is not where rows are filed)$/,
      ],
      [[more(3, 99)], /^row more was changed$/],
      [[more(1_000_000, 1)], /^row more is in no block of the chain$/],
      [['update ledger_filed set number = 2'], /^row \S+ is in no block of the chain$/],
      [
        [`update ledger_shape set content = replace(content, '"actor":"operator"', '"actor":"nobody"')`],
        /^row .*shape \d+\) was changed$/,
      ],
      [
        [`update ledger_block set content = replace(content, 'pa', 'pb') where number = 3`],
        /^block 3 was changed, row \S+ of it$/,
      ],
      [
        [`update ledger_block set recorded = recorded + interval '1 hour' where number = 4`],
        /^block 4 was changed, row \S+ of it$/,
      ],
      [[`update ledger_block set hash = sha256('x') where number = 4`], /^block 4 does not follow block 3/],
      [
        ['delete from ledger_entry where block = 4', 'delete from ledger_block where number = 4'],
        /^block 4 is missing$/,
      ],
      [
        [`update ledger_checkpoint set hash = sha256('x')`],
        /^the checkpoint of block \d+ is not signed by this server$/,
      ],
    ] as const) {
      const found = await tampered(...statements);
      expect(found, statements.join()).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
    }
  });
});
