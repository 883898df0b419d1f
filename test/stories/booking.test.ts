import type { Appointment, Bundle, OperationOutcome, Resource, Slot } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readVirtualService, virtualService } from '../../src/fhir/virtual-service.ts';
import { bufferUrl, leadUrl, zoneUrl } from '../../src/video/booking/calendar.ts';
import { endHoldJob } from '../../src/video/booking/end-hold.ts';
import { freeSlotJob } from '../../src/video/booking/followed-slots.ts';
import { startPair } from '../support/beside.ts';
import { runDueJobs } from '../support/jobs.ts';
import type { Server, TokenAsk } from '../support/server.ts';
import { startSmartWorld } from '../support/smart-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startSmartWorld();
}, 120_000);
afterAll(() => server?.close());

type Answer<T> = { status: number; body: T; outcome: string };
type Ask = <T = Bundle<Appointment>>(path: string, parameter?: object[] | Resource) => Promise<Answer<T>>;

async function asking(scope: string, who: TokenAsk): Promise<Ask> {
  const authorization = `Bearer ${await server.token(scope, who)}`;
  return async <T>(path: string, sent?: object[] | Resource) => {
    const body = Array.isArray(sent) ? { resourceType: 'Parameters', parameter: sent } : sent;
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await server.fetch(path, { ...init, headers: { authorization } });
    const answer = (await response.json()) as T & OperationOutcome;
    return { status: response.status, body: answer, outcome: JSON.stringify(answer.issue ?? []) };
  };
}

const as = (patient: string): Promise<Ask> => asking('patient/*.cruds', { patient, actor: 'self' });

const asDoctor = (id: string): Promise<Ask> =>
  asking('user/*.cruds', { fhirUser: `Practitioner/${id}`, actor: 'practitioner' });

const marchetti = 'Practitioner/dr-lena-marchetti';
const video = 'http://snomed.info/sct|448337001';
const only = (answer: Answer<Bundle<Appointment>>): Appointment & { id: string } =>
  answer.body.entry?.find(({ resource }) => resource?.resourceType === 'Appointment')?.resource as Appointment & {
    id: string;
  };
const all = (answer: Answer<Bundle<Appointment>>): Appointment[] =>
  (answer.body.entry ?? []).map(({ resource }) => resource as Appointment);
const slotOf = (appointment: Appointment): string => appointment.slot?.[0]?.reference ?? '';

async function times(ask: Ask, query = `provider=${marchetti}`): Promise<Appointment[]> {
  const found = await ask(`Appointment/$find?${query}`);
  expect(found.status, found.outcome).toBe(200);
  return all(found);
}

async function status(slot: string): Promise<string> {
  return ((await (await server.fetch(slot)).json()) as Slot).status;
}

const asPatient = (proposed: Appointment, patient: string): Appointment => ({
  ...proposed,
  participant: [
    { actor: { reference: `Patient/${patient}` }, status: 'needs-action' },
    ...proposed.participant.filter(({ actor }) => !actor?.reference?.startsWith('Patient/')),
  ],
});

test('a patient finds a time, holds it, books it, and it is a visit by video at an address that is stable', async () => {
  const ask = await as('amara-osei');
  const [proposed] = await times(ask, `provider=${marchetti}&visit-type=${encodeURIComponent(video)}`);
  expect(proposed).toMatchObject({ status: 'proposed', minutesDuration: 30 });
  const held = await ask('Appointment/$hold', proposed);
  expect(held.status, held.outcome).toBe(200);
  const pending = only(held);
  expect(pending.status).toBe('pending');
  expect(await status(slotOf(pending))).toBe('busy-tentative');
  expect((await times(ask)).map(slotOf)).not.toContain(slotOf(pending));
  const booked = await ask('Appointment/$book', [{ name: 'appt-id', valueUri: pending.id }]);
  expect(booked.status, booked.outcome).toBe(200);
  const appointment = only(booked);
  expect(appointment).toMatchObject({ id: pending.id, status: 'booked', start: proposed?.start });
  expect(await status(slotOf(appointment))).toBe('busy');
  expect(readVirtualService(appointment)).toEqual({
    channel: { system: 'https://portico.dev/fhir/CodeSystem/virtual-service-type', code: 'webrtc-p2p' },
    address: `${server.origin}/video/${appointment.id}`,
    maxParticipants: 4,
  });
  const told = await ask<Bundle>(`Communication?about=Appointment/${appointment.id}`);
  expect(JSON.stringify(told.body)).toContain('A visit by video was booked for');
});

