import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Appointment, Bundle, Encounter, Practitioner, RelatedPerson, Resource, Slot } from '@medplum/fhirtypes';
import pino from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { exchangeCode, guestJoin } from '../../src/video/people/guest.ts';
import { providersOf } from '../../src/video/providers/index.ts';
import { createSignalling } from '../../src/video/signalling/signalling.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openSocket, openVisit, tokenOf } from '../support/visit-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
}, 60_000);
afterAll(() => server.close());

let count = 0;
const newVisit = async (): Promise<string> => openVisit(server, await makeAppointment(server, `review-${++count}`));
const appointmentOfNow = (): string => `review-${count}`;

async function read<T>(path: string): Promise<T> {
  return (await (await server.fetch(path)).json()) as T;
}

const put = (resource: Resource) =>
  server.fetch(`${resource.resourceType}/${resource.id}`, { method: 'PUT', body: JSON.stringify(resource) });

/** The doctor and the patient, who was let in. */
async function both() {
  const visit = await newVisit();
  const [patient, doctor] = [await enter(server, 'patient', visit), await enter(server, 'doctor', visit)];
  await doctor.next('hello');
  const confirmed = 'Vera Lind, 1951-03-04, patient';
  const admitted = await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: patient.id,
    confirmed,
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(200);
  await patient.next('self', (one) => one.self.state === 'admitted');
  onTestFinished(() => {
    for (const { ws } of [patient, doctor]) ws.terminate();
  });
  return { visit, appointment: appointmentOfNow(), patient, doctor };
}

const providers = providersOf({ turn: null, livekit: null, recordings: null, now: Date.now });

/** The code that a socket is closed with within so many ms; null: it is open. */
const closedWithin = (socket: { closed: Promise<number> }, ms: number): Promise<number | null> =>
  Promise.race([socket.closed, sleep(ms).then(() => null)]);

