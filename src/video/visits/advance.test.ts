import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';
import { makeAppointment, makePeople, openVisit } from '../../../test/support/visit-world.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { events, isOver, next, states, type VisitEvent, type VisitState } from '../session.ts';
import { advance } from './advance.ts';
import { writeEncounter } from './resources.ts';
import { findVisit, type Visit } from './visit.ts';

let server: Server;
let context: FhirContext;
beforeAll(async () => {
  server = await startServer();
  context = server.smart.fhir;
  await makePeople(server);
});
afterAll(() => server.close());

const doctor = { reference: 'Practitioner/dr-ana' };

/** How a visit comes into each state. */
const ways: Record<VisitState, readonly VisitEvent[]> = {
  scheduled: [],
  waiting: ['wait'],
  ready: ['wait', 'prepare'],
  live: ['wait', 'admit'],
  held: ['wait', 'admit', 'hold'],
  finished: ['wait', 'admit', 'end'],
  missed: ['miss'],
  cancelled: ['cancel'],
};

let made = 0;
async function visitIn(state: VisitState): Promise<Visit> {
  const encounter = await openVisit(server, await makeAppointment(server, `cell-${++made}`));
  const visit = await findVisit(context.database, 1, 'encounter', encounter);
  if (visit === null) throw new Error('a visit that was opened is there');
  for (const event of ways[state]) expect((await advance(context, 1, visit.id, event, doctor)).ok).toBe(true);
  return visit;
}

async function both({ appointment, encounter }: Visit): Promise<[Appointment, Encounter]> {
  const [one, other] = await Promise.all([
    server.fetch(`Appointment/${appointment}`),
    server.fetch(`Encounter/${encounter}`),
  ]);
  return [(await one.json()) as Appointment, (await other.json()) as Encounter];
}

const cells = (Object.keys(states) as VisitState[]).flatMap((state) =>
  events.map((event) => [state, event, next(state, event)] as const),
);

