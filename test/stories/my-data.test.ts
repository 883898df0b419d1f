import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { FhirContext, Resource } from '../../src/fhir/context.ts';
import { typeOfNumber } from '../../src/fhir/resources.ts';
import { uuid7 } from '../../src/fhir/store/uuid.ts';
import { addCopy } from '../../src/privacy/copy/copies.ts';
import { copyKey, downloadCopy } from '../../src/privacy/copy/download.ts';
import { makeCopy } from '../../src/privacy/copy/make.ts';
import { openRequest } from '../../src/privacy/requests/requests.ts';
import { recordOfEveryType, storeAsIs } from '../support/every-type.ts';
import { runDueJobs } from '../support/jobs.ts';
import { addPerson } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';
import { unzip } from '../support/unzip.ts';

const HOUR = 3_600_000;

let server: Server;
let subject: string;
let token: string;

const mine: Resource[] = [
  { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Kowalczyk' }] },
  { resourceType: 'Organization', id: 'clinic', name: 'Harbour clinic' },
  {
    resourceType: 'PractitionerRole',
    id: 'role',
    practitioner: { reference: 'Practitioner/dr' },
    organization: { reference: 'Organization/clinic' },
  },
  { resourceType: 'Patient', id: 'mine', name: [{ text: 'Ada <Quill>' }], birthDate: '1980-01-01' },
  { resourceType: 'Patient', id: 'other', name: [{ text: 'Zebulon Nightingale' }] },
  {
    resourceType: 'Appointment',
    id: 'together',
    status: 'booked',
    participant: [
      { actor: { reference: 'Patient/mine' }, status: 'accepted' },
      { actor: { reference: 'Patient/other', display: 'Zebulon Nightingale' }, status: 'accepted' },
    ],
  },
  {
    resourceType: 'Observation',
    id: 'seen-by',
    status: 'final',
    code: { text: '=Weight' },
    subject: { reference: 'Patient/mine' },
    performer: [{ reference: 'PractitionerRole/role' }],
    effectiveDateTime: '2024-05-06',
    valueQuantity: { value: 1 },
  },
  {
    resourceType: 'Observation',
    id: 'of-other',
    status: 'final',
    code: { text: 'Secret of Zebulon' },
    subject: { reference: 'Patient/other' },
  },
];

beforeAll(async () => {
  server = await startServer();
  const { fhir } = server.smart;
  await storeAsIs(fhir, [...mine, ...recordOfEveryType(fhir.definitions, 'mine')]);
  const user = await addPerson(server, 'ada', { fhirUser: 'Patient/mine', email: 'ada@example.org' });
  subject = user.id;
  token = await server.token('patient/*.rs', { patient: 'mine', fhirUser: 'Patient/mine', subject });
});
afterAll(() => server.close());

const as = (bearer: string) => ({ authorization: `Bearer ${bearer}` });

/** Asks for a copy and waits until it is made. */
async function ask(bearer = token): Promise<Task & { id: string }> {
  const asked = await server.fetch('Patient/mine/$my-data', { method: 'POST', headers: as(bearer) });
  expect(asked.status).toBe(202);
  const place = asked.headers.get('content-location') ?? '';
  await runDueJobs(server.smart.fhir);
  const task = await fetch(place, { headers: as(bearer) });
  expect(task.status).toBe(200);
  return task.json();
}

const copyIdOf = (task: Task): string => task.output?.[0]?.valueUrl?.split('/').at(-1) ?? '';

const session = (ago = 0) => ({ userId: subject, signedInAt: new Date(Date.now() - ago) });

async function fetchCopy(id: string, who = session()): Promise<Map<string, Buffer>> {
  const { fhir } = server.smart;
  const key = await copyKey(fhir, { tenant: 1, id, session: who });
  if (!key.ok) throw new Error(key.issues[0]?.diagnostics);
  const download = await downloadCopy(fhir, { tenant: 1, id, secret: key.value.key, session: who });
  if (!download.ok) throw new Error(download.issues[0]?.diagnostics);
  const bytes = await buffer(download.value.bytes);
  expect(bytes.length).toBe(download.value.size);
  return unzip(bytes);
}

/** Of somebody who is so many years old. */
const birthDate = (years: number): string => `${new Date().getUTCFullYear() - years}-01-01`;

const linesOf = (files: Map<string, Buffer>, folder: string): Resource[] =>
  [...files]
    .filter(([name]) => name.startsWith(folder) && name.endsWith('.ndjson'))
    .flatMap(([, bytes]) =>
      bytes
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    )
    .map((line) => JSON.parse(line));

const namesOf = (resources: readonly Resource[]): string[] =>
  resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort();

test('O-81 a copy holds every row of the record and nothing of anybody else', async () => {
  const before = await server.database.query(
    `select type, id from resource where tenant = 1 and (patient = 'mine' or 'mine' = any(patients) or (type = 103 and id = 'mine'))`,
  );
  const files = await fetchCopy(copyIdOf(await ask()));
  // Who used the record is in the ledger, and asking for a copy adds to it.
  const record = linesOf(files, 'record/').filter(({ resourceType }) => resourceType !== 'AuditEvent');
  const expected = before
    .filter(([type]) => typeOfNumber(Number(type)) !== 'AuditEvent')
    .map(([type, id]) => `${typeOfNumber(Number(type))}/${id}`)
    // A list of several people is about others, too.
    .filter((name) => !name.startsWith('Group/'));
  expect(new Set(expected.map((name) => name.split('/')[0])).size).toBeGreaterThan(60);
  expect(namesOf(record)).toEqual(expected.sort());
  expect(namesOf(linesOf(files, 'related/'))).toEqual([
    'Organization/clinic',
    'Practitioner/dr',
    'PractitionerRole/role',
  ]);
  const whole = [...files.values()].map(String).join('\n');
  for (const canary of ['Zebulon', 'Patient/other', 'of-other']) expect(whole).not.toContain(canary);
});

test('O-81 a copy tells who used the record, as events and as a table', async () => {
  const doctor = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr' });
  const emergency = { resourceType: 'Parameters', parameter: [{ name: 'reason', valueString: 'Unconscious' }] };
  const init = { method: 'POST', headers: as(doctor), body: JSON.stringify(emergency) };
  expect((await server.fetch('Patient/mine/$break-glass', init)).status).toBe(200);
  const urgent = await server.token('user/*.rs', { fhirUser: 'Practitioner/dr', purpose: 'BTG' });
  expect((await server.fetch('Observation/seen-by', { headers: as(urgent) })).status).toBe(200);
  const files = await fetchCopy(copyIdOf(await ask()));
  const rows = await server.database.query(`select id from ledger where tenant = 1 and patient = 'mine'`);
  const known = new Set(rows.map(([id]) => String(id)));
  const events = linesOf(files, 'record/').filter(({ resourceType }) => resourceType === 'AuditEvent');
  expect(events.length).toBeGreaterThan(2);
  for (const event of events) {
    expect(known.has(String(event.id))).toBe(true);
    expect(server.smart.fhir.validate(event).filter(({ severity }) => severity === 'error')).toEqual([]);
  }
  const table = String(files.get('accounting/accounting.csv')).split('\r\n');
  expect(table.some((line) => line.includes('Observation/seen-by') && line.includes('Kowalczyk'))).toBe(true);
});

test('O-81 a copy holds what is known of the account and tells people what it is', async () => {
  const files = await fetchCopy(copyIdOf(await ask()));
  const account = JSON.parse(String(files.get('account/account.json')));
  expect(account.accounts).toMatchObject([{ username: 'ada', email: 'ada@example.org', password: true }]);
  expect(String(files.get('account/account.json'))).not.toContain('argon2');
  const page = String(files.get('index.html'));
  expect(page).toContain('Ada &lt;Quill&gt;');
  expect(page).toContain('Measurement or finding: =Weight');
  expect(page).not.toMatch(/<script|http:\/\/|https:\/\//);
  expect(String(files.get('index.fr.html'))).toContain('lang="fr"');
  const manifest = JSON.parse(String(files.get('manifest.json')));
  for (const { name, sha256, size } of manifest.files) {
    const bytes = files.get(name);
    expect(bytes?.length, name).toBe(size);
    expect(
      createHash('sha256')
        .update(bytes ?? '')
        .digest('hex'),
      name,
    ).toBe(sha256);
  }
  expect(manifest.files.length).toBe(files.size - 1);
  expect(page).toContain(manifest.watermark);
});

test('O-81 a copy is fetched once, by who asked, who has just signed in, within 72 hours', async () => {
  const { fhir } = server.smart;
  const id = copyIdOf(await ask());
  const key = await copyKey(fhir, { tenant: 1, id, session: session() });
  const secret = key.ok ? key.value.key : '';
  const status = async (more: Partial<Parameters<typeof downloadCopy>[1]>, at = Date.now()): Promise<number> => {
    const then = { ...fhir, now: () => at };
    const found = await downloadCopy(then, { tenant: 1, id, secret, session: session(), ...more });
    return found.ok ? 200 : found.status;
  };
  expect(await status({ session: null })).toBe(401);
  expect(await status({ session: session(301_000) })).toBe(401);
  expect(await status({ session: { userId: 'another', signedInAt: new Date() } })).toBe(404);
  expect(await status({ secret: 'x' })).toBe(404);
  expect(await status({ tenant: 2 })).toBe(404);
  const late = Date.now() + 72 * HOUR;
  expect(await status({ session: { userId: subject, signedInAt: new Date(late) } }, late)).toBe(410);
  expect(await status({})).toBe(200);
  expect(await status({})).toBe(410);
});

test('O-81 what cannot be written into the ledger is not given away, and is not lost', async () => {
  const { fhir } = server.smart;
  const id = copyIdOf(await ask());
  const key = await copyKey(fhir, { tenant: 1, id, session: session() });
  const asked = { tenant: 1, id, secret: key.ok ? key.value.key : '', session: session() };
  const mute: FhirContext = { ...fhir, record: () => Promise.reject(new Error('the ledger is full')) };
  await expect(downloadCopy(mute, asked)).rejects.toThrow('the ledger is full');
  expect((await downloadCopy(fhir, asked)).ok).toBe(true);
  const headers = as(token);
  const told = await (await server.fetch('AuditEvent?patient=mine&_count=500', { headers })).text();
  expect(told).toContain('my-data');
});

test('O-81 of two who use a link at once one has the copy', async () => {
  const { fhir } = server.smart;
  const id = copyIdOf(await ask());
  const key = await copyKey(fhir, { tenant: 1, id, session: session() });
  const secret = key.ok ? key.value.key : '';
  const both = await Promise.all([1, 2].map(() => downloadCopy(fhir, { tenant: 1, id, secret, session: session() })));
  expect(both.map((one) => (one.ok ? 200 : one.status)).sort()).toEqual([200, 410]);
});

test('O-81 the bytes of a copy are unreadable where they lie and gone when it is over', async () => {
  const { fhir } = server.smart;
  const id = copyIdOf(await ask());
  const [row] = await server.database.query('select sha256, sealed_key, key_hash from record_copy where id = $1', [id]);
  const stored = await fhir.blobs.get(String(row?.[0]));
  if (!stored) throw new Error('there are no bytes');
  const bytes = await buffer(stored);
  expect(bytes.includes('Quill') || bytes.includes('record/')).toBe(false);
  const key = await copyKey(fhir, { tenant: 1, id, session: session() });
  expect(JSON.stringify(row)).not.toContain(key.ok ? key.value.key : '');
  await runDueJobs(fhir, Date.now() + 73 * HOUR);
  expect(await fhir.blobs.get(String(row?.[0]))).toBeNull();
  const [after] = await server.database.query('select sha256, sealed_key from record_copy where id = $1', [id]);
  expect(after).toEqual([null, null]);
});

test('O-81 an app gets no copy, nor does anybody whose record it is not', async () => {
  const status = async (scope: string, claims: Parameters<Server['token']>[1]): Promise<number> => {
    const bearer = await server.token(scope, claims);
    return (await server.fetch('Patient/mine/$my-data', { method: 'POST', headers: as(bearer) })).status;
  };
  expect(await status('patient/*.rs', { patient: 'mine', fhirUser: 'Patient/mine', actor: 'app' })).toBe(403);
  expect(await status('user/*.rs', { fhirUser: 'Practitioner/dr' })).toBe(403);
  expect(await status('system/*.cruds', {})).toBe(403);
  const stranger = await status('patient/*.rs', { patient: 'other', fhirUser: 'Patient/other' });
  expect(stranger).toBe(404);
});

test('O-81 who acts for somebody has a copy of what they may see, and not of the account', async () => {
  const { fhir } = server.smart;
  await storeAsIs(fhir, [
    { resourceType: 'Patient', id: 'teen', name: [{ text: 'Tim' }], birthDate: birthDate(14) },
    {
      resourceType: 'RelatedPerson',
      id: 'parent',
      active: true,
      patient: { reference: 'Patient/teen' },
      relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'PRN' }] }],
    },
    { resourceType: 'Condition', id: 'told', subject: { reference: 'Patient/teen' }, code: { text: 'Asthma' } },
    {
      resourceType: 'Condition',
      id: 'confided',
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SEX' }] },
      subject: { reference: 'Patient/teen' },
      code: { text: 'Confided' },
    },
  ]);
  await addPerson(server, 'tim', { fhirUser: 'Patient/teen' });
  const parent = await addPerson(server, 'parent', { fhirUser: 'RelatedPerson/parent' });
  const bearer = await server.token('user/*.rs', { fhirUser: 'RelatedPerson/parent', subject: parent.id });
  const asked = await server.fetch('Patient/teen/$my-data', { method: 'POST', headers: as(bearer) });
  expect(asked.status).toBe(202);
  const task = await asked.json();
  await runDueJobs(fhir);
  const done: Task = await (await server.fetch(`Task/${task.id}`)).json();
  const files = await fetchCopy(copyIdOf(done), { userId: parent.id, signedInAt: new Date() });
  expect(namesOf(linesOf(files, 'record/'))).toContain('Condition/told');
  const whole = [...files.values()].map(String).join('\n');
  expect(whole).not.toMatch(/confided/i);
  expect(JSON.parse(String(files.get('account/account.json'))).accounts).toEqual([]);
});