/** What a bare connection is answered, and whether the server ends it though the client does not. */
function bare(path: string, more: string): Promise<{ head: string; isEnded: boolean }> {
  const { port, hostname } = new URL(server.origin);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    let head = '';
    socket.on('data', (data) => {
      head += String(data);
    });
    socket.on('error', () => {});
    let wasClosed = false;
    socket.once('close', () => {
      wasClosed = true;
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\n${more}\r\n`);
    void sleep(900).then(() => {
      // A write to what the other side holds half open goes through; to what it has forgotten it is reset.
      let isEnded = false;
      socket.once('close', () => {
        isEnded = true;
      });
      for (const at of [0, 100, 200]) setTimeout(() => !socket.destroyed && socket.write('more'), at);
      void sleep(700).then(() => {
        socket.destroy();
        resolve({ head, isEnded: isEnded || wasClosed });
      });
    });
  });
}

const websocket = 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

test.each([
  ['/fhir/R4/metadata', '404'],
  ['/t/77/video/signal', '404'],
  ['/video/signal', '400'],
])('V-21 who asks for a WebSocket at %s in vain and does not hang up is hung up on', async (path, status) => {
  const { head, isEnded } = await bare(path, websocket);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(isEnded).toBe(true);
});

test('a request that offers another protocol, as clients of HTTP/2 do, is answered as any other', async () => {
  const { port, hostname } = new URL(server.origin);
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' };
    const asked = httpRequest({ port, host: hostname, path: '/fhir/R4/metadata', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(status).toBe(200);
});

test('V-3 V-7 a practitioner who is taken off the Appointment is out of the visit at once', async () => {
  const { visit, appointment, patient, doctor } = await both();
  const booked = await read<Appointment>(`Appointment/${appointment}`);
  const [vera] = booked.participant;
  const others: Appointment['participant'] = [
    vera ?? { status: 'accepted' },
    { actor: { reference: 'Practitioner/dr-bo' }, status: 'accepted' },
  ];
  expect((await put({ ...booked, participant: others })).status).toBe(200);
  expect(await closedWithin(doctor, 3000)).toBe(4403);
  doctor.ws.terminate();
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-join`)).status).toBeGreaterThanOrEqual(403);
  expect(patient.ws.readyState).toBe(patient.ws.OPEN);
  // Taken on again, they are in again.
  const now = await read<Appointment>(`Appointment/${appointment}`);
  expect((await put({ ...now, participant: booked.participant })).status).toBe(200);
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-join`)).value('state')).toBe('admitted');
});

test('V-7 a visit whose Appointment becomes that of somebody else is no visit of either', async () => {
  const visit = await newVisit();
  const waits = await enter(server, 'patient', visit);
  const booked = await read<Appointment>(`Appointment/${appointmentOfNow()}`);
  const others = booked.participant.map((one) =>
    one.actor?.reference === 'Patient/vera' ? { ...one, actor: { reference: 'Patient/stan' } } : one,
  );
  expect((await put({ ...booked, participant: others })).status).toBe(200);
  const opened = await ask(server, 'stranger', `Appointment/${appointmentOfNow()}/$video-open`);
  expect(JSON.stringify(opened.body)).not.toContain(visit);
  expect(await closedWithin(waits, 3000)).toBe(4403);
});

test('V-21 who sends pings without end is not answered without end, and closed', async () => {
  const socket = await enter(server, 'patient', await newVisit());
  await socket.next('hello');
  let answered = 0;
  socket.ws.on('pong', () => {
    answered += 1;
  });
  for (let round = 0; round < 20; round++) {
    for (let n = 0; n < 500 && socket.ws.readyState === socket.ws.OPEN; n++) socket.ws.ping('x'.repeat(120));
    await sleep(10);
  }
  expect(await closedWithin(socket, 4000)).not.toBeNull();
  expect(answered).toBeLessThan(1000);
});

test('V-7 V-21 a NUL in what is asked is refused, and nothing fails', async () => {
  const visit = await newVisit();
  const nul = 'a\u0000b';
  const asks = [
    ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: nul, confirmed: 'x' }),
    ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: 'x', confirmed: nul, action: 'deny' }),
    ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { revoke: nul }),
    ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { name: nul }),
    ask(server, 'doctor', `Encounter/${visit}/$video-invite`, { reference: `Practitioner/${nul}` }),
    ask(server, 'patient', `Encounter/${visit}/$video-join`, { callback: nul }),
    ask(server, 'doctor', `Encounter/${visit}/$video-record`, { action: nul }),
    ask(server, 'patient', `Appointment/${appointmentOfNow()}/$cancel`, { comment: nul }),
    ask(server, 'patient', 'Appointment/$find', { provider: nul, 'visit-type': `a|${nul}`, specialty: `a|${nul}` }),
  ];
  const statuses = (await Promise.all(asks)).map(({ status }) => status);
  expect(statuses.filter((one) => one >= 500)).toEqual([]);
  for (const path of ['/video/%00', '/video/recording/%00', '/video/guest?x=%00', '/t/2/video/%00'])
    expect((await fetch(`${server.origin}${path}`)).status, path).toBeLessThan(500);
});

test('V-7 an app that may only read takes nobody into a visit, and does nothing in it', async () => {
  const visit = await newVisit();
  const scope = 'patient/Encounter.rs patient/Appointment.rs patient/Patient.r';
  const ask1 = { fhirUser: 'Patient/vera', patient: 'vera', subject: 'reader', actor: 'app' } as const;
  const bearer = await server.token(scope, ask1);
  const post = async (path: string) =>
    (
      await server.fetch(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}` },
        body: '{"resourceType":"Parameters"}',
      })
    ).status;
  expect((await server.fetch(`Encounter/${visit}`, { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(
    200,
  );
  expect(await post(`Encounter/${visit}/$video-join`)).toBe(403);
  expect(await post(`Appointment/${appointmentOfNow()}/$video-open`)).toBe(403);
  const read = await read2(visit);
  expect(read).toBe('planned');
  const doctors = await server.token('user/Encounter.rs user/Appointment.rs', {
    fhirUser: 'Practitioner/dr-ana',
    subject: 'reader 2',
  });
  const ended = await server.fetch(`Encounter/${visit}/$video-join`, {
    method: 'POST',
    headers: { authorization: `Bearer ${doctors}` },
    body: '{"resourceType":"Parameters"}',
  });
  expect(ended.status).toBe(403);
});
const read2 = async (visit: string) => (await read<Encounter>(`Encounter/${visit}`)).status;

test('V-3 a visit whose end is the end of time opens, or says why not', async () => {
  const id = await makeAppointment(server, `review-${++count}`);
  const booked = await read<Appointment>(`Appointment/${id}`);
  expect((await put({ ...booked, end: '9999-12-31T23:59:59Z' })).status).toBe(200);
  const opened = await ask(server, 'doctor', `Appointment/${id}/$video-open`);
  expect(opened.status).toBeLessThan(500);
});

test('V-3 who was erased, removed or put on hold a moment ago writes nothing more into the record', async () => {
  const { visit, patient, doctor } = await both();
  // As when the word of it is on its way.
  await server.database.query(`update video_participant set state = 'removed' where tenant = $1 and id = $2`, [
    1,
    patient.id,
  ]);
  patient.say({ type: 'chat', text: 'I was never gone' });
  await patient.next('refused', ({ about }) => about === 'chat');
  const kept = await (await server.fetch(`Communication?encounter=Encounter/${visit}`)).text();
  expect(kept).not.toContain('never gone');
  expect(JSON.stringify(doctor.heard)).not.toContain('never gone');
});

test('V-5 the link of a practitioner who is here no more is of no use', async () => {
  const visit = await newVisit();
  await enter(server, 'patient', visit).then(({ ws }) => ws.terminate());
  await put({ resourceType: 'Practitioner', id: 'dr-cy', active: true, name: [{ family: 'Cy' }] });
  const invited = await ask(server, 'doctor', `Encounter/${visit}/$video-invite`, {
    role: 'colleague',
    reference: 'Practitioner/dr-cy',
  });
  expect(invited.status, JSON.stringify(invited.body)).toBe(200);
  const code = invited.value('link').split('#')[1] ?? '';
  const guest = await exchangeCode(server.smart.fhir, 1, code, '127.0.0.5');
  expect(guest.ok).toBe(true);
  if (!guest.ok) return;
  expect((await guestJoin(server.smart.fhir, 1, guest.value.secret, '127.0.0.5', providers)).ok).toBe(true);
  await put({ resourceType: 'Practitioner', id: 'dr-cy', active: false, name: [{ family: 'Cy' }] });
  expect((await guestJoin(server.smart.fhir, 1, guest.value.secret, '127.0.0.5', providers)).ok).toBe(false);
});

test('V-10 frames of odd bytes end nobody but who sent them', async () => {
  const { patient, doctor } = await both();
  const odd = [
    '\u0000',
    '"\\ud800"',
    '{"type":"chat","text":"\\u0000\\ud800 x"}',
    '{"__proto__":{"type":"ping"},"type":"ping"}',
  ];
  for (const text of odd) patient.ws.send(text);
  patient.ws.send(Buffer.alloc(60_000), { binary: true });
  patient.ws.send('['.repeat(60_000));
  for (let n = 0; n < 200; n++) patient.ws.send('{"type":"leave","x":1}');
  doctor.say({ type: 'ping' });
  await doctor.next('pong');
  expect((await server.fetch('Patient/vera')).status).toBe(200);
});

test('V-3 V-16 a visit that is over is over for everybody in it, though the word of it was lost', async () => {
  const options = { origins: [], target: server.target, log: pino({ level: 'silent' }), addressOf: () => '127.0.0.1' };
  const beside = createSignalling(server.smart.fhir, providers, { ...options, every: 300 });
  const http = createServer();
  http.on('upgrade', (incoming, socket, head) => beside.upgrade(incoming, socket, head, 1));
  const port = await freePort();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await beside.close();
    http.close();
  });
  const visit = await newVisit();
  const joined = await ask(server, 'doctor', `Encounter/${visit}/$video-join`);
  const doctor = await openSocket(`ws://127.0.0.1:${port}`, joined.value('token'));
  await doctor.next('hello');
  await server.database.query(
    `update video_visit set state = 'finished', epoch = epoch + 1 where tenant = $1 and encounter = $2`,
    [1, visit],
  );
  expect(await closedWithin(doctor, 4000)).toBe(4403);
});

