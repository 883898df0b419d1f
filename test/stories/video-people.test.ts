import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { exchangeCode, guestJoin } from '../../src/video/people/guest.ts';
import type { Providers } from '../../src/video/providers/provider.ts';
import { type Server, startServer, type TokenAsk } from '../support/server.ts';
import { makePeople, openSocket } from '../support/visit-world.ts';

let server: Server;
const tokens = new Map<string, string>();
/** None is asked for anything here. */
const providers: Providers = new Map();
const MINUTE = 60_000;
const roleCode = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

async function put(resource: { resourceType: string; id: string } & Record<string, unknown>): Promise<void> {
  const { resourceType, id } = resource;
  const answer = await server.fetch(`${resourceType}/${id}`, { method: 'PUT', body: JSON.stringify(resource) });
  expect(answer.ok, await answer.text()).toBe(true);
}

const yearsAgo = (years: number): string => `${new Date().getUTCFullYear() - years}-01-02`;
const related = (id: string, patient: string, code: string) => ({
  resourceType: 'RelatedPerson',
  id,
  active: true,
  patient: { reference: `Patient/${patient}` },
  relationship: [{ coding: [{ system: roleCode, code }] }],
  name: [{ given: [id], family: 'Lind' }],
});

beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
  await put({ resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'] }], birthDate: yearsAgo(6) });
  await put({ resourceType: 'Practitioner', id: 'dr-gone', active: false, name: [{ family: 'Gone' }] });
  await put(related('kims-mother', 'kim', 'MTH'));
  await put(related('veras-niece', 'vera', 'NIENEPH'));
  const users: [name: string, scope: string, who: TokenAsk][] = [
    ['vera', 'patient/*.cruds', { patient: 'vera', actor: 'self' }],
    ['kim', 'patient/*.cruds', { patient: 'kim', fhirUser: 'Patient/kim', actor: 'self' }],
    ['kims-mother', 'patient/*.cruds', { patient: 'kim', fhirUser: 'RelatedPerson/kims-mother', actor: 'proxy' }],
    ['veras-niece', 'patient/*.cruds', { patient: 'vera', fhirUser: 'RelatedPerson/veras-niece', actor: 'proxy' }],
    ['ana', 'user/*.cruds', { fhirUser: 'Practitioner/dr-ana' }],
    ['ana-for-payment', 'user/*.cruds', { fhirUser: 'Practitioner/dr-ana', purpose: 'HPAYMT' }],
    ['bo', 'user/*.cruds', { fhirUser: 'Practitioner/dr-bo' }],
    ['system', 'system/*.cruds', { actor: 'system' }],
    ['app-of-nobody', 'patient/*.cruds', { patient: 'vera', actor: 'app' }],
  ];
  for (const [name, scope, who] of users) tokens.set(name, await server.token(scope, { subject: name, ...who }));
}, 60_000);
afterAll(() => server?.close());

type Answer = { status: number; text: string; value(name: string): string };

async function ask(who: string, path: string, parameters: Record<string, string> = {}): Promise<Answer> {
  const parameter = Object.entries(parameters).map(([name, valueString]) => ({ name, valueString }));
  const answer = await server.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get(who)}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  const body = (await answer.json()) as Parameters | OperationOutcome;
  const all = body.resourceType === 'Parameters' ? (body.parameter ?? []) : [];
  const value = (name: string): string => {
    const one = all.find((found) => found.name === name);
    return one?.valueString ?? one?.valueCode ?? one?.valueUrl ?? one?.valueReference?.reference ?? '';
  };
  return { status: answer.status, text: JSON.stringify(body), value };
}

let count = 0;

/** @returns asks for an operation on the Encounter of a new visit */
async function visitOf(patient = 'vera', doctors = ['dr-ana'], minutes = 0, by = 'ana') {
  const appointment = `people-${++count}`;
  const start = Date.now() + minutes * MINUTE;
  const actors = [`Patient/${patient}`, ...doctors.map((id) => `Practitioner/${id}`)];
  await put({
    resourceType: 'Appointment',
    id: appointment,
    status: 'booked',
    start: new Date(start).toISOString(),
    end: new Date(start + 30 * MINUTE).toISOString(),
    participant: actors.map((reference) => ({ actor: { reference }, status: 'accepted' })),
  });
  const opened = await ask(by, `Appointment/${appointment}/$video-open`);
  expect(opened.status, opened.text).toBe(200);
  const encounter = opened.value('encounter');
  const on = (who: string, operation: string, parameters?: Record<string, string>) =>
    ask(who, `${encounter}/$video-${operation}`, parameters);
  return Object.assign(on, {
    appointment,
    encounter,
    status: async () => ((await (await server.fetch(encounter)).json()) as { status: string }).status,
  });
}

