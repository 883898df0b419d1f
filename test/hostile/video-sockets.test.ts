import { createServer, type Server as HttpServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';

import { providersOf } from '../../src/video/providers/index.ts';
import { publish } from '../../src/video/relay.ts';
import type { FromServer } from '../../src/video/signalling/messages.ts';
import { createSignalling } from '../../src/video/signalling/signalling.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openSocket, openVisit, type Person } from '../support/visit-world.ts';

let server: Server;
const logged: string[] = [];

beforeAll(async () => {
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const turn = {
    PORTICO_TURN_URLS: 'turn:127.0.0.1:3478',
    PORTICO_TURN_SECRET: 'shared with the relay and with nobody else',
  };
  server = await startServer(turn, log);
  await makePeople(server);
  await server.database.query('insert into tenant (id, name) values ($1, $2)', [2, 'two']);
}, 60_000);
afterAll(() => server.close());

let count = 0;
const newVisit = async (): Promise<string> => openVisit(server, await makeAppointment(server, `socket-${++count}`));

/** The doctor and the patient, who was let in. */
async function both() {
  const visit = await newVisit();
  const [patient, doctor] = [await enter(server, 'patient', visit), await enter(server, 'doctor', visit)];
  await doctor.next('hello');
  const admitted = await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: patient.id,
    confirmed: 'Vera Lind, 1951-03-04, patient',
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(200);
  await patient.next('self', (one) => one.self.state === 'admitted');
  onTestFinished(() => {
    for (const { ws } of [patient, doctor]) ws.terminate();
  });
  return { visit, patient, doctor };
}

/** What came of asking for a socket: the status of a refusal, or `opened` and the sub-protocol. */
function asked(url: string, protocols: string[], options: object = {}): Promise<string> {
  const ws = new WebSocket(url, protocols, options);
  onTestFinished(() => ws.terminate());
  return new Promise((resolve) => {
    ws.once('open', () => resolve(`opened ${ws.protocol}`));
    ws.once('unexpected-response', (_, response) => resolve(String(response.statusCode)));
    ws.once('error', (error) => resolve(error.message));
  });
}

async function wayIn(who: Person, visit: string): Promise<{ url: string; protocols: string[]; token: string }> {
  const joined = await ask(server, who, `Encounter/${visit}/$video-join`);
  const token = joined.value('token');
  return { url: joined.value('socket'), protocols: ['sig.v1', `join.${token}`], token };
}

/** After this nothing is on its way any more. */
async function quiet(socket: Awaited<ReturnType<typeof enter>>): Promise<void> {
  socket.say({ type: 'ping' });
  await socket.next('pong');
}

test('V-1 of two who come as the same participant at once, one stays', async () => {
  const visit = await newVisit();
  const ways = [await wayIn('patient', visit), await wayIn('patient', visit)];
  const sockets = await Promise.all(ways.map(({ url, token }) => openSocket(url, token)));
  const closed = await Promise.race(sockets.map(({ closed }, at) => closed.then((code) => ({ at, code }))));
  expect(closed.code).toBe(4409);
  const left = sockets[1 - closed.at];
  left?.say({ type: 'ping' });
  await left?.next('pong');
});

test('V-3 while a visit is ended nobody slips in, and sockets are closed for good', async () => {
  const { visit, patient, doctor } = await both();
  const late = await wayIn('patient', visit);
  await ask(server, 'doctor', `Encounter/${visit}/$video-end`);
  expect([await patient.closed, await doctor.closed]).toEqual([4403, 4403]);
  expect(await asked(late.url, late.protocols)).toBe('403');
});

test('V-8 the token comes as a sub-protocol, is not sent back, and is in no log and no address', async () => {
  const visit = await newVisit();
  const { url, protocols, token } = await wayIn('patient', visit);
  expect(url).not.toContain('?');
  expect(await asked(`${url}?token=${token}`, ['sig.v1'])).toMatch(/^4\d\d$/);
  expect(await asked(url, ['sig.v1'])).toBe('400');
  expect(await asked(url, [`join.${token}`])).toBe('400');
  expect(await asked(url, ['sig.v1', `join.${token}`, 'join.another'])).toBe('400');
  expect(await asked(url, protocols)).toBe('opened sig.v1');
  expect(await asked(url, protocols)).toBe('401');
  expect(await asked(url, ['sig.v1', `join.${token.slice(0, -2)}AA`])).toBe('401');
  // The query that it was wrongly put into is the client's own doing.
  expect(logged.join('\n')).not.toContain(token);
});

test('V-2 a token of one tenant opens nothing in another', async () => {
  const { url, protocols } = await wayIn('patient', await newVisit());
  expect(await asked(url.replace('/video/', '/t/2/video/'), protocols)).toBe('401');
  expect(await asked(url.replace('/video/', '/t/3/video/'), protocols)).toBe('404');
  expect(await asked(url.replace('/signal', '/signals'), protocols)).toBe('404');
});

test('V-9 a page of another site opens no socket, nor does a browser that does not say where its page is from', async () => {
  const visit = await newVisit();
  const tries: [string, object, string][] = [
    ['another site', { origin: 'https://evil.example' }, '403'],
    ['a site that begins like ours', { origin: `${server.origin}.evil.example` }, '403'],
    ['another port', { origin: server.origin.replace(/:\d+$/, ':1') }, '403'],
    ['another scheme', { origin: server.origin.replace('http:', 'https:') }, '403'],
    ['a sandbox', { origin: 'null' }, '403'],
    ['a browser without Origin', { headers: { cookie: 'session=x' } }, '403'],
    ['our own page', { origin: server.origin, headers: { cookie: 'session=x' } }, 'opened sig.v1'],
    ['no browser', {}, 'opened sig.v1'],
  ];
  for (const [what, options, result] of tries) {
    const { url, protocols } = await wayIn('patient', visit);
    expect(await asked(url, protocols, options), what).toBe(result);
  }
});

test('V-10 who a message is from the server says, and it goes to nobody outside of the visit', async () => {
  const { patient, doctor } = await both();
  const other = await both();
  const forged = { type: 'desc', to: doctor.id, from: 'somebody', description: { type: 'offer', sdp: 'forged' } };
  patient.ws.send(JSON.stringify(forged));
  expect(await patient.next('refused')).toMatchObject({ about: 'message' });
  patient.say({ type: 'desc', to: doctor.id, description: { type: 'offer', sdp: 'v=0' } });
  expect(await doctor.next('desc')).toMatchObject({ from: patient.id });

  const answers: FromServer[] = [];
  for (const to of [other.doctor.id, other.patient.id, 'nobody-at-all', patient.id]) {
    patient.heard.length = 0;
    patient.say({ type: 'commit', to, digest: 'A'.repeat(43) });
    answers.push(await patient.next('refused'));
  }
  expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
  await Promise.all([quiet(other.doctor), quiet(other.patient), quiet(doctor)]);
  for (const one of [other.doctor, other.patient, doctor])
    expect(one.heard.filter(({ type }) => type === 'commit')).toEqual([]);
  expect(JSON.stringify(doctor.heard)).not.toContain('forged');
});

test.each([
  ['no JSON', '{"type":'],
  ['words of the server', '{"type":"self","self":{}}'],
  ['more than a message has', '{"type":"ping","more":1}'],
  ['a script as its type', '{"type":"__proto__"}'],
])('V-10 what is %s is refused, and the socket stays open', async (_what, text) => {
  const socket = await enter(server, 'patient', await newVisit());
  socket.ws.send(text);
  expect(await socket.next('refused')).toEqual({
    type: 'refused',
    about: 'message',
    why: 'It is no message of sig.v1',
  });
  socket.ws.send(Buffer.from('{"type":"ping"}'), { binary: true });
  await quiet(socket);
  socket.ws.terminate();
});

test('V-10 a message is 64 KiB at most: more closes the socket', async () => {
  const { patient, doctor } = await both();
  const sdp = 'x'.repeat(60_000);
  patient.say({ type: 'desc', to: doctor.id, description: { type: 'offer', sdp } });
  await doctor.next('desc');
  patient.ws.send(JSON.stringify({ type: 'chat', text: 'x'.repeat(65 * 1024) }));
  expect(await patient.closed).toBe(1009);
  await doctor.next('peer', ({ peer }) => peer.id === patient.id && !peer.present);
});

test('V-10 V-21 who says too much is closed, and the others go on', async () => {
  const { patient, doctor } = await both();
  for (let n = 0; n < 600; n++) patient.say({ type: 'commit', to: doctor.id, digest: 'A'.repeat(43) });
  expect(await patient.closed).toBe(4429);
  expect(doctor.heard.filter(({ type }) => type === 'commit').length).toBeLessThan(460);
  await quiet(doctor);
  const long = await both();
  for (let n = 0; n < 60; n++)
    long.patient.say({ type: 'desc', to: long.doctor.id, description: { type: 'offer', sdp: 'x'.repeat(60_000) } });
  expect(await long.patient.closed).toBe(4429);
});

test('V-21 chat that comes too fast is refused, and not kept', async () => {
  const { visit, patient, doctor } = await both();
  for (let n = 0; n < 40; n++) patient.say({ type: 'chat', text: `line ${n}` });
  expect(await patient.next('refused')).toMatchObject({ about: 'chat' });
  await quiet(patient);
  await quiet(doctor);
  expect(doctor.heard.filter(({ type }) => type === 'chat').length).toBeLessThan(20);
  const kept = await server.fetch(`Communication?encounter=Encounter/${visit}&_summary=count`);
  expect(((await kept.json()) as { total: number }).total).toBeLessThan(20);
});

test('V-11 who waits is told of nobody and of no way to the media, and nobody hears them', async () => {
  const { patient: inside, doctor, visit } = await both();
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { participant: inside.id, action: 'hold' });
  const held = await inside.next('self', (one) => one.self.state === 'held');
  expect(held.media).toBeNull();
  doctor.say({ type: 'desc', to: inside.id, description: { type: 'offer', sdp: 'v=0' } });
  expect(await doctor.next('refused')).toMatchObject({ about: 'desc' });

  const waits = await enter(server, 'mother', visit);
  const hello = await waits.next('hello');
  expect(hello).toMatchObject({ media: null, peers: [], recording: { state: 'off' } });
  expect(hello.self.state).toBe('waiting');
  for (const to of [doctor.id, inside.id]) {
    waits.say({ type: 'desc', to, description: { type: 'offer', sdp: 'waits' } });
    waits.say({ type: 'ice', to, candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' } });
  }
  waits.say({ type: 'chat', text: 'waits' });
  waits.say({ type: 'status', audio: true, video: true, sharing: true });
  await quiet(waits);
  inside.say({ type: 'chat', text: 'held' });
  await quiet(inside);
  await quiet(doctor);
  expect(JSON.stringify(doctor.heard)).not.toMatch(/"sdp":"waits"|"text":"(waits|held)"|192\.0\.2\.1/);
  expect(JSON.stringify(inside.heard)).not.toContain('Mia');
  // That they wait may be told once more: the word of it can come after the socket is open.
  const told = waits.heard.filter((one) => one.type !== 'self' || one.self.state !== 'waiting');
  const types = new Set(told.map(({ type }) => type));
  expect([...types].sort()).toEqual(['hello', 'pong', 'refused']);
  // Nothing that was said before somebody is let in comes after it.
  await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: waits.id,
    confirmed: 'Mia Lind, companion',
  });
  const self = await waits.next('self', (one) => one.self.state === 'admitted');
  expect(self.media).not.toBeNull();
  expect(JSON.stringify(waits.heard)).not.toContain('1951-03-04');
  waits.ws.terminate();
});

