import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type {
  AuditEvent,
  Bundle,
  Communication,
  Consent,
  DocumentReference,
  OperationOutcome,
} from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Caller } from '../../src/fhir/access.ts';
import { purge } from '../../src/privacy/erase/purge.ts';
import { exchangeCode, guestJoin } from '../../src/video/people/guest.ts';
import type { VideoProvider } from '../../src/video/providers/provider.ts';
import { agree } from '../../src/video/recording/agree.ts';
import { recordingConsent } from '../../src/video/recording/consent-resource.ts';
import { startRecording } from '../../src/video/recording/control.ts';
import { recordingJobsOf } from '../../src/video/recording/jobs.ts';
import { keepServerRecording } from '../../src/video/recording/keep.ts';
import { playRecording } from '../../src/video/recording/link.ts';
import { stopRecordingOf } from '../../src/video/recording/presence.ts';
import { takeChunk, takeChunkFrom } from '../../src/video/recording/take-chunk.ts';
import { keepPolicy, videoPolicy } from '../../src/video/visits/policy.ts';
import { findVisit, type Visit } from '../../src/video/visits/visit.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';
import {
  ask,
  enter,
  makeAppointment,
  makePeople,
  openSocket,
  openVisit,
  type Person,
  people,
  type Socket,
  tokenOf,
} from '../support/visit-world.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
}, 60_000);
afterAll(() => server.close());

const context = () => server.smart.fhir;
const jobs = recordingJobsOf(new Map());

type Member = Socket & { id: string };
type World = { encounter: string; visit: Visit; doctor: Member; patient: Member };

let count = 0;

async function visitOf(encounter: string): Promise<Visit> {
  const visit = await findVisit(server.database, 1, 'encounter', encounter);
  if (visit === null) throw new Error('no visit');
  return visit;
}

const admit = (encounter: string, participant: string) =>
  ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { participant, confirmed: 'shown' });

/** A visit that is under way. */
async function live(): Promise<World> {
  const encounter = await openVisit(server, await makeAppointment(server, `recorded-${++count}`));
  const patient = await enter(server, 'patient', encounter);
  const doctor = await enter(server, 'doctor', encounter);
  expect((await admit(encounter, patient.id)).status).toBe(200);
  await patient.next('self', ({ self }) => self.state === 'admitted');
  return { encounter, visit: await visitOf(encounter), doctor, patient };
}

const record = (encounter: string, action: string, who: Person = 'doctor') =>
  ask(server, who, `Encounter/${encounter}/$video-record`, { action });
const consent = (encounter: string, who: Person, action = 'give', more: object = {}) =>
  ask(server, who, `Encounter/${encounter}/$video-consent`, { action, ...more });

const chunk = ({ visit, doctor }: World, recording: string, n: number, text = `piece ${n};`) =>
  takeChunk(context(), 1, {
    visit: visit.id,
    recording,
    participant: doctor.id,
    n,
    bytes: Buffer.from(text),
    contentType: 'video/webm;codecs=vp8,opus',
  });

/** What is told from now on. */
const anew = (...members: Member[]): void => {
  for (const { heard } of members) heard.length = 0;
};

const statusOf = (answer: { ok: true } | { ok: false; status: number }): number => (answer.ok ? 200 : answer.status);

async function find<T>(path: string, who?: Person): Promise<T[]> {
  const headers: Record<string, string> = who ? { authorization: `Bearer ${await tokenOf(server, who)}` } : {};
  const bundle = (await (await server.fetch(path, { headers })).json()) as Bundle;
  return (bundle.entry ?? []).map(({ resource }) => resource as T);
}

const events = async (encounter: string): Promise<string[]> => {
  const all = await find<AuditEvent>(`AuditEvent?entity=Encounter/${encounter}&_count=200`);
  return all.flatMap(({ subtype }) => subtype?.[0]?.code ?? []);
};

/** The patient agrees, the doctor records. @returns the id of the recording */
async function recorded(world: World): Promise<string> {
  expect((await consent(world.encounter, 'patient')).status).toBe(200);
  const started = await record(world.encounter, 'start');
  expect(started.status, JSON.stringify(started.body)).toBe(200);
  return started.value('recording');
}

