import type { Appointment, Communication, Encounter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { videoJobsOf } from '../../src/video/jobs/index.ts';
import { advance } from '../../src/video/visits/advance.ts';
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
  tokenOf,
} from '../support/visit-world.ts';

const MINUTE = 60_000;

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
}, 60_000);
afterAll(() => server.close());

const at = (instant: number) => runDueJobs(server.smart.fhir, instant, videoJobsOf(new Map()));

async function visitOf(encounter: string): Promise<Visit> {
  const visit = await findVisit(server.smart.fhir.database, 1, 'encounter', encounter);
  if (visit === null) throw new Error('a visit that was opened is there');
  return visit;
}

/** How its Appointment and its Encounter are, and it itself. */
async function statuses(encounter: string): Promise<string[]> {
  const visit = await visitOf(encounter);
  const read = async (path: string) => (await (await server.fetch(path)).json()) as { status: string };
  const [one, other] = [await read(`Appointment/${visit.appointment}`), await read(`Encounter/${encounter}`)];
  return [one.status, other.status, visit.state];
}

/** What somebody writes with their own access. */
async function write(who: Person, method: string, path: string, body?: object): Promise<number> {
  const authorization = `Bearer ${await tokenOf(server, who)}`;
  const answer = await server.fetch(path, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  return answer.status;
}

async function appointmentWith(id: string, changes: Partial<Appointment>): Promise<Appointment> {
  return { ...((await (await server.fetch(`Appointment/${id}`)).json()) as Appointment), ...changes };
}

/** Both are in it. */
async function underWay(id: string) {
  const encounter = await openVisit(server, await makeAppointment(server, id));
  const patient = await enter(server, 'patient', encounter);
  const doctor = await enter(server, 'doctor', encounter);
  const confirmed = 'Vera Lind, 1951-03-04, patient';
  const admitted = await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, {
    participant: patient.id,
    confirmed,
  });
  expect(admitted.status).toBe(200);
  return { encounter, patient, doctor };
}

test('a patient who has not come by fifteen minutes past the start has missed the visit, and is told', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'missed'));
  const { startsAt } = await visitOf(encounter);
  const doctor = await enter(server, 'doctor', encounter);
  await at(startsAt + 15 * MINUTE - 1000);
  expect(await statuses(encounter)).toEqual(['booked', 'planned', 'scheduled']);
  await at(startsAt + 15 * MINUTE);
  await at(startsAt + 16 * MINUTE);
  expect(await statuses(encounter)).toEqual(['noshow', 'cancelled', 'missed']);
  expect(await doctor.closed).toBe(4403);
  const found = await server.fetch(`Communication?recipient=Patient/vera&_count=100`);
  const { entry = [] } = (await found.json()) as { entry?: { resource: Communication }[] };
  const told = entry.filter(({ resource }) => resource.about?.[0]?.reference === `Encounter/${encounter}`);
  expect(told.map(({ resource }) => resource.payload?.[0]?.contentString)).toEqual([
    'You were waited for in a visit by video. You can book another time.',
  ]);
});

test('a patient who waits has missed nothing', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'waits'));
  const { startsAt } = await visitOf(encounter);
  await enter(server, 'patient', encounter);
  await at(startsAt + 15 * MINUTE);
  expect(await statuses(encounter)).toEqual(['arrived', 'arrived', 'waiting']);
});

test('V-16 a visit that the practitioner has left is over after five minutes, unless they come back', async () => {
  const { encounter, patient, doctor } = await underWay('left');
  doctor.ws.close();
  await doctor.closed;
  await expect.poll(async () => (await visitOf(encounter)).hostLeftAt).not.toBeNull();
  const first = (await visitOf(encounter)).hostLeftAt ?? 0;
  const back = await enter(server, 'doctor', encounter);
  await expect.poll(async () => (await visitOf(encounter)).hostLeftAt).toBeNull();
  await at(first + 5 * MINUTE);
  expect(await statuses(encounter)).toEqual(['checked-in', 'in-progress', 'live']);
  back.ws.close();
  await expect.poll(async () => (await visitOf(encounter)).hostLeftAt).not.toBeNull();
  const second = (await visitOf(encounter)).hostLeftAt ?? 0;
  await at(second + 5 * MINUTE - 1);
  expect((await visitOf(encounter)).state).toBe('live');
  await at(second + 5 * MINUTE);
  expect(await statuses(encounter)).toEqual(['fulfilled', 'finished', 'finished']);
  expect(await patient.closed).toBe(4403);
});

test('V-16 the time of leaving counts anew when the practitioner has been back before the first was over', async () => {
  const { encounter, doctor } = await underWay('left-twice');
  doctor.ws.close();
  await expect.poll(async () => (await visitOf(encounter)).hostLeftAt).not.toBeNull();
  const first = (await visitOf(encounter)).hostLeftAt ?? 0;
  // They were back, and have left again three minutes later.
  await server.database.query('update video_visit set host_left_at = $3 where tenant = $1 and encounter = $2', [
    1,
    encounter,
    new Date(first + 3 * MINUTE),
  ]);
  await at(first + 5 * MINUTE);
  expect((await visitOf(encounter)).state).toBe('live');
  await at(first + 8 * MINUTE);
  expect((await visitOf(encounter)).state).toBe('finished');
});

