import type { Visit } from '../visits/visit.ts';
import type { Client } from './client.ts';

/** The sockets of one visit in this process. */
export type Room = {
  visit: Visit;
  /** By the ids of participants. */
  readonly clients: Map<string, Client>;
  /** What is told from elsewhere is handed on one after the other. */
  queue: Promise<void>;
  /** The ids of the messages that have been handed on lately: none is twice. */
  readonly told: Set<string>;
  /** The greatest of them. */
  last: string;
};

export type Rooms = Map<string, Room>;

const keyOf = (tenant: number, visit: string): string => `${tenant}/${visit}`;

export const roomOf = (rooms: Rooms, tenant: number, visit: string): Room | undefined =>
  rooms.get(keyOf(tenant, visit));

/** The room of a visit, made where there is none. @param last the id before which nothing is told */
export function ensureRoom(rooms: Rooms, visit: Visit, last: string): Room {
  const key = keyOf(visit.tenant, visit.id);
  const known = rooms.get(key);
  if (known) return known;
  const room: Room = { visit, clients: new Map(), queue: Promise.resolve(), told: new Set(), last };
  rooms.set(key, room);
  return room;
}

export function dropEmpty(rooms: Rooms, room: Room): void {
  if (room.clients.size === 0) rooms.delete(keyOf(room.visit.tenant, room.visit.id));
}
