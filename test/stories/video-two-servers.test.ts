import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { type RTCIceCandidate, RTCPeerConnection } from 'werift';

import { openLine } from '../../src/db/line.ts';
import type { FromServer } from '../../src/video/signalling/messages.ts';
import { absentJob } from '../../src/video/signalling/presence.ts';
import { type Pair, startPair } from '../support/beside.ts';
import type { Server } from '../support/server.ts';
import {
  ask,
  makeAppointment,
  makePeople,
  openSocket,
  openVisit,
  type Person,
  type Socket,
} from '../support/visit-world.ts';

let pair: Pair;
let server: Server;
beforeAll(async () => {
  pair = await startPair();
  server = pair.server;
  await makePeople(server);
}, 90_000);
afterAll(() => pair.close());

type Here = Socket & { id: string };
/** The first of the servers, or the second. */
type Which = 0 | 1;

/** As a browser behind a balancer that sends it to one of the two. */
async function enterAt(which: Which, who: Person, visit: string): Promise<Here> {
  const joined = await ask(server, who, `Encounter/${visit}/$video-join`);
  expect(joined.status, JSON.stringify(joined.body)).toBe(200);
  const url = joined.value('socket').replace(/^ws:\/\/[^/]+/, pair.origins[which].replace('http:', 'ws:'));
  const socket = await openSocket(url, joined.value('token'));
  onTestFinished(() => socket.ws.terminate());
  await socket.next('hello');
  return Object.assign(socket, { id: joined.value('participant') });
}

async function admit(visit: string, participant: string): Promise<void> {
  const confirmed = 'Vera Lind, 1951-03-04, patient';
  const admitted = await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant, confirmed });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(200);
}

let count = 0;
/** The patient at one server, the doctor at another; the patient was let in. */
async function both(patientAt: Which, doctorAt: Which) {
  const visit = await openVisit(server, await makeAppointment(server, `two-${++count}`));
  const patient = await enterAt(patientAt, 'patient', visit);
  const doctor = await enterAt(doctorAt, 'doctor', visit);
  await admit(visit, patient.id);
  await patient.next('self', (one) => one.self.state === 'admitted');
  return { visit, patient, doctor };
}

/** A browser: what it has to say to another goes over its socket, and nothing else does. */
function browser(socket: Here, other: string): { peer: RTCPeerConnection; call(): Promise<void> } {
  const peer = new RTCPeerConnection({ iceServers: [] });
  onTestFinished(() => peer.close());
  peer.onIceCandidate.subscribe((candidate) => {
    if (candidate) socket.say({ type: 'ice', to: other, candidate: { candidate: candidate.candidate, sdpMid: '0' } });
  });
  const describe = async (made: ReturnType<typeof peer.createOffer>): Promise<void> => {
    await peer.setLocalDescription(await made);
    const { type, sdp } = peer.localDescription ?? {};
    if (sdp !== undefined && (type === 'offer' || type === 'answer'))
      socket.say({ type: 'desc', to: other, description: { type, sdp } });
  };
  const early: RTCIceCandidate[] = [];
  const take = async (said: FromServer): Promise<void> => {
    if (said.type === 'ice' && said.candidate) {
      const candidate = said.candidate as RTCIceCandidate; // of the other browser
      if (peer.remoteDescription) await peer.addIceCandidate(candidate);
      else early.push(candidate);
    }
    if (said.type !== 'desc' || (said.description.type !== 'offer' && said.description.type !== 'answer')) return;
    await peer.setRemoteDescription({ type: said.description.type, sdp: said.description.sdp });
    for (const candidate of early.splice(0)) await peer.addIceCandidate(candidate);
    if (said.description.type === 'offer') await describe(peer.createAnswer());
  };
  let taken = Promise.resolve();
  socket.ws.on('message', (data) => {
    taken = taken.then(() => take(JSON.parse(String(data))));
  });
  return { peer, call: () => describe(peer.createOffer()) };
}

async function talk(patient: Here, doctor: Here): Promise<string> {
  const called = browser(patient, doctor.id);
  const caller = browser(doctor, patient.id);
  const heard = new Promise<string>((resolve) => {
    called.peer.onDataChannel.subscribe((channel) => channel.onMessage.subscribe((text) => resolve(String(text))));
  });
  const channel = caller.peer.createDataChannel('talk');
  const open = new Promise<void>((resolve) => {
    channel.stateChanged.subscribe((state) => state === 'open' && resolve());
  });
  await caller.call();
  await open;
  channel.send('How are you today?');
  return heard;
}

test.each<[string, Which, Which]>([
  ['of one server', 0, 0],
  ['of two servers', 0, 1],
])(
  'browsers %s find each other, and then speak without any',
  async (_where, patientAt, doctorAt) => {
    const { patient, doctor } = await both(patientAt, doctorAt);
    expect(await talk(patient, doctor)).toBe('How are you today?');
  },
  45_000,
);