const kept = (world: World, who?: Person): Promise<DocumentReference[]> =>
  find<DocumentReference>(`DocumentReference?encounter=Encounter/${world.encounter}`, who);

test('O-102 V-4 nothing is recorded before the patient has agreed: who is missing is asked, and it is in the ledger', async () => {
  const world = await live();
  const { encounter, patient, doctor } = world;
  const refused = await record(encounter, 'start');
  expect(refused.status).toBe(409);
  expect((refused.body as unknown as OperationOutcome).issue?.[0]?.diagnostics).toContain('Vera Lind');
  expect(await patient.next('recording')).toMatchObject({
    recording: { state: 'off', asked: true, missing: ['Vera Lind'] },
  });
  expect(await doctor.next('recording')).toMatchObject({ recording: { state: 'off', asked: false } });
  expect(await events(encounter)).toContain('recording-refused');
  expect((await record(encounter, 'start', 'patient')).status).toBe(403);
  expect((await record(encounter, 'start', 'other')).status).toBe(404);

  const id = await recorded(world);
  const told = await patient.next('recording', ({ recording }) => recording.state === 'recording');
  expect(told.recording).toEqual({ state: 'recording', id, recorder: doctor.id, asked: false });
  expect(statusOf(await chunk(world, id, 0))).toBe(200);
});

test('V-4 the consent of the patient is a Consent to this Encounter, to who treats in it, for as long as it takes', async () => {
  const { encounter, visit } = await live();
  expect((await consent(encounter, 'patient')).status).toBe(200);
  expect((await consent(encounter, 'patient')).status).toBe(200);
  const all = await find<Consent>(`Consent?data=Encounter/${encounter}`);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({
    status: 'active',
    patient: { reference: people.patient },
    performer: [{ reference: people.patient }],
    provision: {
      type: 'permit',
      period: { end: new Date(visit.hardStop).toISOString() },
      actor: [{ reference: { reference: people.doctor } }],
      data: [{ meaning: 'instance', reference: { reference: `Encounter/${encounter}` } }],
    },
  });
  expect(
    context()
      .validate(all[0])
      .filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
});

test('V-4 nobody consents for the patient who may not: neither who treats, nor a Consent to another visit or of another kind', async () => {
  const world = await live();
  const { encounter, visit } = world;
  expect((await consent(encounter, 'doctor', 'give', { for: 'patient' })).status).toBe(403);
  expect((await consent(encounter, 'stranger')).status).toBe(404);
  const made = recordingConsent({
    encounter,
    patient: 'vera',
    performer: people.patient,
    practitioners: [people.doctor],
    from: Date.now() - 1000,
    until: visit.hardStop,
  });
  const { category: _, ...plain } = made;
  const others: Consent[] = [
    { ...plain, category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }] },
    { ...made, provision: { ...made.provision, period: { end: new Date(Date.now() - 1000).toISOString() } } },
    { ...made, status: 'proposed' },
    { ...made, status: 'inactive' },
    {
      ...made,
      provision: {
        ...made.provision,
        actor: [{ ...made.provision?.actor?.[0], reference: { reference: people.other } }],
      },
    } as Consent,
    recordingConsent({
      ...{ encounter: (await live()).encounter, patient: 'vera', performer: people.patient },
      practitioners: [people.doctor],
      from: Date.now() - 1000,
      until: visit.hardStop,
    }),
  ];
  for (const one of others) {
    const filed = await server.fetch('Consent', { method: 'POST', body: JSON.stringify(one) });
    expect(filed.status, await filed.text()).toBe(201);
  }
  expect((await record(encounter, 'start')).status).toBe(409);
  const practitioner = await tokenOf(server, 'doctor');
  const forged = await server.fetch('Consent', {
    method: 'POST',
    headers: { authorization: `Bearer ${practitioner}` },
    body: JSON.stringify(made),
  });
  expect(forged.status).toBe(403);
  const filed = await server.fetch('Consent', { method: 'POST', body: JSON.stringify(made) });
  expect(filed.status).toBe(201);
  expect((await record(encounter, 'start')).status).toBe(200);
});

