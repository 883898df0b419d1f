import { connected } from '../people/attendance.ts';
import { findParticipant } from '../people/participants.ts';
import { isOver, type VisitState } from '../session.ts';
import { type Client, close, send } from './client.ts';
import { beat } from './presence.ts';
import { type Parts, tellSelf, tellVisit } from './relayed.ts';
import type { Room } from './rooms.ts';
import { mediaFor } from './told.ts';

/** ms before their end by which credentials are given anew. */
const BEFORE = 50_000;

/** Asks everybody whether they are there; who said nothing since they were asked last is closed. */
export function askAll({ rooms }: Parts): void {
  for (const { clients } of rooms.values()) {
    for (const client of clients.values()) {
      if (client.socket.readyState !== client.socket.OPEN) continue;
      if (!client.heard) close(client, 'silent');
      client.heard = false;
      client.socket.ping();
    }
  }
}

/** Credentials for the media that end soon are given anew: a connection that breaks needs some that count. */
export async function renewMedia(parts: Parts): Promise<void> {
  const soon = parts.context.now() + BEFORE;
  for (const room of parts.rooms.values()) {
    for (const client of room.clients.values()) {
      if (client.mediaEnd === null || client.mediaEnd > soon) continue;
      const media = await mediaFor(parts, room.visit, client);
      if (media) send(client, { type: 'media', media });
    }
  }
}

/** What the database says of somebody is not what is known here: while it was away, or because a word of it was lost. */
async function settle(parts: Parts, node: string, room: Room, client: Client): Promise<void> {
  const { context } = parts;
  const { tenant, visit, id } = client.participant;
  const now = await findParticipant(context.database.byKey, tenant, visit, id);
  if (client.socket.readyState !== client.socket.OPEN || room.clients.get(id) !== client) return;
  if (now !== null && now.socket !== null && now.socket !== client.id) return close(client, 'replaced');
  if (now !== null && now.socket === null)
    await connected(context, room.visit, now, { id: client.id, node, address: client.address });
  await tellSelf(parts, room, client);
}

/** Of a visit that is over everybody is closed, though the word of it was lost. */
async function closeOver(parts: Parts, tenant: number, rooms: ReadonlySet<Room>): Promise<void> {
  const rows = await parts.context.database.query(
    'select id, state from video_visit where tenant = $1 and id = any($2)',
    [tenant, [...rooms].map(({ visit }) => visit.id)],
  );
  const states = new Map(rows.map(([id, state]) => [String(id), state as VisitState])); // as the table has them
  for (const room of rooms) {
    const state = states.get(room.visit.id);
    if (state === undefined || isOver(state)) await tellVisit(parts, room);
  }
}

/** Says to the database who is here, and hears from it where that is not so. */
export async function reportAll(parts: Parts, node: string): Promise<void> {
  const byTenant = new Map<number, { room: Room; client: Client }[]>();
  for (const room of parts.rooms.values()) {
    const { tenant } = room.visit;
    const here = byTenant.get(tenant) ?? [];
    byTenant.set(tenant, here);
    // Of who is just coming in the database is told by that.
    for (const client of room.clients.values()) if (client.written) here.push({ room, client });
  }
  for (const [tenant, here] of byTenant) {
    const others = await beat(
      parts.context,
      tenant,
      here.map(({ client }) => client),
    );
    for (const { room, client } of here) if (others.includes(client)) await settle(parts, node, room, client);
    await closeOver(parts, tenant, new Set(here.map(({ room }) => room)));
  }
}
