import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { canaries, inFiles, inTables } from '../../../test/support/canaries.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { sideTables } from '../../fhir/store/sides.ts';
import { addUser } from '../../smart/people/users.ts';
import { belongingTables } from './accounts.ts';
import { readingTables } from './readings.ts';
import { isComplete, isSigned, type ReceiptBody } from './receipt.ts';

let server: Server;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-erase-'));
  server = await startServer({ PORTICO_DATA: data });
});
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

type Body = {
  id: string;
  resourceType: string;
  total?: number;
  entry?: unknown[];
  participant: { actor: object }[];
  member?: object[];
  issue: { code: string; diagnostics: string }[];
  parameter: { name: string; valueCode?: string; valueString?: string; valueUrl?: string }[];
};

async function call(path: string, init: RequestInit = {}): Promise<{ status: number; text: string; body: Body }> {
  const response = await server.fetch(path, init);
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? ({} as Body) : (JSON.parse(text) as Body) }; // looked at member by member
}

const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }) => {
  const { status, text } = await call(`${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    body: JSON.stringify(resource),
  });
  expect(status, text).toBeLessThan(300);
};
const named = ({ parameter }: Body, wanted: string) => parameter.find(({ name }) => name === wanted);
const erase = async (id: string, query = 'grace=0') => call(`Patient/${id}/$erase?${query}`, { method: 'POST' });

/** A record in which each of 20 texts stands somewhere else. */
async function recordOf(id: string, other: string): Promise<string[]> {
  const c = canaries(20);
  const ref = { reference: `Patient/${id}` };
  const theirs = { subject: ref };
  await put({
    resourceType: 'Patient',
    id,
    name: [{ family: c[0], given: [c[1]] }],
    identifier: [{ system: 'http://x.test/mrn', value: c[2] }],
    telecom: [{ system: 'phone', value: c[3] }],
    address: [{ line: [c[4]], city: 'Toronto' }],
  });
  await put({ resourceType: 'Patient', id: other, name: [{ family: 'Stays' }] });
  const weight = { resourceType: 'Observation', id: `${id}-o`, status: 'final', code: { text: 'weight' }, ...theirs };
  await put({ ...weight, note: [{ text: c[5] }] });
  await put({ ...weight, note: [{ text: 'rewritten' }] });
  await put({ resourceType: 'Condition', id: `${id}-c`, code: { text: c[6] }, ...theirs });
  await put({ resourceType: 'Condition', id: `${id}-gone`, code: { text: `deleted ${c[7]}` }, ...theirs });
  await call(`Condition/${id}-gone`, { method: 'DELETE' });
  await put({
    resourceType: 'Binary',
    id: `${id}-b`,
    contentType: 'text/plain',
    securityContext: ref,
    data: btoa(String(c[8])),
  });
  await put({ resourceType: 'Binary', id: `${id}-b2`, contentType: 'text/plain', data: btoa(String(c[9])) });
  await put({
    resourceType: 'DocumentReference',
    id: `${id}-d`,
    status: 'current',
    description: c[10],
    content: [{ attachment: { url: `Binary/${id}-b2`, title: 'letter' } }],
    ...theirs,
  });
  await put({
    resourceType: 'Appointment',
    id: `${id}-a`,
    status: 'booked',
    start: '2026-01-01T10:00:00Z',
    end: '2026-01-01T11:00:00Z',
    description: `Both with ${c[1]} ${c[0]}`,
    participant: [
      { actor: { ...ref, display: c[11] }, status: 'accepted' },
      { actor: { reference: `Patient/${other}` }, status: 'accepted' },
    ],
  });
  await put({
    resourceType: 'Group',
    id: `${id}-g`,
    type: 'person',
    actual: true,
    member: [{ entity: { ...ref, display: c[12] } }, { entity: { reference: `Patient/${other}` } }],
  });
  await put({
    resourceType: 'List',
    id: `${id}-l`,
    status: 'current',
    mode: 'working',
    entry: [
      { item: { reference: `Condition/${id}-c`, display: c[13] } },
      { item: { reference: 'Practitioner/x', display: 'stays' } },
    ],
  });
  await put({
    resourceType: 'Provenance',
    id: `${id}-p`,
    target: [{ reference: `Observation/${id}-o` }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { display: c[14] } }],
  });
  await put({
    resourceType: 'Task',
    id: `${id}-t`,
    status: 'requested',
    intent: 'order',
    description: c[15],
    for: ref,
  });
  await put({
    resourceType: 'Communication',
    id: `${id}-m`,
    status: 'completed',
    payload: [{ contentString: c[16] }],
    ...theirs,
  });
  await put({
    resourceType: 'RelatedPerson',
    id: `${id}-r`,
    patient: ref,
    name: [{ family: c[17] }],
  });
  const user = await addUser(server.database, { tenant: 1, username: `${c[18]}`, displayName: 'A person' });
  await server.database.query('update user_account set fhir_user = $3, email = $4 where tenant = $1 and id = $2', [
    1,
    user?.id ?? '',
    `Patient/${id}`,
    `${c[19]}@x.test`,
  ]);
  return c;
}

test('O-84 after $erase none of 20 texts of the record is found in any table or file, and the receipt says what was there', async () => {
  const texts = await recordOf('p', 'q');
  expect(new Set((await inTables(server.database, texts)).map((one) => one.split(': ')[1])).size).toBe(18);
  expect(inFiles(join(data, 'blobs'), texts).length).toBe(2);

  const { status, body, text } = await erase('p');
  expect(status, text).toBe(200);
  expect(named(body, 'state')?.valueCode).toBe('erased');
  expect(await inTables(server.database, texts)).toEqual([]);
  expect(inFiles(data, texts)).toEqual([]);

  const receipt = named(body, 'receipt')?.valueString ?? '';
  const signed = { body: receipt, signature: named(body, 'signature')?.valueString ?? '', publicKey: '' };
  expect(isSigned(server.smart.fhir.settings, signed)).toBe(true);
  expect(isSigned(server.smart.fhir.settings, { ...signed, body: receipt.replace('"p"', '"q"') })).toBe(false);
  const told = JSON.parse(receipt) as ReceiptBody;
  expect(isComplete(told)).toBe(true);
  expect(told).toMatchObject({
    patient: 'p',
    resources: {
      Patient: { before: 1, after: 0 },
      Observation: { before: 1, after: 0 },
      Condition: { before: 1, after: 0 },
      Binary: { before: 2, after: 0 },
      Provenance: { before: 1, after: 0 },
      Task: { before: 1, after: 0 },
      RelatedPerson: { before: 1, after: 0 },
    },
    versions: { before: 3, after: 0 },
    others: { user_account: { before: 1, after: 0 } },
    files: { before: 2, after: 0 },
    unnamed: { Appointment: 1, Group: 1, List: 1 },
    kept: [],
  });
});

test('O-84 what others had to do with the patient stays, without the patient', async () => {
  const appointment = await call('Appointment/p-a');
  expect(appointment.status).toBe(200);
  expect(appointment.body.participant.map(({ actor }) => actor)).toEqual([
    { display: '(erased)' },
    { reference: 'Patient/q' },
  ]);
  expect((await call('Group/p-g')).body.member).toEqual([{ entity: { reference: 'Patient/q' } }]);
  expect((await call('List/p-l')).body.entry?.length).toBe(1);
  expect((await call('Appointment/p-a/_history/1')).text).not.toContain('Patient/p"');
  expect((await call('Appointment?patient=Patient/p&_total=accurate')).body.total).toBe(0);
  expect((await call('Patient/q')).status).toBe(200);
});

test('A-32 what was erased is as unknown as what never was, in every version, and its ids are never given again', async () => {
  const names = [
    'Patient/p',
    'Observation/p-o',
    'Condition/p-gone',
    'Binary/p-b',
    'Provenance/p-p',
    'RelatedPerson/p-r',
  ];
  for (const name of names) {
    const [type = ''] = name.split('/');
    const never = await call(`${type}/never`);
    expect(never.status).toBe(404);
    const gone = await call(name);
    expect(gone.text.replaceAll(name, `${type}/never`)).toBe(never.text);
    expect((await call(`${name}/_history/1`)).status).toBe(404);
    expect((await call(`${name}/_history`)).status).toBe(404);
    const again = await call(name, {
      method: 'PUT',
      body: JSON.stringify({ resourceType: type, id: name.split('/')[1], ...whole[type] }),
    });
    expect([again.status, again.text.replaceAll(name, `${type}/never`)]).toEqual([404, never.text]);
    const entry = {
      resource: { resourceType: type, id: name.split('/')[1], ...whole[type] },
      request: { method: 'PUT', url: name },
    };
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [entry] };
    expect((await call('', { method: 'POST', body: JSON.stringify(bundle) })).status).toBe(404);
  }
});

/** What a resource of a type must have. */
const whole: Record<string, object> = {
  Observation: { status: 'final', code: { text: 'x' } },
  Condition: { subject: { reference: 'Patient/q' } },
  Binary: { contentType: 'text/plain' },
  Provenance: {
    target: [{ reference: 'Patient/q' }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { display: 'x' } }],
  },
  RelatedPerson: { patient: { reference: 'Patient/q' } },
};

/** Tables that nothing is erased from, and why nothing of a record is in them. */
const others: Record<string, string> = {
  client: 'apps; whoever registered one is taken off',
  complaint_source: 'counts, by hashed addresses',
  device_event_seen: 'ids that vendors gave their notifications',
  device_template: 'how payloads are read, and who said so, by an id',
  disclosure_order: 'what was told to an authority, and who agreed: ids and types',
  erased_id: 'hashes of ids',
  erasure: 'the id of the patient, and figures',
  failed_attempt: 'hashed names, for a day',
  initial_access_token: 'of developers',
  label_rules: 'how far a change of rules has come',
  ledger_entry: 'ids alone; it is kept as it is',
  ledger_block: 'hashes, and ids alone',
  ledger_checkpoint: 'hashes',
  ledger_filed: 'a number',
  ledger_head: 'hashes',
  ledger_shape: 'who asked, by ids',
  migration: 'of the database itself',
  party_module: 'of employers',
  party_query: 'of employers',
  party_report: 'figures of ten people or more',
  policy_version: 'texts of policies',
  retention_purge: 'figures',
  retention_rule: 'rules',
  revocation_epoch: 'a number',
  revoked_token: 'ids of tokens',
  app_refusal: 'of apps',
  schema_checksum: 'of the database itself',
  signing_key: 'of the server',
  tenant: 'of tenants',
  used_identifier: 'of apps',
  video_event_seen: 'ids of a media server',
  video_limit: 'hashed places, for an hour',
  video_policy: 'rules',
  video_token_used: 'ids of tokens, for an hour',
};

test('every table is one that a record is erased from, or one in which nothing of it is', async () => {
  const tables = await server.database.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  const erased = ['resource', 'resource_history', 'concept_text', ...sideTables, ...belongingTables, ...readingTables];
  const known = new Set([...erased, ...Object.keys(others)]);
  expect(tables.map(([name]) => String(name)).filter((name) => !known.has(name))).toEqual([]);
});