test.each(cells)('%s, %s: %s, and its Appointment and Encounter say so', async (state, event, to) => {
  const visit = await visitIn(state);
  const before = await both(visit);
  expect(before.map(({ status }) => status)).toEqual([states[state].appointment, states[state].encounter]);
  const messages = 'select count(*)::int from video_message where tenant = $1 and visit = $2';
  const [[told] = []] = await context.database.query(messages, [1, visit.id]);

  const answer = await advance(context, 1, visit.id, event, doctor);
  const after = await both(visit);
  const [[toldNow] = []] = await context.database.query(messages, [1, visit.id]);
  const now = await findVisit(context.database, 1, 'id', visit.id);
  if (to === null) {
    expect(answer).toMatchObject({ ok: false, status: 409 });
    expect(answer.ok ? '' : answer.issues[0]?.diagnostics).toContain('cannot be done with this visit now');
  } else expect(answer).toMatchObject({ ok: true, value: { state: to } });
  if (to === null || to === state) {
    expect(after).toEqual(before);
    expect([now?.state, toldNow]).toEqual([state, told]);
    return;
  }
  expect(now).toMatchObject({ state: to, epoch: isOver(to) ? 1 : 0 });
  expect(toldNow).toBe(Number(told) + 1);
  const [appointment, encounter] = after;
  expect([appointment.status, encounter.status]).toEqual([states[to].appointment, states[to].encounter]);
  expect(encounter.statusHistory?.at(-1)?.status).toBe(encounter.status);
  expect(encounter.statusHistory).toHaveLength((before[1].statusHistory?.length ?? 0) + 1);
  expect(encounter.period?.end !== undefined).toBe(to === 'finished');
  expect(encounter.length !== undefined).toBe(to === 'finished');
  expect(context.validate(encounter).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('what a visit refuses says how far it is and what can happen to it', async () => {
  const visit = await visitIn('waiting');
  const refused = await advance(context, 1, visit.id, 'end', doctor);
  expect(refused.ok ? '' : refused.issues[0]?.diagnostics).toBe(
    'That cannot be done with this visit now: the patient waits; what can happen to it: prepare, admit, cancel, lapse',
  );
});

test('one status ends when the next begins', async () => {
  const visit = await visitIn('held');
  for (const event of ['resume', 'end'] as const) await advance(context, 1, visit.id, event, doctor);
  const [, { statusHistory = [], period, length, location }] = await both(visit);
  expect(location).toEqual([{ location: { reference: '#video' }, status: 'completed', period }]);
  expect(statusHistory.map(({ status }) => status)).toEqual([
    'planned',
    'arrived',
    'in-progress',
    'onleave',
    'in-progress',
    'finished',
  ]);
  for (const [at, one] of statusHistory.entries())
    expect(one.period.end).toBe(statusHistory[at + 1]?.period.start ?? period?.end);
  expect(period?.start).toBe(statusHistory[2]?.period.start);
  expect(length).toEqual({ value: 0, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' });
});

test('who does the same at once does it once', async () => {
  const visit = await visitIn('waiting');
  const all = await Promise.all(Array.from({ length: 8 }, () => advance(context, 1, visit.id, 'admit', doctor)));
  expect(all.every(({ ok }) => ok)).toBe(true);
  const [appointment, encounter] = await both(visit);
  expect(encounter.statusHistory?.map(({ status }) => status)).toEqual(['planned', 'arrived', 'in-progress']);
  expect([appointment.meta?.versionId, encounter.meta?.versionId]).toEqual(['3', '3']);
});

test('of two things that exclude each other one happens, and the other is refused', async () => {
  const visit = await visitIn('waiting');
  const [admitted, cancelled] = await Promise.all([
    advance(context, 1, visit.id, 'admit', doctor),
    advance(context, 1, visit.id, 'cancel', doctor),
  ]);
  expect([admitted.ok, cancelled.ok].sort()).toEqual([false, true]);
  const now = await findVisit(context.database, 1, 'id', visit.id);
  expect(now?.state).toBe(admitted.ok ? 'live' : 'cancelled');
});

test('what is over stays as it is, whoever is told of it later', async () => {
  const visit = await visitIn('finished');
  const [, before] = await both(visit);
  const now = await findVisit(context.database, 1, 'id', visit.id);
  await context.database.transaction(async (tx) => now && writeEncounter(context, tx, now));
  expect((await both(visit))[1]).toEqual(before);
});

test('who takes part stays as others have written it, but for the times', async () => {
  const visit = await visitIn('scheduled');
  const [, encounter] = await both(visit);
  const observer = {
    individual: { display: 'A student' },
    type: [{ text: 'observer' }],
    period: { start: '2026-01-01T10:00:00Z' },
  };
  const body = JSON.stringify({ ...encounter, participant: [observer, ...(encounter.participant ?? [])] });
  const put = await server.fetch(`Encounter/${encounter.id}`, { method: 'PUT', body });
  expect(put.status).toBe(200);
  await advance(context, 1, visit.id, 'wait', doctor);
  const [, { participant }] = await both(visit);
  expect(participant).toMatchObject([observer, { individual: { reference: 'Practitioner/dr-ana' } }]);
  expect(participant).toHaveLength(2);
});

test('each step is in the ledger of the patient, with who did it', async () => {
  const visit = await visitIn('held');
  await advance(context, 1, visit.id, 'end', doctor);
  const found = await server.fetch(`AuditEvent?entity=Encounter/${visit.encounter}&patient=${visit.patient}&_count=50`);
  const { entry = [] } = (await found.json()) as {
    entry?: { resource: { subtype?: { system: string; code: string }[]; agent: { who: { reference?: string } }[] } }[];
  };
  const ours = entry
    .map(({ resource }) => resource)
    .filter(({ subtype }) => subtype?.[0]?.system === 'https://portico.dev/fhir/CodeSystem/video-event');
  expect(ours.map(({ subtype }) => subtype?.[0]?.code).sort()).toEqual([
    'admitted',
    'created',
    'ended',
    'held',
    'waiting',
  ]);
  expect(new Set(ours.map(({ agent }) => agent[0]?.who.reference))).toEqual(new Set(['Practitioner/dr-ana']));
});

test('how far a visit is makes nobody ask again who may see what; that it is cancelled does', async () => {
  const epoch = async () => {
    const [row] = await context.database.query('select epoch from revocation_epoch where tenant = $1', [1]);
    return Number(row?.[0]);
  };
  const [visit, other] = [await visitIn('scheduled'), await visitIn('waiting')];
  const before = await epoch();
  for (const event of ['wait', 'prepare', 'admit', 'hold', 'resume', 'end'] as const)
    expect((await advance(context, 1, visit.id, event, doctor)).ok).toBe(true);
  expect(await epoch()).toBe(before);
  await advance(context, 1, other.id, 'cancel', doctor);
  expect(await epoch()).toBe(before + 1);
});
