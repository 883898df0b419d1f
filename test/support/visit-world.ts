import type { Parameters, Resource } from '@medplum/fhirtypes';
import { WebSocket } from 'ws';

import type { FromClient, FromServer } from '../../src/video/signalling/messages.ts';
import type { Server } from './server.ts';

const MINUTE = 60_000;

/** Who is who in these visits. */
export const people = {
  patient: 'Patient/vera',
  doctor: 'Practitioner/dr-ana',
  other: 'Practitioner/dr-bo',
  stranger: 'Patient/stan',
  mother: 'RelatedPerson/mother',
} as const;

export type Person = keyof typeof people;

async function put(server: Server, resource: Resource & { id: string }): Promise<void> {
  const answer = await server.fetch(`${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    body: JSON.stringify(resource),
  });
  if (!answer.ok) throw new Error(`${resource.resourceType}: ${await answer.text()}`);
}

/** A patient, who treats her, who does not, and somebody else's record. */
export async function makePeople(server: Server): Promise<void> {
  await put(server, {
    resourceType: 'Patient',
    id: 'vera',
    name: [{ given: ['Vera'], family: 'Lind' }],
    birthDate: '1951-03-04',
  });
  await put(server, { resourceType: 'Patient', id: 'stan', name: [{ given: ['Stan'], family: 'Oak' }] });
  await put(server, {
    resourceType: 'Practitioner',
    id: 'dr-ana',
    name: [{ prefix: ['Dr'], given: ['Ana'], family: 'Sol' }],
  });
  await put(server, {
    resourceType: 'Practitioner',
    id: 'dr-bo',
    name: [{ prefix: ['Dr'], given: ['Bo'], family: 'Lee' }],
  });
  await put(server, {
    resourceType: 'RelatedPerson',
    id: 'mother',
    patient: { reference: 'Patient/vera' },
    active: true,
    name: [{ given: ['Mia'], family: 'Lind' }],
  });
}

/** A token of one of them, as a person who is signed in has it. */
export function tokenOf(server: Server, who: Person): Promise<string> {
  const fhirUser = people[who];
  if (fhirUser.startsWith('Practitioner/')) return server.token('user/*.cruds', { fhirUser, subject: who });
  const patient = who === 'mother' ? 'vera' : fhirUser.slice('Patient/'.length);
  const actor = who === 'mother' ? 'proxy' : 'self';
  return server.token('patient/*.cruds', { fhirUser, patient, subject: who, actor });
}

export type Answer = { status: number; body: Parameters; value(name: string): string };

/** Asks for an operation: `Encounter/1/$video-join`. */
export async function ask(
  server: Server,
  who: Person,
  path: string,
  parameters: Record<string, string | boolean | number> = {},
): Promise<Answer> {
  const parameter = Object.entries(parameters).map(([name, value]) =>
    typeof value === 'boolean'
      ? { name, valueBoolean: value }
      : typeof value === 'number'
        ? { name, valueInteger: value }
        : { name, valueString: value },
  );
  const answer = await server.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(server, who)}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  const body = (await answer.json()) as Parameters; // or an OperationOutcome, which has no parameter
  const value = (name: string): string => {
    const found = body.parameter?.find((one) => one.name === name);
    return String(
      found?.valueString ??
        found?.valueCode ??
        found?.valueUrl ??
        found?.valueInstant ??
        found?.valueReference?.reference ??
        '',
    );
  };
  return { status: answer.status, body, value };
}

/** An Appointment by video; its start is in so many minutes. @returns its id */
export async function makeAppointment(server: Server, id: string, inMinutes = 0): Promise<string> {
  const start = Date.now() + inMinutes * MINUTE;
  await put(server, {
    resourceType: 'Appointment',
    id,
    status: 'booked',
    start: new Date(start).toISOString(),
    end: new Date(start + 30 * MINUTE).toISOString(),
    participant: [
      { actor: { reference: people.patient }, status: 'accepted' },
      { actor: { reference: people.doctor }, status: 'accepted' },
    ],
  });
  return id;
}

/** A visit that is opened. @returns the id of its Encounter */
export async function openVisit(server: Server, appointment: string): Promise<string> {
  const opened = await ask(server, 'doctor', `Appointment/${appointment}/$video-open`);
  if (opened.status !== 200) throw new Error(JSON.stringify(opened.body));
  return opened.value('encounter').slice('Encounter/'.length);
}

/** A socket of somebody, and what was said to it. */
export type Socket = {
  ws: WebSocket;
  heard: FromServer[];
  say(message: FromClient): void;
  /** Waits for a message, of those that have come as well. */
  next<T extends FromServer['type']>(
    type: T,
    is?: (one: Extract<FromServer, { type: T }>) => boolean,
  ): Promise<Extract<FromServer, { type: T }>>;
  /** The code that it is closed with. */
  closed: Promise<number>;
};

const PATIENCE = 10_000;

/** @returns the socket once it is open; rejects with the status where it is refused */
export function openSocket(url: string, token: string, options: object = {}): Promise<Socket> {
  const ws = new WebSocket(url, ['sig.v1', `join.${token}`], options);
  const heard: FromServer[] = [];
  const waiting = new Set<() => void>();
  ws.on('message', (data) => {
    heard.push(JSON.parse(String(data)) as FromServer);
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => ws.once('close', (code) => resolve(code)));
  const socket: Socket = {
    ws,
    heard,
    closed,
    say: (message) => ws.send(JSON.stringify(message)),
    next: (type, is = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = heard.find((one) => one.type === type && is(one as never));
          if (!found) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(found as never); // of the type that was asked for
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no ${type} came; what came: ${heard.map((one) => one.type).join(', ')}`));
        }, PATIENCE);
        waiting.add(look);
        look();
      }),
  };
  return new Promise((resolve, reject) => {
    ws.once('open', () => resolve(socket));
    ws.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
    ws.once('error', reject);
  });
}

/** Joins, and opens a socket. */
export async function enter(server: Server, who: Person, encounter: string): Promise<Socket & { id: string }> {
  const joined = await ask(server, who, `Encounter/${encounter}/$video-join`);
  if (joined.status !== 200) throw new Error(JSON.stringify(joined.body));
  const socket = await openSocket(joined.value('socket'), joined.value('token'));
  return Object.assign(socket, { id: joined.value('participant') });
}