test('V-4 a newcomer who has not agreed pauses the recording; when they have, who treats goes on in another', async () => {
  const world = await live();
  const { encounter, visit, doctor } = world;
  const first = await recorded(world);
  expect(statusOf(await chunk(world, first, 0))).toBe(200);
  const invited = await ask(server, 'doctor', `Encounter/${encounter}/$video-invite`, {
    role: 'interpreter',
    name: 'Ida Noor',
  });
  const code = new URL(invited.value('link')).hash.slice(1);
  const guest = await exchangeCode(context(), 1, code, '203.0.113.7');
  if (!guest.ok) throw new Error(guest.issues[0]?.diagnostics);
  const joined = await guestJoin(context(), 1, guest.value.secret, '203.0.113.7', new Map());
  if (!joined.ok) throw new Error(joined.issues[0]?.diagnostics);
  const socket = await openSocket(joined.value.socket, joined.value.token);
  // Who waits hears and sees nobody, and is not heard.
  expect(statusOf(await chunk(world, first, 1))).toBe(200);
  const { id } = guest.value.participant;
  expect((await admit(encounter, id)).status).toBe(200);
  const paused = await doctor.next('recording', ({ recording }) => recording.state === 'paused');
  expect(paused.recording).toMatchObject({ missing: ['Ida Noor'], asked: false });
  expect((await socket.next('recording', ({ recording }) => recording.state === 'paused')).recording.asked).toBe(true);
  expect(statusOf(await chunk(world, paused.recording.id ?? '', 0))).toBe(409);
  expect((await record(encounter, 'resume')).status).toBe(409);

  expect(statusOf(await agree(context(), visit, id, true))).toBe(200);
  const resumed = await record(encounter, 'resume');
  expect(resumed.status, JSON.stringify(resumed.body)).toBe(200);
  const second = resumed.value('recording');
  expect(second).not.toBe(first);
  expect(statusOf(await chunk(world, second, 0, 'more'))).toBe(200);

  anew(doctor);
  expect(statusOf(await agree(context(), visit, id, false))).toBe(200);
  await doctor.next('recording', ({ recording }) => recording.state === 'off');
  expect(statusOf(await chunk(world, second, 1, 'without consent'))).toBe(409);
  await runDueJobs(context(), Date.now() + 20_000, jobs);
  const documents = (await kept(world)).sort(
    (a, b) => Number(a.relatesTo !== undefined) - Number(b.relatesTo !== undefined),
  );
  expect(documents).toHaveLength(2);
  expect(documents[1]?.relatesTo?.[0]?.target.reference).toBe(`DocumentReference/${documents[0]?.id}`);
  expect(await events(encounter)).toEqual(
    expect.arrayContaining(['recording-started', 'recording-paused', 'recording-resumed', 'recording-stopped']),
  );
});

test('O-102 V-4 the withdrawal of the Consent stops the recording within two seconds, wherever it is withdrawn', async () => {
  const world = await live();
  const { encounter, doctor } = world;
  const id = await recorded(world);
  expect(statusOf(await chunk(world, id, 0))).toBe(200);
  const [given] = await find<Consent & { id: string }>(`Consent?data=Encounter/${encounter}`);
  anew(doctor);
  const before = Date.now();
  const revoked = await ask(server, 'patient', `Consent/${given?.id}/$revokeConsent`);
  expect(revoked.status).toBe(200);
  await doctor.next('recording', ({ recording }) => recording.state === 'off');
  expect(Date.now() - before).toBeLessThan(2500);
  expect(statusOf(await chunk(world, id, 1))).toBe(409);

  const again = await recorded(world);
  const deleted = await find<Consent & { id: string }>(`Consent?data=Encounter/${encounter}&status=active`);
  await server.fetch(`Consent/${deleted[0]?.id}`, { method: 'DELETE' });
  expect(statusOf(await chunk(world, again, 0))).toBe(409);

  const third = await recorded(world);
  expect((await consent(encounter, 'patient', 'withdraw')).status).toBe(200);
  expect(statusOf(await chunk(world, third, 0))).toBe(409);
  expect((await record(encounter, 'start')).status).toBe(409);
});

