import { createHash } from 'node:crypto';
import type { Bundle, DocumentReference } from '@medplum/fhirtypes';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type Bucket, startBucket } from '../support/bucket-stand-in.ts';
import { type LiveKit, startLiveKit } from '../support/livekit-stand-in.ts';
import { type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openVisit } from '../support/visit-world.ts';

let server: Server;
let livekit: LiveKit;
let bucket: Bucket;
let encounter: string;
let room: string;
let visit: string;

beforeAll(async () => {
  livekit = await startLiveKit();
  bucket = await startBucket();
  server = await startServer({
    ...livekit.settings,
    PORTICO_S3_BUCKET: 'files',
    PORTICO_S3_ENDPOINT: bucket.endpoint,
  });
  await server.database.query(`insert into video_policy (tenant, content) values (1, '{"provider":"livekit"}')`);
  await makePeople(server);
});
afterAll(async () => {
  await server.close();
  await livekit.close();
  await bucket.close();
});

let visits = 0;
beforeEach(async () => {
  visits += 1;
  encounter = await openVisit(server, await makeAppointment(server, `hook-${visits}`));
  const [row] = await server.database.query('select id, room from video_visit where tenant = 1 and encounter = $1', [
    encounter,
  ]);
  [visit, room] = [String(row?.[0]), String(row?.[1])];
  livekit.asked.length = 0;
  livekit.isDown = false;
});

type Sent = { raw: string; authorization?: string };

const send = async ({ raw, authorization }: Sent): Promise<number> => {
  const headers = { 'Content-Type': 'application/webhook+json', ...(authorization ? { authorization } : {}) };
  return (await fetch(`${server.origin}/video/livekit`, { method: 'POST', headers, body: raw })).status;
};

let events = 0;
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** As LiveKit writes it: https://docs.livekit.io/home/server/webhooks */
function eventOf(event: string, more: object = {}, createdAt = Date.now()): object {
  events += 1;
  return {
    event,
    id: `EV_${events}`,
    createdAt: String(seconds(createdAt)),
    room: { sid: 'RM_1', name: room },
    ...more,
  };
}

const person = (identity: string, sid = 'PA_1'): object => ({ participant: { sid, identity, state: 'ACTIVE' } });
const tell = async (event: object): Promise<number> => send(await livekit.signed(event));

const attended = (): Promise<unknown[][]> =>
  server.database.query(
    `select participant, joined_at, left_at from video_attendance
     where tenant = 1 and visit = $1 and socket like 'media %' order by joined_at`,
    [visit],
  );
const seen = async (): Promise<number> => {
  const [row] = await server.database.query('select count(*)::int from video_event_seen where tenant = 1');
  return Number(row?.[0]);
};
const told = (method: string): unknown[] =>
  livekit.asked.filter((one) => one.method === method).map(({ body }) => body.identity ?? body.room);

/** The one who treats, who is in the visit. */
async function doctorIn(): Promise<string> {
  const doctor = await enter(server, 'doctor', encounter);
  await doctor.next('hello');
  doctor.ws.terminate();
  return doctor.id;
}

describe('who speaks as the media server', () => {
  test('V-14 the event of a signed body is taken', async () => {
    const doctor = await doctorIn();
    expect(await tell(eventOf('participant_joined', person(doctor)))).toBe(200);
    expect(await attended()).toMatchObject([[doctor, expect.any(Date), null]]);
  });

  test('V-14 without a signature, with that of another key or of another secret nothing is taken', async () => {
    const event = eventOf('participant_joined', person(await doctorIn()));
    const { raw } = await livekit.signed(event);
    const before = await seen();
    expect(await send({ raw })).toBe(401);
    expect(await send({ raw, authorization: 'Bearer x' })).toBe(401);
    const another = { key: livekit.key, secret: 'a secret of somebody else, of enough characters' };
    expect(await send(await livekit.signed(event, another))).toBe(401);
    expect(await send(await livekit.signed(event, { key: 'APIother', secret: livekit.secret }))).toBe(401);
    expect(await seen()).toBe(before);
    expect(await attended()).toEqual([]);
  });

  test('V-14 a body that was changed after it was signed is refused, be it by a blank', async () => {
    const { raw, authorization } = await livekit.signed(eventOf('participant_joined', person(await doctorIn())));
    expect(await send({ raw: raw.replace('participant_joined', 'participant_left'), authorization })).toBe(401);
    expect(await send({ raw: `${raw} `, authorization })).toBe(401);
    expect(await send({ raw: `${raw}\uFEFF`, authorization })).toBe(401);
    expect(await send({ raw, authorization })).toBe(200);
  });

  test('V-14 a token that somebody got to join a room signs no event', async () => {
    const raw = JSON.stringify(eventOf('room_finished'));
    const join = new AccessToken(livekit.key, livekit.secret, { identity: 'somebody', ttl: 120 });
    join.addGrant({ roomJoin: true, room });
    expect(await send({ raw, authorization: await join.toJwt() })).toBe(401);
  });

  test('V-14 a signature without an end, or of which the end is over, is refused', async () => {
    const raw = JSON.stringify(eventOf('room_finished'));
    const token = new AccessToken(livekit.key, livekit.secret, { ttl: -60 });
    token.sha256 = createHash('sha256').update(raw).digest('base64');
    expect(await send({ raw, authorization: await token.toJwt() })).toBe(401);
  });

  test.each([
    ['six minutes ago', -360_000, 400],
    ['four minutes ago', -240_000, 200],
    ['half a minute from now', 30_000, 200],
    ['two minutes from now', 120_000, 400],
  ])('V-14 what is said to have happened %s', async (_when, ms, status) => {
    expect(await tell(eventOf('room_started', {}, Date.now() + ms))).toBe(status);
  });

  test('V-14 what is signed but no event, has no id or no time is refused', async () => {
    expect(await tell({ ...eventOf('room_finished'), id: '' })).toBe(400);
    expect(await tell({ ...eventOf('room_finished'), createdAt: '0' })).toBe(400);
    expect(await tell(['room_finished'])).toBe(401);
    expect(await tell({ ...eventOf('room_finished'), room: 7 })).toBe(401);
  });

  test('V-14 an event is longer than any that LiveKit sends, and is not read', async () => {
    const event = eventOf('room_finished', { room: { name: room, metadata: 'x'.repeat(300_000) } });
    expect(await tell(event)).toBe(413);
  });

  test('a server without a media server has no such address', async () => {
    const without = await startServer();
    const { raw, authorization } = await livekit.signed(eventOf('room_finished'));
    const asked = { method: 'POST', headers: { authorization }, body: raw };
    expect((await fetch(`${without.origin}/video/livekit`, asked)).status).toBe(404);
    await without.close();
  });
});