test('a visit is held with what its Appointment asks for, and else with what the tenant has', async () => {
  const ask = await as('hiro-nakagawa');
  const policy = (provider: string) =>
    server.fetch('$video-policy', {
      method: 'POST',
      body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'provider', valueCode: provider }] }),
    });
  expect((await policy('livekit')).status).toBe(200);
  const query = `provider=${marchetti}&visit-type=${encodeURIComponent(video)}&patient=Patient/hiro-nakagawa`;
  const booked = only(await ask('Appointment/$book', (await times(ask, query)).at(-1)));
  expect(readVirtualService(booked)).toMatchObject({ channel: { code: 'livekit' }, maxParticipants: 20 });
  const asked = { ...(await times(ask, query)).at(-1), extension: [virtualService('Appointment', '', 'x')] };
  const other = only(await ask('Appointment/$book', asked as Appointment));
  expect(readVirtualService(other)).toMatchObject({
    channel: { code: 'webrtc-p2p' },
    address: `${server.origin}/video/${other.id}`,
  });
  expect((await policy('p2p')).status).toBe(200);
});

test('of a hundred who book one time at once, one has it', async () => {
  const cast = ['amara-osei', 'hiro-nakagawa'];
  const asks = await Promise.all(cast.map(as));
  const [, , proposed] = await times(asks[0] as Ask);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      (asks[at % 2] as Ask)('Appointment/$book', asPatient(proposed as Appointment, cast[at % 2] ?? '')),
    ),
  );
  const statuses = answers.map(({ status: one }) => one).sort();
  expect(statuses.filter((one) => one === 200)).toHaveLength(1);
  expect(statuses.filter((one) => one === 409)).toHaveLength(99);
  const booked = await server.fetch(`Appointment?slot=${slotOf(proposed as Appointment)}&_summary=count`);
  expect(((await booked.json()) as Bundle).total).toBe(1);
});

test('who cancels is said, and why; the time is free again, and both sides are told', async () => {
  const ask = await as('amara-osei');
  const [proposed] = await times(ask);
  const { id } = only(await ask('Appointment/$book', asPatient(proposed as Appointment, 'amara-osei')));
  const other = await as('hiro-nakagawa');
  expect((await other(`Appointment/${id}/$cancel`, [])).status).toBe(404);
  const cancelled = await ask(`Appointment/${id}/$cancel`, [{ name: 'comment', valueString: 'I am away' }]);
  expect(cancelled.status, cancelled.outcome).toBe(200);
  const { status: now, cancelationReason, participant } = only(cancelled);
  expect(now).toBe('cancelled');
  expect(cancelationReason).toMatchObject({ coding: [{ code: 'pat' }], text: 'I am away' });
  expect(participant.map(({ actor, status: answer }) => [actor?.reference, answer])).toContainEqual([
    'Patient/amara-osei',
    'declined',
  ]);
  expect(await status(slotOf(only(cancelled)))).toBe('free');
  expect((await times(ask)).map(slotOf)).toContain(slotOf(only(cancelled)));
  const told = await ask<Bundle>(`Communication?about=Appointment/${id}`);
  expect(JSON.stringify(told.body)).toContain('was cancelled by the patient');
  expect(JSON.stringify(told.body)).not.toContain('I am away');
  expect((await ask(`Appointment/${id}/$cancel`, [])).status).toBe(200);
  expect(
    (
      await ask(`Appointment/${id}/$reschedule`, [
        { name: 'slot', valueReference: { reference: slotOf(only(cancelled)) } },
      ])
    ).status,
  ).toBe(409);
});