test('V-16 a patient who is let in by somebody who is not there is not left alone for longer', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'alone'));
  const patient = await enter(server, 'patient', encounter);
  const confirmed = 'Vera Lind, 1951-03-04, patient';
  await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { participant: patient.id, confirmed });
  const { hostLeftAt } = await visitOf(encounter);
  await at((hostLeftAt ?? 0) + 4 * MINUTE);
  expect((await visitOf(encounter)).state).toBe('live');
  await at((hostLeftAt ?? 0) + 5 * MINUTE);
  expect((await visitOf(encounter)).state).toBe('finished');
  expect(await patient.closed).toBe(4403);
});

test('V-16 half an hour past its end a visit is over, whoever is in it', async () => {
  const { encounter, patient, doctor } = await underWay('endless');
  const waits = await openVisit(server, await makeAppointment(server, 'never-let-in'));
  const waiting = await enter(server, 'patient', waits);
  const { endsAt, hardStop } = await visitOf(waits);
  expect(hardStop).toBe(endsAt + 30 * MINUTE);
  await at(hardStop - 60_000);
  expect([await statuses(encounter), await statuses(waits)]).toEqual([
    ['checked-in', 'in-progress', 'live'],
    ['arrived', 'arrived', 'waiting'],
  ]);
  await at(hardStop);
  expect([await statuses(encounter), await statuses(waits)]).toEqual([
    ['fulfilled', 'finished', 'finished'],
    // She was there: it was not she who missed it.
    ['cancelled', 'cancelled', 'cancelled'],
  ]);
  expect(await Promise.all([patient.closed, doctor.closed, waiting.closed])).toEqual([4403, 4403, 4403]);
});

test('V-3 what was issued before a visit was over opens nothing after', async () => {
  const { encounter, patient } = await underWay('old-token');
  const joined = await ask(server, 'patient', `Encounter/${encounter}/$video-join`);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
  expect(await patient.closed).toBe(4403);
  await expect(openSocket(joined.value('socket'), joined.value('token'))).rejects.toThrow(/40[13]/);
  const again = await ask(server, 'patient', `Encounter/${encounter}/$video-join`);
  expect(again.status).toBe(410);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).value('state')).toBe('finished');
});

test('V-15 the next patient of a practitioner has a room of their own', async () => {
  const first = await underWay('first-of-two');
  const second = await openVisit(server, await makeAppointment(server, 'second-of-two'));
  const rows = await server.database.query('select distinct room from video_visit where tenant = $1', [1]);
  const [[count] = []] = await server.database.query('select count(*)::int from video_visit where tenant = $1', [1]);
  expect(rows).toHaveLength(Number(count));
  const next = await enter(server, 'patient', second);
  const hello = await next.next('hello');
  expect(hello).toMatchObject({ peers: [], media: null, self: { state: 'waiting' } });
  // Of who is in the other nothing can be said to: it is not in this room.
  next.say({ type: 'chat', text: 'Hello?' });
  await next.next('refused');
  expect(first.doctor.heard.filter(({ type }) => type === 'chat')).toEqual([]);
  expect((await ask(server, 'stranger', `Encounter/${second}/$video-join`)).status).toBe(404);
});

type Cancel = (id: string, encounter: string) => Promise<unknown>;

test.each<[string, Cancel, string[]]>([
  [
    'the practitioner writes that the Appointment is cancelled',
    async (id) => write('doctor', 'PUT', `Appointment/${id}`, await appointmentWith(id, { status: 'cancelled' })),
    ['cancelled', 'cancelled', 'cancelled'],
  ],
  [
    'the Appointment is cancelled in a transaction',
    async (id) =>
      write('doctor', 'POST', '', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            resource: await appointmentWith(id, { status: 'cancelled' }),
            request: { method: 'PUT', url: `Appointment/${id}` },
          },
        ],
      }),
    ['cancelled', 'cancelled', 'cancelled'],
  ],
  [
    'the Encounter is cancelled',
    async (_, encounter) => {
      const read = (await (await server.fetch(`Encounter/${encounter}`)).json()) as Encounter;
      return write('doctor', 'PUT', `Encounter/${encounter}`, { ...read, status: 'cancelled' });
    },
    ['cancelled', 'cancelled', 'cancelled'],
  ],
  [
    'the Appointment was an error',
    async (id) =>
      write('doctor', 'PUT', `Appointment/${id}`, await appointmentWith(id, { status: 'entered-in-error' })),
    ['entered-in-error', 'cancelled', 'cancelled'],
  ],
  [
    'the Appointment is deleted',
    (id) => server.fetch(`Appointment/${id}`, { method: 'DELETE' }),
    [expect.anything() as unknown as string, 'cancelled', 'cancelled'],
  ],
  [
    'it took place otherwise',
    async (id) => write('doctor', 'PUT', `Appointment/${id}`, await appointmentWith(id, { status: 'fulfilled' })),
    ['fulfilled', 'cancelled', 'cancelled'],
  ],
])('who waits is told and let go when %s', async (name, cancel, expected) => {
  const id = await makeAppointment(server, `cancelled-${name.replaceAll(/\W/g, '-')}`.slice(0, 60));
  const encounter = await openVisit(server, id);
  const patient = await enter(server, 'patient', encounter);
  await patient.next('hello');
  await cancel(id, encounter);
  expect(await patient.closed).toBe(4403);
  expect(await patient.next('visit', ({ visit }) => visit.state === 'cancelled')).toBeDefined();
  const after = await statuses(encounter);
  expect([after[0] ?? 'gone', after[1], after[2]]).toEqual(expected);
});