test('V-11 a patient is relayed alone: of no address of theirs others hear, not even inside of a description', async () => {
  const { patient, doctor } = await both();
  const told = await patient.next('self', (one) => one.self.state === 'admitted');
  expect(told.media).toMatchObject({ provider: 'p2p', relayOnly: true });
  expect((await doctor.next('hello')).media).toMatchObject({ provider: 'p2p', relayOnly: false });
  const lines = [
    'a=candidate:1 1 udp 2122260223 192.0.2.77 61234 typ host',
    'a=candidate:2 1 udp 1686052607 192.0.2.78 61234 typ srflx raddr 192.0.2.77 rport 61234',
    'a=candidate:3 1 udp 16777215 203.0.113.7 50000 typ relay raddr 192.0.2.78 rport 61234',
  ];
  const sdp = ['v=0', 'o=- 1 2 IN IP4 192.0.2.77', 'c=IN IP4 192.0.2.77', ...lines, ''].join('\r\n');
  patient.say({ type: 'desc', to: doctor.id, description: { type: 'offer', sdp } });
  for (const line of lines) patient.say({ type: 'ice', to: doctor.id, candidate: { candidate: line.slice(2) } });
  const { candidate } = await doctor.next('ice');
  expect(candidate?.candidate).toContain('203.0.113.7 50000 typ relay');
  await quiet(doctor);
  expect(JSON.stringify(doctor.heard)).not.toContain('192.0.2.');
  expect(doctor.heard.filter(({ type }) => type === 'ice')).toHaveLength(1);
  doctor.say({ type: 'ice', to: patient.id, candidate: { candidate: lines[0]?.slice(2) ?? '' } });
  expect((await patient.next('ice')).candidate?.candidate).toContain('192.0.2.77');
});

