import type { Visit } from '../visits/visit.ts';
import type { Client, Shown } from './client.ts';

/** The sockets of one visit in this process. */
export type Room = {
  visit: Visit;
  /** By the ids of participants. */
  readonly clients: Map<string, Client>;
  /** What those who are in it show, here or elsewhere. */
  readonly shown: Map<string, Shown>;
  /** What is told from elsewhere is handed on one after the other. */
  queue: Promise<void>;
  /** The ids of the messages that have been handed on lately: none is twice. */
  readonly told: Set<string>;
  /** When the last of them came; ms since 1970. */
  heardAt: number;
};

export type Rooms = Map<string, Room>;

/** Ids that are remembered of a room. */
const REMEMBERED = 500;

const keyOf = (tenant: number, visit: string): string => `${tenant}/${visit}`;

export const roomOf = (rooms: Rooms, tenant: number, visit: string): Room | undefined =>
  rooms.get(keyOf(tenant, visit));

/** The room of a visit, made where there is none. @param now ms since 1970 */
export function ensureRoom(rooms: Rooms, visit: Visit, now: number): Room {
  const key = keyOf(visit.tenant, visit.id);
  const known = rooms.get(key);
  if (known) return known;
  const room: Room = {
    visit,
    clients: new Map(),
    shown: new Map(),
    queue: Promise.resolve(),
    told: new Set(),
    heardAt: now,
  };
  rooms.set(key, room);
  return room;
}

export function dropEmpty(rooms: Rooms, room: Room): void {
  const key = keyOf(room.visit.tenant, room.visit.id);
  if (room.clients.size === 0 && rooms.get(key) === room) rooms.delete(key);
}

/** @returns false: it was handed on before */
export function remember({ told }: Room, id: string): boolean {
  if (told.has(id)) return false;
  told.add(id);
  if (told.size > REMEMBERED) for (const old of [...told].slice(0, REMEMBERED / 2)) told.delete(old);
  return true;
}