test('a visit that was opened of an Appointment is over when that is cancelled, and moves when that is put off', async () => {
  const ask = await as('amara-osei');
  const doctor = await asDoctor('dr-lena-marchetti');
  const [first, , , , later] = await times(ask, `provider=${marchetti}&visit-type=${encodeURIComponent(video)}`);
  const { id } = only(await ask('Appointment/$book', first));
  const opened = await doctor<{ parameter?: unknown }>(`Appointment/${id}/$video-open`, []);
  expect(opened.status, opened.outcome).toBe(200);
  const slot = { name: 'slot', valueReference: { reference: slotOf(later as Appointment) } };
  const moved = await doctor(`Appointment/${id}/$reschedule`, [slot]);
  expect(moved.status, moved.outcome).toBe(200);
  expect(only(moved)).toMatchObject({ id, status: 'booked', start: later?.start });
  expect([await status(slotOf(first as Appointment)), await status(slotOf(later as Appointment))]).toEqual([
    'free',
    'busy',
  ]);
  const row = () =>
    server.database.query('select state, starts_at from video_visit where tenant = $1 and appointment = $2', [1, id]);
  expect(await row()).toEqual([['scheduled', new Date(later?.start ?? '')]]);
  const cancelled = await doctor(`Appointment/${id}/$cancel`, [{ name: 'reason', valueCode: 'prov' }]);
  expect(cancelled.status, cancelled.outcome).toBe(200);
  expect(only(cancelled).cancelationReason).toMatchObject({ coding: [{ code: 'prov' }] });
  expect(await row()).toMatchObject([['cancelled', expect.any(Date)]]);
  const found = await server.fetch(`Encounter?appointment=Appointment/${id}`);
  expect(JSON.stringify(await found.json())).toContain('"status":"cancelled"');
});

test('what is held and not booked is free again after ten minutes, and nobody holds more than three times', async () => {
  const ask = await as('hiro-nakagawa');
  const free = await times(ask);
  const held = [];
  for (const one of free.slice(0, 4)) held.push(await ask('Appointment/$hold', one));
  expect(held.map((one) => one.status)).toEqual([200, 200, 200, 409]);
  const mine = only(held[0] as Answer<Bundle<Appointment>>);
  expect(held[0]?.body.entry?.[1]?.resource).toMatchObject({ issue: [{ severity: 'information' }] });
  // Who has no other Appointment, at whichever hour this runs.
  const newcomer = JSON.stringify({ resourceType: 'Patient', id: 'newcomer', birthDate: '1980-02-29' });
  expect((await server.fetch('Patient/newcomer', { method: 'PUT', body: newcomer })).status).toBe(201);
  const other = await as('newcomer');
  expect((await other('Appointment/$book', asPatient(free[0] as Appointment, 'newcomer'))).status).toBe(409);
  const { fhir } = server.smart;
  await runDueJobs(fhir, Date.now() + 11 * 60_000, [endHoldJob]);
  expect(await status(slotOf(mine))).toBe('free');
  expect((await ask<Appointment>(`Appointment/${mine.id}`)).body.status).toBe('cancelled');
  expect((await ask('Appointment/$book', [{ name: 'appt-id', valueUri: mine.id }])).status).toBe(409);
  expect((await other('Appointment/$book', asPatient(free[0] as Appointment, 'newcomer'))).status).toBe(200);
});

test('nobody has two Appointments at once, and where another one is no time is proposed', async () => {
  const ask = await as('hiro-nakagawa');
  const amara = await as('amara-osei');
  const others = new Set((await times(amara)).map(({ start }) => start));
  const mine = (await times(ask, 'provider=Practitioner/dr-josiah-abara')).find(({ start }) => others.has(start));
  expect((await ask('Appointment/$book', mine)).status).toBe(200);
  const { start, end } = mine as Appointment;
  const at = `start=${encodeURIComponent(start ?? '')}&end=${encodeURIComponent(end ?? '')}`;
  expect(await times(ask, `provider=${marchetti}&${at}`)).toEqual([]);
  const [same] = await times(amara, `provider=${marchetti}&${at}`);
  const twice = await ask('Appointment/$book', asPatient(same as Appointment, 'hiro-nakagawa'));
  expect(twice.status).toBe(409);
  expect(twice.outcome).toContain('The patient has another Appointment at this time');
});