describe('what comes twice, late, or of something else', () => {
  test('V-14 an event that comes again is done once', async () => {
    const doctor = await doctorIn();
    const signed = await livekit.signed(eventOf('participant_joined', person(doctor)));
    const before = await seen();
    expect(await Promise.all([send(signed), send(signed), send(signed)])).toEqual([200, 200, 200]);
    expect(await send(signed)).toBe(200);
    expect(await seen()).toBe(before + 1);
    expect(await attended()).toHaveLength(1);
  });

  test('V-14 who is told to have left before they are told to have come was there in between', async () => {
    const doctor = await doctorIn();
    const [came, went] = [Date.now() - 60_000, Date.now() - 10_000];
    await tell(eventOf('participant_left', person(doctor), went));
    await tell(eventOf('participant_joined', person(doctor), came));
    const dates = [came, went].map((ms) => new Date(seconds(ms) * 1000));
    expect(await attended()).toEqual([[doctor, ...dates]]);
  });

  test('V-14 that a room is empty or gone ends no visit', async () => {
    const doctor = await doctorIn();
    await tell(eventOf('participant_joined', person(doctor), Date.now() - 60_000));
    await tell(eventOf('room_finished'));
    expect(await attended()).toMatchObject([[doctor, expect.any(Date), expect.any(Date)]]);
    const found = (await (await server.fetch(`Encounter/${encounter}`)).json()) as { status: string };
    expect(found.status).not.toBe('finished');
  });

  test.each(['1.unknown', '2.a-room', 'no number', '99999999999999999999.x', `${'9'.repeat(9)}.x`, ''])(
    'V-14 a room that is of no visit here is nothing to us: %s',
    async (name) => {
      const before = await seen();
      expect(await tell(eventOf('participant_joined', { room: { name }, ...person('somebody') }))).toBe(200);
      expect(livekit.asked).toEqual([]);
      expect(await attended()).toEqual([]);
      expect(await seen()).toBeLessThanOrEqual(before + 1);
    },
  );
});

const decide = (participant: string, action: 'admit' | 'remove') =>
  ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, {
    participant,
    action,
    confirmed: 'Vera Lind, 1951-03-04',
  });