test('O-81 who is disabled while their copy is made gets none', async () => {
  const { fhir } = server.smart;
  const now = Date.now();
  const principal = { tenant: 1, actor: 'self' as const, subject, fhirUser: 'Patient/mine' };
  const requester = { reference: 'Patient/mine' };
  const task = await openRequest(fhir, { tenant: 1, code: 'copy', patient: 'mine', requester });
  const id = 'stopped';
  await addCopy(fhir.database, {
    tenant: 1,
    id,
    taskId: task.id,
    patient: 'mine',
    principal,
    requestedAt: new Date(now),
  });
  let pages = 0;
  const watched: FhirContext = {
    ...fhir,
    async decide(caller) {
      pages += 1;
      if (pages === 5)
        await server.database.query('update user_account set disabled_at = now() where id = $1', [subject]);
      if (fhir.decide === undefined) throw new Error('the server decides');
      return fhir.decide(caller);
    },
  };
  await makeCopy(watched, 1, id);
  await server.database.query('update user_account set disabled_at = null where id = $1', [subject]);
  expect(pages).toBe(5);
  const ended: Task = await (await server.fetch(`Task/${task.id}`)).json();
  expect(ended.status).toBe('failed');
  expect(ended.output).toBeUndefined();
  const [row] = await server.database.query('select sha256, ended_at is not null from record_copy where id = $1', [id]);
  expect(row).toEqual([null, true]);
});