test('patients and apps book for themselves, who treats in their own Schedule, and nobody for anybody else', async () => {
  const amara = await as('amara-osei');
  const [proposed] = await times(amara);
  const own = asPatient(proposed as Appointment, 'amara-osei');
  const foreign = asPatient(proposed as Appointment, 'hiro-nakagawa');
  expect((await amara('Appointment/$book', foreign)).status).toBe(403);
  const both = {
    ...own,
    participant: [...own.participant, { actor: { reference: 'Patient/hiro-nakagawa' }, status: 'accepted' as const }],
  };
  expect((await amara('Appointment/$book', both)).status).toBe(422);
  const reading = await asking('patient/*.rs', { patient: 'amara-osei', actor: 'app' });
  expect((await reading('Appointment/$book', own)).status).toBe(403);
  expect((await reading('Appointment/$find')).status).toBe(200);
  const blind = await asking('patient/Appointment.cruds', { patient: 'amara-osei', actor: 'app' });
  expect((await blind('Appointment/$find')).status).toBe(403);
  expect((await (await asDoctor('dr-josiah-abara'))('Appointment/$book', own)).status).toBe(403);
  expect((await amara('Appointment/$find?patient=Patient/hiro-nakagawa')).status).toBe(404);
  const booked = await (await asDoctor('dr-lena-marchetti'))('Appointment/$book', own);
  expect(booked.status, booked.outcome).toBe(200);
  expect((await (await asDoctor('dr-josiah-abara'))(`Appointment/${only(booked).id}/$cancel`, [])).status).not.toBe(
    200,
  );
  const app = await asking('patient/Appointment.cu patient/Appointment.r', { patient: 'amara-osei', actor: 'app' });
  expect((await app(`Appointment/${only(booked).id}/$cancel`, [])).status).toBe(200);
});

test('the time of an Appointment that is called off by a plain write is free again as well', async () => {
  const ask = await as('amara-osei');
  const [proposed] = await times(ask);
  const { id } = only(await ask('Appointment/$book', proposed));
  const booked = (await ask<Appointment>(`Appointment/${id}`)).body;
  expect(await status(slotOf(booked))).toBe('busy');
  const authorization = `Bearer ${await server.token('patient/*.cruds', { patient: 'amara-osei', actor: 'self' })}`;
  const body = JSON.stringify({ ...booked, status: 'cancelled' });
  expect((await server.fetch(`Appointment/${id}`, { method: 'PUT', headers: { authorization }, body })).status).toBe(
    200,
  );
  await runDueJobs(server.smart.fhir, Date.now() + 5000, [freeSlotJob]);
  expect(await status(slotOf(booked))).toBe('free');
});

test('a parent books for their child, and for nobody else', async () => {
  const parent = { fhirUser: 'RelatedPerson/booking-mother', actor: 'proxy' as const, patient: 'booking-child' };
  await put({ resourceType: 'Patient', id: 'booking-child', birthDate: '2020-01-01' }, {
    resourceType: 'RelatedPerson',
    id: 'booking-mother',
    patient: { reference: 'Patient/booking-child' },
    relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
  } as Resource);
  const ask = await asking('patient/*.cruds', parent);
  const [proposed] = await times(ask);
  const booked = await ask('Appointment/$book', proposed);
  expect(booked.status, booked.outcome).toBe(200);
  expect(only(booked).participant[0]?.actor?.reference).toBe('Patient/booking-child');
  const [other] = await times(ask);
  expect((await ask('Appointment/$book', asPatient(other as Appointment, 'amara-osei'))).status).toBe(403);
  const cancelled = await ask(`Appointment/${only(booked).id}/$cancel`, []);
  expect(only(cancelled).cancelationReason).toMatchObject({ coding: [{ code: 'pat' }] });
});

test('Slots tell that a time is taken and not by whom, however they are searched', async () => {
  const hiro = await as('hiro-nakagawa');
  const [mine] = await times(hiro, 'provider=Practitioner/dr-josiah-abara');
  const booked = only(await hiro('Appointment/$book', mine));
  const slot = slotOf(booked);
  const amara = await as('amara-osei');
  for (const path of [
    `${slot}`,
    `${slot}/_history`,
    `Slot?_id=${slot.slice(5)}&_revinclude=Appointment:slot`,
    `Slot?_has:Appointment:slot:patient=Patient/hiro-nakagawa`,
    `Slot?_has:Appointment:slot:_id=${booked.id}`,
    `Appointment?slot=${slot}`,
    `Appointment/$find?provider=Practitioner/dr-josiah-abara`,
  ]) {
    const { body } = await amara<object>(path);
    expect(JSON.stringify(body).replace(/"self","url":"[^"]*"/g, ''), path).not.toMatch(
      new RegExp(`hiro|${booked.id}`),
    );
  }
  const { body } = await amara<Bundle>('Slot?_has:Appointment:slot:patient=Patient/hiro-nakagawa');
  expect(body.entry ?? []).toEqual([]);
});

const schedule = (id: string, extension: object[]): Resource =>
  ({
    resourceType: 'Schedule',
    id,
    extension,
    actor: [{ reference: `Practitioner/${id}` }],
  }) as Resource;

async function put(...resources: Resource[]): Promise<void> {
  for (const one of resources) {
    const answer = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(answer.status, await answer.text()).toBe(201);
  }
}