test('V-4 pieces are taken from who records, in their order, once, and while the visit goes on', async () => {
  const world = await live();
  const id = await recorded(world);
  const { visit, patient, encounter } = world;
  const sent = { visit: visit.id, recording: id, n: 0, bytes: Buffer.from('x'), contentType: 'video/webm' };
  expect(statusOf(await takeChunk(context(), 1, { ...sent, participant: patient.id }))).toBe(403);
  expect(statusOf(await takeChunk(context(), 2, { ...sent, participant: world.doctor.id }))).toBe(404);
  expect(statusOf(await chunk({ ...world, visit: (await live()).visit }, id, 0))).toBe(404);
  expect(
    statusOf(await takeChunk(context(), 1, { ...sent, participant: world.doctor.id, contentType: 'text/html' })),
  ).toBe(400);
  const large = { ...sent, participant: world.doctor.id, bytes: Buffer.alloc(9 * 1024 * 1024) };
  expect(statusOf(await takeChunk(context(), 1, large))).toBe(413);
  expect(statusOf(await chunk(world, id, 1))).toBe(409);
  expect(await chunk(world, id, 0)).toEqual({ ok: true, value: { next: 1 } });
  expect(await chunk(world, id, 0, 'something else')).toEqual({ ok: true, value: { next: 1 } });
  const both = await Promise.all([chunk(world, id, 1, 'a'), chunk(world, id, 1, 'b')]);
  expect(both.map(statusOf)).toEqual([200, 200]);
  expect(await chunk(world, id, 2)).toEqual({ ok: true, value: { next: 3 } });

  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { action: 'hold' })).status).toBe(200);
  expect(statusOf(await chunk(world, id, 3))).toBe(409);
  expect((await record(encounter, 'resume')).status).toBe(409);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { action: 'resume' })).status).toBe(200);
  const resumed = await record(encounter, 'resume');
  expect(resumed.status).toBe(200);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
  expect(statusOf(await chunk(world, resumed.value('recording'), 0))).toBe(409);
  expect((await record(encounter, 'start')).status).toBe(409);
});