test('O-81 a document is in the copy of whose it is, and in nobody else’s who writes its address down', async () => {
  const { fhir } = server.smart;
  const unguessable = uuid7(Date.now());
  const document = (id: string, url: string): Resource => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: { reference: 'Patient/mine' },
    content: [{ attachment: { url } }],
  });
  const binary = async (id: string, text: string, owner: string | null): Promise<Resource> => {
    const { sha256 } = await fhir.blobs.put(Buffer.from(text));
    const securityContext = owner === null ? {} : { securityContext: { reference: owner } };
    return { resourceType: 'Binary', id, contentType: 'text/html', ...securityContext, data: `blob:${sha256}` };
  };
  await storeAsIs(fhir, [
    await binary('letter', 'my letter', 'Patient/mine'),
    await binary('of-document', 'my scan', 'DocumentReference/d1'),
    await binary(unguessable, 'my note', null),
    await binary('guessed', 'nobody knows', null),
    await binary('stolen', 'letter of another', 'Patient/other'),
    document('d1', 'Binary/of-document'),
    document('d2', `Binary/${unguessable}`),
    document('d3', 'Binary/guessed'),
    document('d4', `${server.base}/Binary/stolen`),
  ]);
  const files = await fetchCopy(copyIdOf(await ask()));
  const documents = [...files].filter(([name]) => name.startsWith('documents/'));
  const expected = ['letter', 'of-document', unguessable].map((id) => `documents/${id}.html.txt`);
  expect(documents.map(([name]) => name).sort()).toEqual(expected.sort());
  expect(documents.map(([, bytes]) => String(bytes)).sort()).toEqual(['my letter', 'my note', 'my scan']);
  const { omitted } = JSON.parse(String(files.get('manifest.json')));
  expect(omitted.sort()).toEqual(['Binary/guessed', 'Binary/stolen']);
});

test('O-81 the same person who asks again meanwhile is told of the same request', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map(() => server.fetch('Patient/mine/$my-data', { method: 'POST', headers: as(token) })),
  );
  const ids = await Promise.all(answers.map(async (one) => (await one.json()).id));
  expect(new Set(ids).size).toBe(1);
  await runDueJobs(server.smart.fhir);
});
