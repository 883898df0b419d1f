import { join } from 'node:path';
import { WebSocket } from 'ws';

import type { FhirContext } from '../../src/fhir/context.ts';
import { deriveKey, openSecret } from '../../src/smart/secret.ts';
import { issueJoinToken } from '../../src/video/people/join-token.ts';
import type { Participant } from '../../src/video/people/participants.ts';
import type { Visit } from '../../src/video/visits/visit.ts';
import type { Server } from '../run/server.ts';

/** Who is in a visit that the bench has made: who treats, and the patient. */
export type Place = { visit: string; participant: string; role: 'host' | 'patient' };

/** Sockets that are opened from one address: more within a minute are refused. */
const PER_ADDRESS = 200;
/** Sockets that were opened so far. */
let used = 0;
/** Sockets that are being opened at once. */
const AT_ONCE = 50;

async function makeEncounters({ port, token }: Server, ids: readonly string[]): Promise<void> {
  const entry = ids.map((id) => ({
    request: { method: 'PUT', url: `Encounter/${id}` },
    resource: {
      resourceType: 'Encounter',
      id,
      status: 'in-progress',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
      subject: { reference: 'Patient/bench-visits' },
    },
  }));
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/R4`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/**
 * Visits that are under way, and in each who treats and the patient, both let in.
 *
 * @param joined whether they have been there before: then the Encounter is not written when they come
 */
export async function makeVisits(server: Server, name: string, count: number, joined: boolean): Promise<Place[]> {
  const ids = Array.from({ length: count }, (_, n) => `bench-${name}-${n}`);
  for (let at = 0; at < count && !joined; at += 1000) await makeEncounters(server, ids.slice(at, at + 1000));
  const { sql } = server;
  await sql`insert into video_visit (tenant, id, encounter, patient, room, provider, state, starts_at, ends_at, hard_stop, created_at)
    select 1, id, id, 'bench-visits', id, 'p2p', 'live', now(), now() + interval '1 hour', now() + interval '2 hours', now()
    from unnest(${ids}::text[]) as id`;
  await sql`insert into video_participant (tenant, visit, id, reference, role, name, state, admitted_at, joined_at)
    select 1, id, id || '-' || role, case role when 'host' then 'Practitioner/bench' else 'Patient/bench-visits' end,
      role, role, 'admitted', now(), case when ${joined} then now() end
    from unnest(${ids}::text[]) as id, unnest(array['host', 'patient']) as role`;
  await sql`analyze video_visit, video_participant`;
  return ids.flatMap((visit) =>
    (['host', 'patient'] as const).map((role) => ({ visit, participant: `${visit}-${role}`, role })),
  );
}

export type Opened = Place & { socket: WebSocket };

/** Opens a socket for each, and waits until it has been greeted. */
export async function openSockets(server: Server, places: readonly Place[]): Promise<Opened[]> {
  const secret = openSecret(null, join(server.folder, 'secret'));
  const settings = {
    keyOf: (use: string) => deriveKey(secret, use),
    baseOf: () => `http://127.0.0.1:${server.port}/fhir/R4`,
  };
  // What makes a token of it reads no more than this.
  const context = { settings, now: Date.now } as unknown as FhirContext;

  async function open(place: Place): Promise<Opened> {
    const visit = { tenant: 1, id: place.visit, epoch: 0, hardStop: Date.now() + 3_600_000 } as Visit; // likewise
    const one = { id: place.participant, role: place.role } as Participant; // likewise
    const token = await issueJoinToken(context, visit, one);
    const group = Math.floor(used++ / PER_ADDRESS);
    const localAddress = `127.9.${group >> 7}.${1 + (group & 127)}`;
    const url = `ws://127.0.0.1:${server.port}/video/signal`;
    const socket = new WebSocket(url, ['sig.v1', `join.${token}`], { localAddress, perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('message', () => resolve());
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`A socket was closed with ${code}`)));
    });
    return { ...place, socket };
  }

  const opened: Opened[] = [];
  for (let at = 0; at < places.length; at += AT_ONCE)
    opened.push(...(await Promise.all(places.slice(at, at + AT_ONCE).map(open))));
  return opened;
}