test('V-7 of a practitioner who is here no more, and of who helps no more, the sockets are closed', async () => {
  const { visit, patient, doctor } = await both();
  const mother = await enter(server, 'mother', visit);
  await mother.next('hello');
  const helps = await read<RelatedPerson>('RelatedPerson/mother');
  expect((await put({ ...helps, active: false })).status).toBe(200);
  expect(await closedWithin(mother, 3000)).toBe(4403);
  expect((await put({ ...helps, active: true })).status).toBe(200);
  const ana = await read<Practitioner>('Practitioner/dr-ana');
  expect((await put({ ...ana, active: false })).status).toBe(200);
  expect(await closedWithin(doctor, 3000)).toBe(4403);
  expect(patient.ws.readyState).toBe(patient.ws.OPEN);
  expect((await put({ ...ana, active: true })).status).toBe(200);
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-join`)).value('state')).toBe('admitted');
  expect((await ask(server, 'mother', `Encounter/${visit}/$video-join`)).value('state')).toBe('waiting');
});

test('V-3 of a patient who is erased while they talk nothing is written after it, and nobody goes on', async () => {
  const { visit, patient } = await both();
  // As an erasure does, whose rows these are.
  for (const table of ['video_participant', 'video_message', 'video_attendance'])
    await server.database.query(
      `delete from ${table} where tenant = $1 and visit = (select id from video_visit where tenant = $1 and encounter = $2)`,
      [1, visit],
    );
  await server.database.query('delete from video_visit where tenant = $1 and encounter = $2', [1, visit]);
  patient.say({ type: 'chat', text: 'after the erasure' });
  await patient.next('refused', ({ about }) => about === 'chat');
  expect(await (await server.fetch(`Communication?encounter=Encounter/${visit}`)).text()).not.toContain('erasure');
});

test('V-10 ten thousand messages at once close who sends them, and the server goes on', async () => {
  const { patient, doctor } = await both();
  for (let n = 0; n < 10_000; n++) patient.ws.send('{"type":"status","audio":true,"video":true,"sharing":false}');
  expect(await closedWithin(patient, 8000)).not.toBeNull();
  doctor.say({ type: 'ping' });
  await doctor.next('pong');
});

const videoService = { coding: [{ system: 'http://snomed.info/sct', code: '448337001' }] };

/** A free Slot tomorrow, in a Schedule of the doctor, or of whom it says. */
async function makeSlot(id: string, actor = 'Practitioner/dr-ana', hours = 24): Promise<string> {
  const start = Date.now() + hours * 3_600_000;
  const schedule = { resourceType: 'Schedule', id: `of-${id}`, active: true, actor: [{ reference: actor }] } as const;
  expect((await put({ ...schedule, actor: [...schedule.actor], serviceType: [videoService] })).status).toBeLessThan(
    300,
  );
  const slot = await put({
    resourceType: 'Slot',
    id,
    schedule: { reference: `Schedule/of-${id}` },
    status: 'free',
    start: new Date(start).toISOString(),
    end: new Date(start + 1_800_000).toISOString(),
  });
  expect(slot.status, await slot.text()).toBeLessThan(300);
  return id;
}

async function bookAs(who: 'patient' | 'stranger', slot: string, patient: string) {
  const resource = {
    resourceType: 'Appointment',
    status: 'proposed',
    serviceType: [videoService],
    slot: [{ reference: `Slot/${slot}` }],
    participant: [{ actor: { reference: patient }, status: 'needs-action' }],
  };
  const answer = await server.fetch('Appointment/$book', {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(server, who)}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'appt-resource', resource }] }),
  });
  const body = (await answer.json()) as Bundle<Appointment>;
  return { status: answer.status, appointment: body.entry?.[0]?.resource?.id ?? '', text: JSON.stringify(body) };
}

const statusOfSlot = async (id: string): Promise<string> => (await read<Slot>(`Slot/${id}`)).status;

test('V-7 nobody books for somebody else, nor a time that is in the record of somebody else', async () => {
  const slot = await makeSlot('review-slot-1');
  const other = await bookAs('patient', slot, 'Patient/stan');
  expect(other.status, other.text).toBeGreaterThanOrEqual(400);
  expect(await statusOfSlot(slot)).toBe('free');
  const theirs = await makeSlot('review-slot-2', 'Patient/stan', 30);
  const taken = await bookAs('patient', theirs, 'Patient/vera');
  expect(await statusOfSlot(theirs)).toBe('free');
  expect(taken.status).toBe(422);
});

test('V-3 a time whose visit was cancelled is free again, however it was cancelled', async () => {
  const slot = await makeSlot('review-slot-3', 'Practitioner/dr-ana', 60);
  const booked = await bookAs('patient', slot, 'Patient/vera');
  expect(booked.status, booked.text).toBe(200);
  expect(await statusOfSlot(slot)).toBe('busy');
  const appointment = await read<Appointment>(`Appointment/${booked.appointment}`);
  expect((await put({ ...appointment, status: 'cancelled' })).status).toBe(200);
  const cancelled = await ask(server, 'patient', `Appointment/${booked.appointment}/$cancel`);
  expect(cancelled.status).toBe(200);
  expect(await statusOfSlot(slot)).toBe('free');
});

test.each(['%2B275760-09-13T00:00:00Z', '%2B010000-01-01T00:00:00Z', '-000001-01-01', '9999-12-31T23:59:59-12:00'])(
  'V-21 times are sought from %s on, or it is said why not',
  async (start) => {
    const bearer = { authorization: `Bearer ${await tokenOf(server, 'patient')}` };
    const answer = await server.fetch(`Appointment/$find?start=${start}`, { headers: bearer });
    expect(answer.status).toBeLessThan(500);
  },
);

test('V-7 who names the time of somebody else in an Appointment of their own frees it by no cancelling', async () => {
  const [slot, own] = [await makeSlot('review-slot-4', 'Practitioner/dr-bo', 70), await makeSlot('review-slot-5')];
  expect((await bookAs('stranger', slot, 'Patient/stan')).status).toBe(200);
  const booked = await bookAs('patient', own, 'Patient/vera');
  expect(booked.status, booked.text).toBe(200);
  const appointment = await read<Appointment>(`Appointment/${booked.appointment}`);
  const written = await server.fetch(`Appointment/${booked.appointment}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await tokenOf(server, 'patient')}` },
    body: JSON.stringify({ ...appointment, slot: [{ reference: `Slot/${slot}` }] }),
  });
  expect(written.status).toBe(200);
  await ask(server, 'patient', `Appointment/${booked.appointment}/$cancel`);
  expect(await statusOfSlot(slot)).toBe('busy');
});

test('V-3 in a visit that is on hold nothing is handed on, and all of it when it goes on', async () => {
  const { visit, patient, doctor } = await both();
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { action: 'hold' })).value('state')).toBe(
    'held',
  );
  await patient.next('visit', (one) => one.visit.state === 'held');
  patient.say({ type: 'desc', to: doctor.id, description: { type: 'offer', sdp: 'v=0 held' } });
  await patient.next('refused', ({ about }) => about === 'desc');
  patient.say({ type: 'chat', text: 'held' });
  await patient.next('refused', ({ about }) => about === 'chat');
  expect(doctor.heard.filter(({ type }) => type === 'desc' || type === 'chat')).toEqual([]);
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { action: 'resume' });
  for (let n = 0; n < 50 && patient.heard.at(-1)?.type !== 'visit'; n++) await sleep(100);
  patient.say({ type: 'desc', to: doctor.id, description: { type: 'offer', sdp: 'v=0' } });
  await doctor.next('desc');
});