test('O-102 V-20 a recording is a restricted document of the Encounter, and its bytes are as secret', async () => {
  const world = await live();
  const id = await recorded(world);
  await chunk(world, id, 0, 'whole ');
  await chunk(world, id, 1, 'film');
  expect((await record(world.encounter, 'stop')).value('state')).toBe('off');
  await runDueJobs(context(), Date.now() + 20_000, jobs);
  const [document] = await kept(world);
  expect(document).toMatchObject({
    subject: { reference: people.patient },
    author: [{ reference: people.doctor }],
    securityLabel: [{ coding: [{ code: 'R' }] }],
    context: { encounter: [{ reference: `Encounter/${world.encounter}` }] },
  });
  expect(document?.type?.coding?.some(({ code }) => code === 'visit-recording')).toBe(true);
  expect(document?.meta?.security?.some(({ code }) => code === 'R')).toBe(true);
  expect(document?.context?.related?.[0]?.reference).toMatch(/^Consent\//);
  expect(
    context()
      .validate(document)
      .filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
  const binary = document?.content[0]?.attachment.url ?? '';
  const read = async (who: Person): Promise<Response> =>
    server.fetch(binary, { headers: { authorization: `Bearer ${await tokenOf(server, who)}`, accept: '*/*' } });
  const own = await read('patient');
  expect(own.status).toBe(200);
  expect(own.headers.get('content-type')).toContain('video/webm');
  expect(await own.text()).toBe('whole film');
  for (const who of ['doctor', 'other', 'stranger'] as const) expect((await read(who)).status, who).toBe(404);
  expect(await kept(world, 'patient')).toHaveLength(1);
  expect(await kept(world, 'doctor')).toHaveLength(0);
  // Of the pieces nothing is left.
  const [row] = await server.database.query(
    'select parts, state from video_recording where tenant = $1 and visit = $2',
    [1, world.visit.id],
  );
  expect(row).toEqual(['[]', 'stored']);
  expect(await events(world.encounter)).toContain('recording-stored');
});

test('V-20 the address of a recording is good once, for a minute, for who may read it, and each reading is in the ledger', async () => {
  const world = await live();
  const id = await recorded(world);
  await chunk(world, id, 0, 'film');
  await record(world.encounter, 'stop');
  await runDueJobs(context(), Date.now() + 20_000, jobs);
  const [document] = await kept(world);
  const link = (who: Person) => ask(server, who, `DocumentReference/${document?.id}/$video-recording-link`);
  for (const who of ['doctor', 'other', 'stranger'] as const) expect((await link(who)).status, who).toBe(404);
  const given = await link('patient');
  expect(given.status, JSON.stringify(given.body)).toBe(200);
  expect(Date.parse(given.value('expires'))).toBeLessThanOrEqual(Date.now() + 60_000);
  const code = given.value('url').split('/').at(-1) ?? '';
  expect(Buffer.from(code, 'base64url')).toHaveLength(16);
  expect(new URL(given.value('url')).search).toBe('');
  expect(statusOf(await playRecording(context(), 2, code, ''))).toBe(404);
  const played = await playRecording(context(), 1, code, '203.0.113.9');
  expect(played.ok && Buffer.from(played.value.bytes).toString()).toBe('film');
  expect(statusOf(await playRecording(context(), 1, code, ''))).toBe(404);
  expect(await events(world.encounter)).toContain('recording-played');
  const reads = await find<AuditEvent>(`AuditEvent?entity=DocumentReference/${document?.id}`);
  expect(reads.length).toBeGreaterThan(0);

  const late = (await link('patient')).value('url').split('/').at(-1) ?? '';
  const then = { ...context(), now: () => Date.now() + 61_000 };
  expect(statusOf(await playRecording(then, 1, late, ''))).toBe(404);
  const rows = await server.database.query('select code_hash from video_recording_link where tenant = 1');
  expect(JSON.stringify(rows)).not.toContain(code);
});

test('V-4 who treats, and who helps the patient, agree for themselves, and withdraw as anybody does', async () => {
  const world = await live();
  const { encounter, doctor } = world;
  const mother = await enter(server, 'mother', encounter);
  expect((await admit(encounter, mother.id)).status).toBe(200);
  expect((await consent(encounter, 'patient')).status).toBe(200);
  expect((await record(encounter, 'start')).status).toBe(409);
  expect((await consent(encounter, 'mother')).status).toBe(200);
  expect((await record(encounter, 'start')).status).toBe(200);
  anew(doctor);
  expect((await consent(encounter, 'doctor', 'withdraw')).status).toBe(200);
  expect(await doctor.next('recording', (one) => one.recording.state === 'off')).toMatchObject({
    recording: { state: 'off', asked: true, missing: ['Dr Ana Sol'] },
  });
  // Who asks for it agrees by that.
  expect((await record(encounter, 'start')).status).toBe(200);
  expect((await consent(encounter, 'mother', 'withdraw')).status).toBe(200);
  expect((await record(encounter, 'pause')).status).toBe(409);
});

test('V-4 the patient is asked even while they are not there, and who has left is asked no more', async () => {
  const world = await live();
  const { encounter, doctor, patient } = world;
  patient.say({ type: 'leave' });
  await patient.closed;
  expect((await record(encounter, 'start')).status).toBe(409);
  expect((await consent(encounter, 'patient')).status).toBe(200);
  const started = await record(encounter, 'start');
  expect(started.status).toBe(200);
  expect(statusOf(await chunk(world, started.value('recording'), 0))).toBe(200);
  // Who records is gone for good: nobody does.
  doctor.say({ type: 'leave' });
  await doctor.closed;
  const state = async () => {
    const [row] = await server.database.query(
      'select state, reason from video_recording where tenant = $1 and id = $2',
      [1, started.value('recording')],
    );
    return row;
  };
  await expect.poll(state, { timeout: 5000 }).toEqual(['stopped', 'left']);
});

test('V-4 who has lost the line to the server can still be heard, however long ago: nothing is recorded without their word', async () => {
  const world = await live();
  const { encounter, visit } = world;
  expect((await consent(encounter, 'patient')).status).toBe(200);
  const mother = await enter(server, 'mother', encounter);
  expect((await admit(encounter, mother.id)).status).toBe(200);
  await mother.next('self', ({ self }) => self.state === 'admitted');
  mother.ws.terminate();
  await world.doctor.next('peer', ({ peer }) => peer.id === mother.id && !peer.present && peer.state === 'admitted');
  await server.database.query(
    "update video_participant set left_at = left_at - interval '10 minutes' where tenant = $1 and visit = $2 and id = $3",
    [1, visit.id, mother.id],
  );
  const refused = await record(encounter, 'start');
  expect(refused.status).toBe(409);
  expect(JSON.stringify(refused.body)).toContain('Mia Lind');
  await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { participant: mother.id, action: 'remove' });
  expect((await record(encounter, 'start')).status).toBe(200);
});

test('V-4 a tenant that has visits recorded by nobody has them recorded by nobody', async () => {
  const world = await live();
  expect((await consent(world.encounter, 'patient')).status).toBe(200);
  await keepPolicy(context(), 1, videoPolicy.parse({ recording: false, keepChat: false }));
  expect((await record(world.encounter, 'start')).status).toBe(409);
  world.patient.say({ type: 'chat', text: 'not kept' });
  await world.doctor.next('chat');
  expect(await find<Communication>(`Communication?encounter=Encounter/${world.encounter}`)).toHaveLength(0);
  await keepPolicy(context(), 1, videoPolicy.parse({}));
  expect((await record(world.encounter, 'start')).status).toBe(200);
});

test('V-20 what is past its time goes with its bytes, and nothing that stays goes with it', async () => {
  const world = await live();
  const id = await recorded(world);
  await chunk(world, id, 0, 'film of long ago');
  await record(world.encounter, 'stop');
  await runDueJobs(context(), Date.now() + 20_000, jobs);
  const [document] = await kept(world);
  const binary = document?.content[0]?.attachment.url ?? '';
  const sha256 = createHash('sha256').update('film of long ago').digest('hex');
  expect(await context().blobs.get(sha256)).not.toBeNull();
  await purge(context(), 1, [{ type: 'DocumentReference', id: document?.id ?? '' }]);
  await runDueJobs(context(), Date.now() + 2 * 3_600_000, jobs);
  expect((await server.fetch(binary)).status).toBeGreaterThanOrEqual(404);
  expect(await context().blobs.get(sha256)).toBeNull();
  expect((await server.fetch(`Encounter/${world.encounter}`)).status).toBe(200);
});

test('V-4 pieces are taken of a practitioner of the Appointment who is signed in, and of nobody else', async () => {
  const world = await live();
  const recording = await recorded(world);
  const grantOf = async (who: Person) => {
    const fhirUser = people[who];
    const isPatient = who === 'patient';
    const caller: Caller = {
      ...{ tenant: 1, purpose: '', organization: null, subject: who, clientId: null, fhirUser, identified: true },
      ...{ grantId: null, operator: false, actor: isPatient ? 'self' : 'practitioner' },
      ...{ patient: isPatient ? 'vera' : null, reach: ['vera'] },
      scopes: [{ context: isPatient ? 'patient' : 'user', type: '*', interactions: new Set(['r', 's']), query: null }],
    };
    const grant = await context().decide?.(caller);
    if (!grant) throw new Error('nobody decides');
    return grant;
  };
  const piece = { recording, n: 0, bytes: Buffer.from('x'), contentType: 'video/webm' };
  const take = async (who: Person) =>
    statusOf(await takeChunkFrom(context(), await grantOf(who), world.encounter, piece));
  expect(await take('patient')).toBe(403);
  expect(await take('other')).toBe(403);
  expect(await take('doctor')).toBe(200);
  const unknown = await takeChunkFrom(context(), await grantOf('doctor'), 'unknown', piece);
  expect(statusOf(unknown)).toBe(404);
});

test('a long recording goes on in another, which begins anew', async () => {
  const world = await live();
  const { doctor } = world;
  const id = await recorded(world);
  anew(doctor);
  for (let n = 0; n < 7; n++) {
    const bytes = Buffer.alloc(7 * 1024 * 1024, n);
    const sent = { visit: world.visit.id, recording: id, participant: doctor.id, n, bytes, contentType: 'video/webm' };
    expect(statusOf(await takeChunk(context(), 1, sent))).toBe(200);
  }
  const { recording } = await doctor.next('recording', (one) => one.recording.id !== id);
  expect(recording).toMatchObject({ state: 'recording', recorder: doctor.id });
  expect(recording.id).not.toBe(id);
  expect(statusOf(await chunk(world, recording.id ?? '', 0))).toBe(200);
  expect((await record(world.encounter, 'stop')).status).toBe(200);
  // What was recorded before it was stopped may come late.
  expect(statusOf(await chunk(world, recording.id ?? '', 1))).toBe(200);
  await runDueJobs(context(), Date.now() + 20_000, jobs);
  expect(await kept(world)).toHaveLength(2);
});

test('what a media server records is stopped there, fetched, kept and deleted there', async () => {
  const world = await live();
  const done: string[] = [];
  const media: VideoProvider = {
    id: 'p2p',
    caps: { maxParticipants: 4, serverRecording: true, e2ee: false, kick: true },
    ensureRoom: async () => ({ ok: true, value: null }),
    issueJoin: async () => ({ provider: 'p2p', iceServers: [], relayOnly: false }),
    remove: async () => {},
    end: async () => {},
    startRecording: async () => ({ ok: true, value: `egress-${done.push('start')}` }),
    stopRecording: async (_visit, reference) => void done.push(`stop ${reference}`),
    openRecording: async (location) => (location === 'here' ? Readable.from([Buffer.from('film')]) : null),
    dropRecording: async (location) => void done.push(`drop ${location}`),
    health: async () => ({ ok: true, why: '' }),
  };
  const providers = new Map([['p2p', media] as const]);
  expect((await consent(world.encounter, 'patient')).status).toBe(200);
  const { doctor, visit } = world;
  const participant = { id: doctor.id, reference: people.doctor, role: 'host', name: 'Dr Ana Sol' } as const;
  const asker = { by: { reference: people.doctor }, participant };
  const current = { ...visit, state: 'live' } as const;
  expect(statusOf(await startRecording(context(), current, asker, providers))).toBe(200);
  expect(
    (await doctor.next('recording', (one) => one.recording.state === 'recording')).recording.recorder,
  ).toBeUndefined();
  await stopRecordingOf(context(), visit, 'over', providers);
  expect(done).toEqual(['start', 'stop egress-1']);
  await expect(
    keepServerRecording(context(), 1, { reference: 'egress-1', location: 'elsewhere' }, media),
  ).rejects.toThrow();
  await keepServerRecording(context(), 1, { reference: 'egress-1', location: 'here' }, media);
  await keepServerRecording(context(), 1, { reference: 'egress-1', location: 'here' }, media);
  expect(done.slice(2)).toEqual(['drop here', 'drop here']);
  const documents = await kept(world);
  expect(documents).toHaveLength(1);
  expect(documents[0]?.content[0]?.attachment.contentType).toBe('video/mp4');
});

test('what is written in a visit is a Communication of its Encounter', async () => {
  const { encounter, doctor, patient } = await live();
  patient.say({ type: 'chat', text: '<b>My knee</b>' });
  const told = await doctor.next('chat');
  const [kept] = await find<Communication>(`Communication?encounter=Encounter/${encounter}`);
  expect(kept).toMatchObject({
    id: told.id,
    status: 'completed',
    subject: { reference: people.patient },
    sender: { reference: people.patient },
    recipient: [{ reference: people.doctor }],
    payload: [{ contentString: '<b>My knee</b>' }],
    sent: told.sent,
  });
  expect(
    context()
      .validate(kept)
      .filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
});