/** Somebody who was invited by a link and has come. */
async function guestOf(on: Awaited<ReturnType<typeof visitOf>>, name: string, parameters: Record<string, string> = {}) {
  const invited = await on('ana', 'invite', { name, ...parameters });
  const code = invited.value('link').split('#')[1] ?? '';
  const came = await exchangeCode(server.smart.fhir, 1, code, `10.3.${count}.1`);
  if (!came.ok) throw new Error(invited.text);
  const { secret, participant } = came.value;
  const come = () => guestJoin(server.smart.fhir, 1, secret, '10.3.0.1', providers);
  return { id: participant.id, invite: invited.value('id'), code, come };
}

test('the coming of who has a child in their care is that of the child; another who helps waits beside the patient', async () => {
  const ofKim = await visitOf('kim', ['dr-ana'], 0, 'kims-mother');
  const mother = await ofKim('kims-mother', 'join');
  expect(mother.status, mother.text).toBe(200);
  expect([mother.value('role'), mother.value('state')]).toEqual(['companion', 'waiting']);
  expect(await ofKim.status()).toBe('arrived');
  expect((await ofKim('kim', 'join')).value('role')).toBe('patient');

  const ofVera = await visitOf('vera');
  const niece = await ofVera('veras-niece', 'join');
  expect([niece.value('role'), niece.value('state')]).toEqual(['companion', 'waiting']);
  expect(await ofVera.status()).toBe('planned');
  const guest = await guestOf(ofVera, 'Neighbour', { role: 'companion' });
  expect(await guest.come()).toMatchObject({ ok: true });
  expect(await ofVera.status()).toBe('planned');
  await ofVera('vera', 'join');
  expect(await ofVera.status()).toBe('arrived');
});

test('nobody is in a visit twice, however often and however many at once they ask', async () => {
  const on = await visitOf();
  const all = await Promise.all(Array.from({ length: 8 }, () => on('veras-niece', 'join')));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(all.map((one) => one.value('participant'))).size).toBe(1);
  const [row] = await server.database.query(
    `select count(*)::int from video_participant p join video_visit v on v.tenant = p.tenant and v.id = p.visit
     where p.tenant = $1 and v.encounter = $2 and p.reference = 'RelatedPerson/veras-niece'`,
    [1, on.encounter.split('/')[1] ?? ''],
  );
  expect(row).toEqual([1]);
});

test('O-20 nobody joins who acts for something else than treatment, who is no person, or who works here no more', async () => {
  const on = await visitOf('vera', ['dr-ana', 'dr-gone']);
  for (const who of ['ana-for-payment', 'system', 'app-of-nobody']) {
    for (const operation of ['join', 'admit', 'invite', 'end'])
      expect((await on(who, operation)).status, `${who} ${operation}`).toBeGreaterThanOrEqual(403);
  }
  const gone = await on('ana', 'invite', { reference: 'Practitioner/dr-gone' });
  expect(gone.status, gone.text).toBe(409);
});

test('O-102 what one is given to come in with counts for a moment, and never beyond the time of the visit', async () => {
  const on = await visitOf('vera', ['dr-ana'], 10);
  const joined = await on('vera', 'join');
  // The visit is moved so that its time is over in ten seconds.
  await server.database.query('update video_visit set hard_stop = $3 where tenant = $1 and encounter = $2', [
    1,
    on.encounter.split('/')[1] ?? '',
    new Date(Date.now() + 10_000),
  ]);
  const last = await on('vera', 'join');
  const expiry = (token: string): number => JSON.parse(atob(token.split('.')[1] ?? '')).exp;
  expect(expiry(joined.value('token')) - Date.now() / 1000).toBeLessThanOrEqual(120);
  expect(expiry(last.value('token')) - Date.now() / 1000).toBeLessThanOrEqual(10);
});

test('V-3 who is on hold comes off it by nothing but the word of who treats, and who has left comes back unasked', async () => {
  const on = await visitOf();
  await on('ana', 'join');
  const joined = await on('vera', 'join');
  const participant = joined.value('participant');
  const who = { participant, confirmed: 'Vera Lind' };
  const socket = await openSocket(joined.value('socket'), joined.value('token'));
  expect((await on('ana', 'admit', who)).value('state')).toBe('admitted');
  expect((await on('ana', 'admit', { participant, action: 'hold' })).value('state')).toBe('held');
  socket.say({ type: 'leave' });
  await socket.closed;
  await expect.poll(async () => (await on('vera', 'join')).value('state')).toBe('held');
  expect((await on('ana', 'admit', { participant, action: 'resume' })).value('state')).toBe('admitted');

  const kept = await on('vera', 'join');
  const again = await on('vera', 'join');
  const second = await openSocket(again.value('socket'), again.value('token'));
  second.say({ type: 'leave' });
  await second.closed;
  const stateSql = 'select state from video_participant where tenant = $1 and id = $2';
  await expect.poll(async () => (await server.database.query(stateSql, [1, participant]))[0]).toEqual(['left']);
  await expect(openSocket(kept.value('socket'), kept.value('token'))).rejects.toThrow('403');
  expect((await on('vera', 'join')).value('state')).toBe('admitted');

  expect((await on('ana', 'admit', { participant, action: 'remove' })).value('state')).toBe('removed');
  expect((await on('vera', 'join')).status).toBe(403);
  expect((await on('ana', 'admit', who)).value('state')).toBe('admitted');
  expect((await on('vera', 'join')).value('state')).toBe('admitted');
});