const slotAt = (calendar: string, id: string, start: number, minutes = 30): Resource => ({
  resourceType: 'Slot',
  id,
  status: 'free',
  schedule: { reference: `Schedule/${calendar}` },
  start: new Date(start).toISOString(),
  end: new Date(start + minutes * 60_000).toISOString(),
});

const minutesOf = (url: string, value: number): object => ({
  url,
  valueDuration: { value, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' },
});

test('a time is kept free around each Appointment, and nobody books sooner than a Schedule allows', async () => {
  const base = Date.now() + 3 * 3_600_000;
  await put(
    { resourceType: 'Practitioner', id: 'careful' },
    schedule('careful', [minutesOf(bufferUrl, 15), minutesOf(leadUrl, 120)]),
    slotAt('careful', 'careful-soon', Date.now() + 3_600_000),
    slotAt('careful', 'careful-1', base),
    slotAt('careful', 'careful-2', base + 30 * 60_000),
    slotAt('careful', 'careful-3', base + 45 * 60_000),
  );
  const ask = await as('amara-osei');
  const query = 'provider=Practitioner/careful';
  const free = await times(ask, query);
  expect(free.map(slotOf)).toEqual(['Slot/careful-1', 'Slot/careful-2', 'Slot/careful-3']);
  const [one] = free;
  const soon = await ask('Appointment/$book', { ...(one as Appointment), slot: [{ reference: 'Slot/careful-soon' }] });
  expect([soon.status, soon.outcome]).toEqual([409, expect.stringContaining('booked ahead')]);
  expect((await ask('Appointment/$book', one)).status).toBe(200);
  expect((await times(await as('hiro-nakagawa'), query)).map(slotOf)).toEqual(['Slot/careful-3']);
  const close = asPatient(free[1] as Appointment, 'hiro-nakagawa');
  expect((await (await as('hiro-nakagawa'))('Appointment/$book', close)).status).toBe(409);
});

test('times are kept with the offset that the zone of a Schedule has on that day, on either side of summer time', async () => {
  const [winter, summer] = [Date.parse('2027-03-13T14:00:00Z'), Date.parse('2027-03-15T13:00:00Z')];
  await put(
    { resourceType: 'Practitioner', id: 'zoned' },
    schedule('zoned', [{ url: zoneUrl, valueCode: 'America/Toronto' }]),
    slotAt('zoned', 'zoned-winter', winter),
    slotAt('zoned', 'zoned-summer', summer),
  );
  const ask = await as('amara-osei');
  const found = await times(ask, 'provider=Practitioner/zoned&start=2027-03-01&end=2027-04-01');
  expect(found.map(({ start }) => start)).toEqual(['2027-03-13T09:00:00-05:00', '2027-03-15T09:00:00-04:00']);
  const booked = only(await ask('Appointment/$book', found[1]));
  expect(booked).toMatchObject({ start: '2027-03-15T09:00:00-04:00', end: '2027-03-15T09:30:00-04:00' });
});

test('of a hundred who book one time at two servers of one database, one has it', async () => {
  const pair = await startPair();
  try {
    const start = Date.now() + 86_400_000;
    const cast = Array.from({ length: 10 }, (_, at) => `p${at}`);
    const world: Resource[] = [
      { resourceType: 'Practitioner', id: 'd' },
      ...cast.map((id): Resource => ({ resourceType: 'Patient', id })),
      schedule('d', [minutesOf(leadUrl, 60)]),
      slotAt('d', 's', start),
    ];
    for (const one of world)
      await pair.server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    const tokens = await Promise.all(
      cast.map((patient) => pair.server.token('patient/*.cruds', { patient, actor: 'self' })),
    );
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const patient = cast[at % 10] ?? '';
        const appointment = {
          resourceType: 'Appointment',
          status: 'proposed',
          slot: [{ reference: 'Slot/s' }],
          participant: [{ actor: { reference: `Patient/${patient}` }, status: 'needs-action' }],
        };
        const answer = await fetch(`${pair.origins[at % 2]}/fhir/R4/Appointment/$book`, {
          method: 'POST',
          headers: { authorization: `Bearer ${tokens[at % 10]}`, 'content-type': 'application/fhir+json' },
          body: JSON.stringify(appointment),
        });
        return answer.status;
      }),
    );
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 99 }, () => 409)]);
  } finally {
    await pair.close();
  }
}, 60_000);
