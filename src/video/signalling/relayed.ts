import type { FhirContext } from '../../fhir/context.ts';
import { findParticipant, isInside, isOut, peerOf } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { publish } from '../relay.ts';
import { isOver } from '../session.ts';
import { findVisit } from '../visits/visit.ts';
import { type Client, close, send } from './client.ts';
import type { FromServer, Peer } from './messages.ts';
import { type Room, type Rooms, remember, roomOf } from './rooms.ts';
import { changedSelf, changedVisit, toldPeer } from './told.ts';

export type Parts = { context: FhirContext; providers: Providers; rooms: Rooms };

/** ms by which clocks of servers may differ, and that a transaction may take: so far is looked back for what was missed. */
const SKEW = 20_000;

/** Whether somebody of this process has a newer socket elsewhere: then the one here is closed. */
async function evict({ context }: Parts, room: Room, id: string): Promise<void> {
  const client = room.clients.get(id);
  // The database may still know of the one before.
  if (!client?.written) return;
  const { tenant, visit } = client.participant;
  const now = await findParticipant(context.database.byKey, tenant, visit, id);
  if (now !== null && now.socket !== null && now.socket !== client.id) close(client, 'replaced');
}

/** Tells somebody how they stand by now; who was sent away, or is of the visit no more, is closed. */
export async function tellSelf(parts: Parts, room: Room, client: Client): Promise<void> {
  const told = await changedSelf(parts, room, client);
  if (told) send(client, told);
  if (told !== null && !isOut(client.participant)) return;
  close(client, 'over');
  // Of whom nobody else has told what carries the media.
  await parts.providers.get(room.visit.provider)?.remove(room.visit, client.participant.id);
}

/** Tells everybody how the visit stands by now; when it is over, all are closed. */
export async function tellVisit(parts: Parts, room: Room): Promise<void> {
  const now = await findVisit(parts.context.database.byKey, room.visit.tenant, 'id', room.visit.id);
  if (now) room.visit = now;
  for (const client of room.clients.values()) {
    send(client, await changedVisit(parts, room, client));
    if (now === null || isOver(room.visit.state)) close(client, 'over');
  }
}

export function tellPeer(room: Room, peer: Peer, target: string | null = null): void {
  const { audio, video, sharing } = peer;
  if (audio !== undefined && video !== undefined && sharing !== undefined)
    room.shown.set(peer.id, { audio, video, sharing });
  if (!peer.present) room.shown.delete(peer.id);
  for (const client of room.clients.values()) {
    if (target !== null && target !== client.participant.id) continue;
    const told = toldPeer(client, peer);
    if (told) send(client, told);
  }
}

/** Somebody came elsewhere: what those here show, they have not heard. */
async function showTo({ context }: Parts, room: Room, newcomer: Peer): Promise<void> {
  if (!isInside(newcomer) || !newcomer.present || newcomer.audio !== undefined) return;
  if (room.clients.has(newcomer.id)) return;
  const { tenant, id: visit } = room.visit;
  for (const { participant } of room.clients.values()) {
    const shown = room.shown.get(participant.id);
    if (!shown || !isInside(participant)) continue;
    const peer = { ...peerOf(participant, true), present: true, ...shown };
    const body = { type: 'peer', peer } as const;
    await publish(context.database.byKey, { tenant, visit, target: newcomer.id, body }, context.now());
  }
}

/** Whether what others say is for somebody: for who is in; that they are recorded, for who is on hold as well. */
const isFor = ({ participant }: Client, { type }: FromServer): boolean =>
  participant.state === 'admitted' || (type === 'recording' && isInside(participant));

/** Hands on what was sent to a visit, to those of its sockets that are here. */
async function deliver(parts: Parts, room: Room, target: string | null, body: FromServer): Promise<void> {
  if (body.type === 'visit') return tellVisit(parts, room);
  if (body.type === 'self') {
    const client = target === null ? undefined : room.clients.get(target);
    return client && tellSelf(parts, room, client);
  }
  if (body.type === 'peer') {
    await evict(parts, room, body.peer.id);
    tellPeer(room, body.peer, target);
    return showTo(parts, room, body.peer);
  }
  for (const client of room.clients.values()) {
    if ((target === null || target === client.participant.id) && isFor(client, body)) send(client, body);
  }
}

type Sent = readonly [id: unknown, target: unknown, body: unknown];

async function deliverAll(parts: Parts, room: Room, rows: readonly Sent[]): Promise<void> {
  for (const [id, target, body] of rows) {
    if (!remember(room, String(id))) continue;
    room.heardAt = parts.context.now();
    // What is kept was made by publish.
    await deliver(parts, room, target === null ? null : String(target), JSON.parse(String(body)) as FromServer);
  }
}

function behind({ context }: Parts, room: Room, work: () => Promise<void>): void {
  room.queue = room.queue.then(work).catch((error) => context.onFault?.(error));
}

/** Takes the payload of a NOTIFY: `tenant/visit/id`. */
export function heard(parts: Parts, payload: string): void {
  const [tenant = '', visit = '', id = ''] = payload.split('/');
  const room = roomOf(parts.rooms, Number(tenant), visit);
  if (!room || room.clients.size === 0 || room.told.has(id)) return;
  behind(parts, room, async () => {
    const text = 'select id, target, body from video_message where tenant = $1 and id = $2';
    const rows = await parts.context.database.byKey.query(text, [Number(tenant), id]);
    await deliverAll(parts, room, rows as unknown as Sent[]); // as the select list says
  });
}

/**
 * Hands on what was sent while nothing was heard, and tells everybody how things stand: what was sent longer ago than it is kept
 * is in that.
 */
export function catchUp(parts: Parts): void {
  for (const room of parts.rooms.values()) {
    const { tenant, id } = room.visit;
    behind(parts, room, async () => {
      const text = `select id, target, body from video_message
        where tenant = $1 and visit = $2 and created_at > $3 order by id limit 1000`;
      const since = new Date(room.heardAt - SKEW);
      const rows = await parts.context.database.query(text, [tenant, id, since]);
      await deliverAll(parts, room, rows as unknown as Sent[]); // as the select list says
      for (const client of room.clients.values()) {
        await evict(parts, room, client.participant.id);
        await tellSelf(parts, room, client);
      }
      await tellVisit(parts, room);
    });
  }
}