test('V-2 V-7 a participant, or an invitation, of another visit is answered as one that never was', async () => {
  const [one, two] = [await visitOf(), await visitOf()];
  const { id, invite } = await guestOf(one, 'Ingrid');
  const told = (answer: Answer, named: string) => [answer.status, answer.text.replaceAll(named, 'ID')];
  for (const action of ['admit', 'deny', 'hold', 'resume', 'remove']) {
    const ask = (participant: string) => two('ana', 'admit', { action, participant, confirmed: 'Ingrid' });
    expect(told(await ask(id), id), action).toEqual(told(await ask('nobody'), 'nobody'));
    expect((await ask(id)).status).toBe(404);
  }
  const revoke = (which: string) => two('ana', 'invite', { revoke: which });
  expect(told(await revoke(invite), invite)).toEqual(told(await revoke('none'), 'none'));
  expect((await revoke(invite)).status).toBe(404);
});

test('V-5 V-7 patients invite somebody who helps them and nobody else, and take back what they gave and nothing else', async () => {
  const on = await visitOf();
  expect((await on('vera', 'invite', { name: 'A friend' })).status).toBe(403);
  expect((await on('vera', 'invite', { role: 'colleague', reference: 'Practitioner/dr-bo' })).status).toBe(403);
  expect((await on('veras-niece', 'invite', { role: 'companion', name: 'X' })).status).toBe(403);
  const own = await on('vera', 'invite', { role: 'companion', name: 'My son' });
  expect(own.status, own.text).toBe(200);
  const others = await on('ana', 'invite', { role: 'interpreter', name: 'Ingrid' });
  expect((await on('vera', 'invite', { revoke: others.value('id') })).status).toBe(404);
  expect((await on('vera', 'invite', { revoke: own.value('id') })).status).toBe(200);
  const code = own.value('link').split('#')[1] ?? '';
  expect(await exchangeCode(server.smart.fhir, 1, code, '10.3.1.1')).toMatchObject({ ok: false, status: 404 });
});

test('V-5 a link ends with the visit, and lets nobody take the place of who has signed in', async () => {
  const on = await visitOf();
  // Bo has met Vera before, and may read her record.
  await put({
    resourceType: 'Encounter',
    id: 'met',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/vera' },
    participant: [{ individual: { reference: 'Practitioner/dr-bo' } }],
  });
  expect((await on('bo', 'join')).status).toBe(403);
  const used = await guestOf(on, '', { reference: 'Practitioner/dr-bo' });
  expect(await used.come()).toMatchObject({ value: { participant: { role: 'colleague', name: 'Dr Bo Lee' } } });
  const bo = await on('bo', 'join');
  expect([bo.value('participant'), bo.value('role'), bo.value('state')]).toEqual([used.id, 'colleague', 'waiting']);
  expect(await used.come()).toMatchObject({ ok: false, status: 404 });
  const late = await on('ana', 'invite', { reference: 'Practitioner/dr-bo' });
  const lateCode = late.value('link').split('#')[1] ?? '';
  expect(await exchangeCode(server.smart.fhir, 1, lateCode, '10.3.2.1')).toMatchObject({ ok: false, status: 404 });
  expect((await on('bo', 'end')).status).toBe(403);

  const unused = await on('ana', 'invite', { name: 'Ingrid' });
  const vera = await on('vera', 'join');
  await on('ana', 'join');
  await on('ana', 'admit', { participant: vera.value('participant'), confirmed: 'Vera Lind' });
  expect((await on('ana', 'end')).status).toBe(200);
  const code = unused.value('link').split('#')[1] ?? '';
  const guessed = await exchangeCode(server.smart.fhir, 1, 'AAAAAAAAAAAAAAAAAAAAAA', '10.3.2.1');
  expect(await exchangeCode(server.smart.fhir, 1, code, '10.3.2.1')).toEqual(guessed);
  expect((await on('ana', 'invite', { name: 'Ingrid' })).status).toBe(410);
  const again = await on('ana', 'admit', { participant: vera.value('participant'), confirmed: 'Vera Lind' });
  expect(again.status).toBe(410);
});

test('V-21 of those who are let in at once no more get in than there are places, and who floods keeps nobody else out', async () => {
  const on = await visitOf();
  await on('ana', 'join');
  const guests = [];
  for (let n = 0; n < 6; n++) {
    const guest = await guestOf(on, `Guest ${n}`);
    await guest.come();
    guests.push(guest);
  }
  const answers = await Promise.all(
    guests.map(({ id }, n) => on('ana', 'admit', { participant: id, confirmed: `Guest ${n}` })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409, 409, 409]);
  const flood = await Promise.all(Array.from({ length: 60 }, () => on('vera', 'join')));
  expect(flood.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(20);
  expect(flood.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(20);
  expect((await on('ana', 'join')).status).toBe(200);
});