test('a visit is the same at two servers: who is there, what they show and write, and when it is over', async () => {
  const visit = await openVisit(server, await makeAppointment(server, 'same'));
  const doctor = await enterAt(1, 'doctor', visit);
  doctor.say({ type: 'status', audio: true, video: false, sharing: false });
  const patient = await enterAt(0, 'patient', visit);
  const knock = await doctor.next('peer', ({ peer }) => peer.id === patient.id && peer.present);
  expect(knock.peer).toMatchObject({ state: 'waiting', birthDate: '1951-03-04' });
  await admit(visit, patient.id);
  const self = await patient.next('self', (one) => one.self.state === 'admitted');
  expect(self.peers).toMatchObject([{ id: doctor.id, present: true }]);
  // What was shown before they came, they are told.
  await patient.next('peer', ({ peer }) => peer.id === doctor.id && peer.audio === true && peer.video === false);
  patient.say({ type: 'status', audio: true, video: true, sharing: false });
  await doctor.next('peer', ({ peer }) => peer.id === patient.id && peer.video === true);

  for (let n = 0; n < 10; n++) patient.say({ type: 'chat', text: `line ${n}` });
  await doctor.next('chat', ({ text }) => text === 'line 9');
  await patient.next('chat', ({ text }) => text === 'line 9');
  const lines = Array.from({ length: 10 }, (_, n) => `line ${n}`);
  for (const one of [patient, doctor])
    expect(one.heard.flatMap((said) => (said.type === 'chat' ? [said.text] : []))).toEqual(lines);

  await ask(server, 'doctor', `Encounter/${visit}/$video-end`);
  expect([await patient.closed, await doctor.closed]).toEqual([4403, 4403]);
});

test('V-1 a second socket of somebody at another server takes the place of the first', async () => {
  const { visit, patient, doctor } = await both(0, 1);
  const again = await enterAt(1, 'patient', visit);
  expect(again.id).toBe(patient.id);
  expect(await patient.closed).toBe(4409);
  again.say({ type: 'commit', to: doctor.id, digest: 'B'.repeat(43) });
  expect(await doctor.next('commit')).toMatchObject({ from: patient.id });
  expect((await again.next('hello')).self.state).toBe('admitted');
});

test('what was said while the word of the database was lost is told when it is back', async () => {
  const { visit, patient, doctor } = await both(0, 1);
  await server.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and query like 'listen %'`,
  );
  patient.say({ type: 'chat', text: 'Can you hear me?' });
  await doctor.next('chat', ({ text }) => text === 'Can you hear me?');
  await sleep(500);
  expect(doctor.heard.filter(({ type }) => type === 'chat')).toHaveLength(1);
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: patient.id, action: 'remove' });
  expect(await patient.closed).toBe(4403);
});

test('those who are at one server go on finding each other while the database is away', async () => {
  const { patient, doctor } = await both(0, 0);
  const admin = await openLine(inject('postgres'), { deadline: 10_000 });
  onTestFinished(() => admin.close());
  const name = server.target.database;
  await admin.script(`alter database ${name} allow_connections false`);
  await admin.script(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  try {
    expect(await talk(patient, doctor)).toBe('How are you today?');
    patient.say({ type: 'chat', text: 'Is this kept?' });
    expect(await patient.next('refused')).toMatchObject({ about: 'chat' });
  } finally {
    await admin.script(`alter database ${name} allow_connections true`);
  }
  await sleep(2500);
  patient.say({ type: 'chat', text: 'It is again' });
  await doctor.next('chat', ({ text }) => text === 'It is again');
  expect(patient.ws.readyState).toBe(1);
}, 60_000);

test('who is gone with their server is told to be gone, and is back when it was only out of reach', async () => {
  const { visit, patient, doctor } = await both(0, 1);
  await server.database.query(`update video_participant set seen_at = $3 where tenant = $1 and id = $2`, [
    1,
    doctor.id,
    new Date(Date.now() - 100_000),
  ]);
  await absentJob(new Map()).run(server.smart.fhir, {
    id: 'x',
    tenant: 1,
    kind: 'video-absent',
    payload: {},
  } as Parameters<ReturnType<typeof absentJob>['run']>[1]); // of a job it reads the tenant alone
  await patient.next('peer', ({ peer }) => peer.id === doctor.id && !peer.present);
  patient.heard.length = 0;
  for (let n = 0; n < 25 && !patient.heard.some((one) => one.type === 'peer'); n++) await sleep(1000);
  await patient.next('peer', ({ peer }) => peer.id === doctor.id && peer.present);
  const [row] = await server.database.query(
    'select host_left_at from video_visit where tenant = $1 and encounter = $2',
    [1, visit],
  );
  expect(row).toEqual([null]);
}, 60_000);

test('a server that ends sends its sockets away, and they are taken at the other', async () => {
  const { visit, patient, doctor } = await both(1, 0);
  const before = await ask(server, 'patient', `Encounter/${visit}/$video-join`);
  await pair.stopSecond();
  expect(await patient.closed).toBe(1012);
  await doctor.next('peer', ({ peer }) => peer.id === patient.id && !peer.present);
  const back = await openSocket(before.value('socket'), before.value('token'));
  onTestFinished(() => back.ws.terminate());
  expect((await back.next('hello')).self).toMatchObject({ id: patient.id, state: 'admitted' });
  expect(await talk(Object.assign(back, { id: patient.id }), doctor)).toBe('How are you today?');
  const rows = await server.database.query(
    `select joined_at <= left_at, left_at is null from video_attendance where tenant = $1 and participant = $2
     order by joined_at`,
    [1, patient.id],
  );
  expect(rows).toEqual([
    [true, false],
    [null, true],
  ]);
}, 60_000);