test('V-11 of who is sent away before they were in, those inside never learn that there was somebody', async () => {
  const { visit, patient, doctor } = await both();
  const waits = await enter(server, 'mother', visit);
  // Others may hear of somebody before they are greeted.
  await waits.next('hello');
  await doctor.next('peer', ({ peer }) => peer.id === waits.id && peer.present);
  const removed = await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: waits.id,
    action: 'remove',
  });
  expect(removed.status).toBe(200);
  expect(await waits.closed).toBe(4403);
  expect(await waits.next('self', ({ self }) => self.state === 'removed')).toMatchObject({ media: null });
  await doctor.next('peer', ({ peer }) => peer.id === waits.id && peer.state === 'removed');
  await quiet(patient);
  expect(JSON.stringify(patient.heard)).not.toContain(waits.id);
});

test('V-21 who asks for sockets without end is told to wait, whatever they show', async () => {
  const { url } = await wayIn('patient', await newVisit());
  const refused: string[] = [];
  for (let round = 0; round < 8 && !refused.includes('429'); round++) {
    const all = Array.from({ length: 60 }, () =>
      // Of an address of their own, so that other tests are not kept out.
      asked(url, ['sig.v1', 'join.x'], { localAddress: '127.0.0.9' }),
    );
    refused.push(...(await Promise.all(all)));
  }
  expect(new Set(refused)).toEqual(new Set(['401', '429']));
  expect(await asked(url, ['sig.v1', 'join.x'], { localAddress: '127.0.0.8' })).toBe('401');
}, 60_000);