test('a visit that is under way took place, though its Appointment is cancelled', async () => {
  const { encounter, patient, doctor } = await underWay('cancelled-late');
  await write(
    'doctor',
    'PUT',
    'Appointment/cancelled-late',
    await appointmentWith('cancelled-late', { status: 'cancelled' }),
  );
  expect(await Promise.all([patient.closed, doctor.closed])).toEqual([4403, 4403]);
  expect(await statuses(encounter)).toEqual(['cancelled', 'finished', 'finished']);
});

test('a visit that is put off is when its Appointment is, and is not missed before', async () => {
  const id = await makeAppointment(server, 'put-off');
  const encounter = await openVisit(server, id);
  const { startsAt } = await visitOf(encounter);
  const later = startsAt + 120 * MINUTE;
  const times = { start: new Date(later).toISOString(), end: new Date(later + 20 * MINUTE).toISOString() };
  await write('doctor', 'PUT', `Appointment/${id}`, await appointmentWith(id, times));
  await expect.poll(async () => (await visitOf(encounter)).startsAt).toBe(later);
  expect(await visitOf(encounter)).toMatchObject({ endsAt: later + 20 * MINUTE, hardStop: later + 50 * MINUTE });
  expect((await ask(server, 'patient', `Encounter/${encounter}/$video-join`)).status).toBe(409);
  await at(startsAt + 60 * MINUTE);
  expect((await visitOf(encounter)).state).toBe('scheduled');
  await at(later + 15 * MINUTE);
  expect(await statuses(encounter)).toEqual(['noshow', 'cancelled', 'missed']);
});

test('a network that fails again and again makes no version of the Encounter', async () => {
  const { encounter, doctor } = await underWay('flaps');
  const version = async () => {
    const read = (await (await server.fetch(`Encounter/${encounter}`)).json()) as Encounter;
    return [read.meta?.versionId, read.participant?.[0]?.period];
  };
  await expect.poll(async () => (await version())[1]).toMatchObject({ start: expect.any(String) });
  const before = await version();
  doctor.ws.close();
  for (let n = 0; n < 4; n++) {
    const again = await enter(server, 'doctor', encounter);
    // Who is gone before they are greeted was not there.
    await again.next('hello');
    again.ws.terminate();
    await again.closed;
  }
  await (await enter(server, 'doctor', encounter)).next('hello');
  expect(await version()).toEqual(before);
  const last = await advance(server.smart.fhir, 1, (await visitOf(encounter)).id, 'end', { reference: null });
  expect(last.ok).toBe(true);
  const [, period] = await version();
  expect(period).toEqual({ start: expect.any(String), end: expect.any(String) });
  const [[attended] = []] = await server.database.query(
    'select count(*)::int from video_attendance where tenant = $1 and visit = $2',
    [1, (await visitOf(encounter)).id],
  );
  expect(Number(attended)).toBeGreaterThanOrEqual(7);
});

test('a day after a visit no number to call is kept, and nothing that a guest comes back with', async () => {
  const { encounter, patient } = await underWay('yesterday');
  const visit = await visitOf(encounter);
  await server.database.query(`update video_visit set callback = '+1 555 0100' where tenant = $1 and id = $2`, [
    1,
    visit.id,
  ]);
  await server.database.query(
    `update video_participant set secret_hash = 'abc' where tenant = $1 and visit = $2 and id = $3`,
    [1, visit.id, patient.id],
  );
  const kept = async () => {
    const [row] = await server.database.query(
      `select callback, (select count(*)::int from video_participant p where p.tenant = $1 and p.visit = v.id and secret_hash is not null)
       from video_visit v where tenant = $1 and id = $2`,
      [1, visit.id],
    );
    return row;
  };
  await at(visit.hardStop + 23 * 60 * MINUTE);
  expect(await kept()).toEqual(['+1 555 0100', 1]);
  await at(visit.hardStop + 25 * 60 * MINUTE);
  expect(await kept()).toEqual([null, 0]);
});
