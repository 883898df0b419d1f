import type { Appointment, Bundle, OperationOutcome, Resource, Slot } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readVirtualService } from '../../src/fhir/virtual-service.ts';
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