/** The sockets of another process of the same database, which looks often. */
async function another(every: number): Promise<{ url: string; close(): Promise<void> }> {
  const context = server.smart.fhir;
  const providers = providersOf({ turn: null, livekit: null, recordings: null, now: Date.now });
  const silent = pino({ level: 'silent' });
  const options = { origins: [server.origin], target: server.target, log: silent, addressOf: () => '127.0.0.1', every };
  const signalling = createSignalling(context, providers, options);
  const port = await freePort();
  const http: HttpServer = createServer();
  http.on('upgrade', (incoming, socket, head) => signalling.upgrade(incoming, socket, head, 1));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${port}`,
    async close() {
      await signalling.close();
      http.close();
    },
  };
}

test('V-21 who does not answer is not there any more, and who does stays', async () => {
  const beside = await another(300);
  onTestFinished(() => beside.close());
  const visit = await newVisit();
  const [silent, doctor] = [await wayIn('patient', visit), await wayIn('doctor', visit)];
  const dead = await openSocket(beside.url, silent.token, { autoPong: false });
  const alive = await openSocket(beside.url, doctor.token);
  expect(await dead.closed).toBe(4408);
  await alive.next('peer', ({ peer }) => peer.role === 'patient' && !peer.present);
  await sleep(1000);
  expect(alive.ws.readyState).toBe(WebSocket.OPEN);
  alive.ws.terminate();
});

test('V-21 who does not read what they are told is closed, and holds nobody up', async () => {
  const { visit, patient, doctor } = await both();
  const [row] = await server.database.query('select id from video_visit where tenant = $1 and encounter = $2', [
    1,
    visit,
  ]);
  patient.ws.pause();
  const body = { type: 'chat', from: doctor.id, id: 'x', text: 'x'.repeat(60_000), sent: '' } as const;
  let gone = false;
  void doctor
    .next('peer', ({ peer }) => peer.id === patient.id && !peer.present)
    .then(
      () => {
        gone = true;
      },
      () => {},
    );
  for (let n = 0; n < 600 && !gone; n++)
    await publish(server.database, { tenant: 1, visit: String(row?.[0]), target: patient.id, body }, Date.now());
  for (let n = 0; n < 80 && !gone; n++) await sleep(100);
  expect(gone).toBe(true);
  await quiet(doctor);
}, 60_000);