describe('who is in a room of the media server', () => {
  test('V-14 somebody who waits, or whom nobody knows, is sent out of the room', async () => {
    const patient = await enter(server, 'patient', encounter);
    expect(await patient.next('hello')).toMatchObject({ media: null });
    await tell(eventOf('participant_joined', person(patient.id)));
    await tell(eventOf('participant_joined', person('stranger')));
    expect(told('RoomService/RemoveParticipant')).toEqual([patient.id, 'stranger']);
    expect(await attended()).toEqual([]);
    patient.ws.terminate();
  });

  test('V-14 who was let in stays, until they are sent away: then their token is of no use', async () => {
    const [doctor, patient] = [await enter(server, 'doctor', encounter), await enter(server, 'patient', encounter)];
    expect((await decide(patient.id, 'admit')).status).toBe(200);
    const { media } = await patient.next('self', (one) => one.media !== null);
    expect(media?.provider).toBe('livekit');
    await tell(eventOf('participant_joined', person(patient.id)));
    expect(told('RoomService/RemoveParticipant')).toEqual([]);
    expect((await decide(patient.id, 'remove')).status).toBe(200);
    await tell(eventOf('participant_joined', person(patient.id, 'PA_2')));
    expect(told('RoomService/RemoveParticipant').at(-1)).toBe(patient.id);
    doctor.ws.terminate();
  });

  test('V-14 nobody is in the room of a visit that is over', async () => {
    const doctor = await enter(server, 'doctor', encounter);
    const patient = await enter(server, 'patient', encounter);
    await decide(patient.id, 'admit');
    expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
    await tell(eventOf('participant_joined', person(doctor.id)));
    expect(told('RoomService/DeleteRoom')).toContain(room);
  });

  test('what records a room is not sent out of it', async () => {
    await tell(eventOf('participant_joined', { participant: { sid: 'PA_1', identity: 'EG_1', kind: 'EGRESS' } }));
    expect(livekit.asked).toEqual([]);
  });

  test('V-14 what could not be done is not noted as done', async () => {
    const signed = await livekit.signed(eventOf('participant_joined', person('stranger')));
    livekit.isDown = true;
    expect(await send(signed)).toBe(500);
    livekit.isDown = false;
    expect(await send(signed)).toBe(200);
    expect(told('RoomService/RemoveParticipant')).toEqual(['stranger']);
  });
});

describe('what the media server has recorded', () => {
  const egress = (status: string, filename: string, egressId = 'EG_9'): object =>
    eventOf('egress_ended', {
      room: undefined,
      egressInfo: { egressId, roomName: room, status, fileResults: [{ filename, size: '6', location: 'elsewhere' }] },
    });
  const asked = (): Promise<unknown[][]> =>
    server.database.query(`select payload from job where tenant = 1 and kind = 'video-egress'`);

  test('V-14 nothing but recordings is fetched from the bucket, whatever the event says', async () => {
    const before = (await asked()).length;
    await tell(egress('EGRESS_COMPLETE', 'portico/0123456789abcdef'));
    await tell(egress('EGRESS_COMPLETE', 'portico/egress/../0123456789abcdef'));
    await tell(egress('EGRESS_FAILED', 'portico/egress/1.mp4'));
    expect(await asked()).toHaveLength(before);
  });

  test('V-14 what is of no recording that is known here is deleted where it is', async () => {
    bucket.objects.set('files/portico/egress/erased.mp4', Buffer.from('a film'));
    await tell(egress('EGRESS_COMPLETE', 'portico/egress/erased.mp4', 'EG_unknown'));
    await expect.poll(() => bucket.objects.size, { timeout: 10_000 }).toBe(0);
  });

  test('what all agreed to is recorded by the media server, and becomes a file of the record', async () => {
    const [doctor, patient] = [await enter(server, 'doctor', encounter), await enter(server, 'patient', encounter)];
    expect((await decide(patient.id, 'admit')).status).toBe(200);
    await patient.next('self', ({ self }) => self.state === 'admitted');
    const record = (action: string) => ask(server, 'doctor', `Encounter/${encounter}/$video-record`, { action });
    expect((await ask(server, 'patient', `Encounter/${encounter}/$video-consent`, { action: 'give' })).status).toBe(
      200,
    );
    const started = await record('start');
    expect(started.status, JSON.stringify(started.body)).toBe(200);
    const begun = livekit.asked.find(({ method }) => method === 'Egress/StartRoomCompositeEgress');
    const filename = `portico/egress/${started.value('recording')}.mp4`;
    expect(begun?.body).toMatchObject({ roomName: room, fileOutputs: [{ filepath: filename }] });
    expect((await record('stop')).status).toBe(200);
    await expect.poll(() => told('Egress/StopEgress').length, { timeout: 10_000 }).toBeGreaterThan(0);
    bucket.objects.set(`files/${filename}`, Buffer.from('a film'));
    const signed = await livekit.signed(egress('EGRESS_COMPLETE', filename, 'EG_0'));
    expect(await Promise.all([send(signed), send(signed)])).toEqual([200, 200]);
    const kept = async (): Promise<DocumentReference[]> => {
      const found = await server.fetch(`DocumentReference?encounter=Encounter/${encounter}`);
      return ((await found.json()) as Bundle<DocumentReference>).entry?.flatMap(({ resource }) => resource ?? []) ?? [];
    };
    await expect.poll(kept, { timeout: 15_000 }).toHaveLength(1);
    const [document] = await kept();
    expect(document?.content[0]?.attachment).toMatchObject({ contentType: 'video/mp4', size: 6 });
    await expect.poll(() => bucket.objects.has(`files/${filename}`), { timeout: 10_000 }).toBe(false);
    // A second word of it makes no second document.
    expect(await tell(egress('EGRESS_COMPLETE', filename, 'EG_0'))).toBe(200);
    expect(await kept()).toHaveLength(1);
    for (const { ws } of [doctor, patient]) ws.terminate();
  }, 45_000);
});
