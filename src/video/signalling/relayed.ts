import type { FhirContext } from '../../fhir/context.ts';
import { findParticipant, isInside } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { isOver } from '../session.ts';
import { findVisit } from '../visits/visit.ts';
import { close, send } from './client.ts';
import type { FromServer } from './messages.ts';
import { type Room, type Rooms, roomOf } from './rooms.ts';
import { changedSelf, changedVisit, toldPeer } from './told.ts';

type Parts = { context: FhirContext; providers: Providers; rooms: Rooms };

/** Ids that are remembered of a room. */
const REMEMBERED = 2000;

/** Whether somebody of this process has a newer socket elsewhere: then the one here is closed. */
async function evict({ context }: Parts, room: Room, id: string): Promise<void> {
  const client = room.clients.get(id);
  if (!client) return;
  const now = await findParticipant(context.database.byKey, client.participant.tenant, client.participant.visit, id);
  if (now === null) return;
  client.participant = { ...now, socket: client.id };
  if (now.socket !== null && now.socket !== client.id) close(client, 'replaced');
}

async function tellSelf(parts: Parts, room: Room, id: string): Promise<void> {
  const client = room.clients.get(id);
  if (!client) return;
  const told = await changedSelf(parts, room, client);
  if (told) send(client, told);
  if (client.participant.state === 'denied' || client.participant.state === 'removed') close(client, 'over');
}

async function tellVisit(parts: Parts, room: Room): Promise<void> {
  const now = await findVisit(parts.context.database, room.visit.tenant, 'id', room.visit.id);
  if (now) room.visit = now;
  for (const client of room.clients.values()) {
    send(client, await changedVisit(parts, room, client));
    if (isOver(room.visit.state)) close(client, 'over');
  }
}

/** Hands on what was sent to a visit, to those of its sockets that are here. */
async function deliver(parts: Parts, room: Room, target: string | null, body: FromServer): Promise<void> {
  if (body.type === 'visit') return tellVisit(parts, room);
  if (body.type === 'self') return target === null ? undefined : tellSelf(parts, room, target);
  if (body.type === 'peer') {
    await evict(parts, room, body.peer.id);
    for (const client of room.clients.values()) {
      const told = toldPeer(client.participant, body.peer);
      if (told) send(client, told);
    }
    return;
  }
  if (target !== null) {
    const client = room.clients.get(target);
    if (client && isInside(client.participant)) send(client, body);
    return;
  }
  for (const client of room.clients.values()) if (isInside(client.participant)) send(client, body);
}

type Sent = { id: string; target: string | null; body: string };

async function deliverOnce(parts: Parts, room: Room, { id, target, body }: Sent): Promise<void> {
  if (room.told.has(id)) return;
  room.told.add(id);
  if (id > room.last) room.last = id;
  if (room.told.size > REMEMBERED) for (const old of [...room.told].slice(0, REMEMBERED / 2)) room.told.delete(old);
  // What is kept was made by publish.
  await deliver(parts, room, target, JSON.parse(body) as FromServer);
}

/** Takes the payload of a NOTIFY: `tenant/visit/id`. */
export function heard(parts: Parts, payload: string): void {
  const [tenant = '', visit = '', id = ''] = payload.split('/');
  const room = roomOf(parts.rooms, Number(tenant), visit);
  if (!room || room.clients.size === 0) return;
  const { context } = parts;
  room.queue = room.queue
    .then(async () => {
      const rows = await context.database.byKey.query(
        'select target, body from video_message where tenant = $1 and id = $2',
        [Number(tenant), id],
      );
      for (const [target, body] of rows)
        await deliverOnce(parts, room, { id, target: target as string | null, body: String(body) });
    })
    .catch((error) => context.onFault?.(error));
}

/** Hands on what was sent while nothing was heard. */
export function catchUp(parts: Parts): void {
  const { context, rooms } = parts;
  for (const room of rooms.values()) {
    room.queue = room.queue
      .then(async () => {
        const rows = await context.database.query(
          'select id, target, body from video_message where tenant = $1 and visit = $2 and id > $3 order by id limit 1000',
          [room.visit.tenant, room.visit.id, room.last],
        );
        for (const [id, target, body] of rows)
          await deliverOnce(parts, room, { id: String(id), target: target as string | null, body: String(body) });
      })
      .catch((error) => context.onFault?.(error));
  }
}
