import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openVisit } from '../support/visit-world.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await makePeople(server);
}, 60_000);
afterAll(() => server.close());

async function read<T>(path: string): Promise<T> {
  return (await server.fetch(path)).json() as Promise<T>;
}

test('a visit goes from booked to finished, and its Appointment and Encounter say so at each step', async () => {
  const id = await makeAppointment(server, 'whole');
  const statuses = async () => {
    const [appointment, encounter] = await Promise.all([
      read<Appointment>(`Appointment/${id}`),
      read<Encounter>(`Encounter/${visit}`),
    ]);
    return [appointment.status, encounter.status];
  };
  const visit = await openVisit(server, id);
  expect(await openVisit(server, id)).toBe(visit);
  expect(await statuses()).toEqual(['booked', 'planned']);

  const patient = await enter(server, 'patient', visit);
  expect(await statuses()).toEqual(['arrived', 'arrived']);
  const hello = await patient.next('hello');
  expect(hello).toMatchObject({ self: { state: 'waiting', role: 'patient' }, media: null, peers: [] });

  const prepared = await ask(server, 'patient', `Encounter/${visit}/$video-join`, { prepared: true });
  expect(prepared.status).toBe(200);
  expect(await statuses()).toEqual(['checked-in', 'triaged']);

  const doctor = await enter(server, 'doctor', visit);
  const told = await doctor.next('hello');
  expect(told.media).toMatchObject({ provider: 'p2p' });
  expect(told.peers).toMatchObject([{ name: 'Vera Lind', birthDate: '1951-03-04', state: 'waiting', present: true }]);

  const admitted = await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, {
    participant: patient.id,
    confirmed: 'Vera Lind, 1951-03-04, patient',
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(200);
  const self = await patient.next('self', (one) => one.self.state === 'admitted');
  expect(self.media).toMatchObject({ provider: 'p2p' });
  expect(self.peers).toMatchObject([{ id: doctor.id, role: 'host', name: 'Dr Ana Sol', present: true }]);
  expect(await statuses()).toEqual(['checked-in', 'in-progress']);

  doctor.say({ type: 'desc', to: patient.id, description: { type: 'offer', sdp: 'v=0' } });
  expect(await patient.next('desc')).toMatchObject({ from: doctor.id, description: { sdp: 'v=0' } });
  patient.say({ type: 'chat', text: 'Good morning' });
  expect(await doctor.next('chat')).toMatchObject({ from: patient.id, text: 'Good morning' });

  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { action: 'hold' })).value('state')).toBe(
    'held',
  );
  expect(await statuses()).toEqual(['checked-in', 'onleave']);
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-admit`, { action: 'resume' })).value('state')).toBe(
    'live',
  );
  expect((await ask(server, 'doctor', `Encounter/${visit}/$video-end`)).value('state')).toBe('finished');
  expect(await statuses()).toEqual(['fulfilled', 'finished']);
  expect(await patient.closed).toBe(4403);
  expect(await doctor.closed).toBe(4403);

  const encounter = await read<Encounter>(`Encounter/${visit}`);
  expect(encounter.statusHistory?.map(({ status }) => status)).toEqual([
    'planned',
    'arrived',
    'triaged',
    'in-progress',
    'onleave',
    'in-progress',
    'finished',
  ]);
  expect(encounter.statusHistory?.every(({ period }) => period.start && period.end)).toBe(true);
  expect(encounter.period?.end).toBeDefined();
  expect(encounter.length).toMatchObject({ code: 'min' });
  expect(encounter.participant).toMatchObject([
    {
      individual: { reference: 'Practitioner/dr-ana' },
      period: { start: expect.any(String), end: expect.any(String) },
    },
  ]);
  const checked = await server.fetch('Encounter/$validate', { method: 'POST', body: JSON.stringify(encounter) });
  expect(JSON.stringify(await checked.json())).not.toMatch(/"severity":"error"/);
  const chat = await read<{ total: number }>(`Communication?encounter=Encounter/${visit}&_summary=count`);
  expect(chat.total).toBe(1);
});
