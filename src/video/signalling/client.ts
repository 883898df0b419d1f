import type { WebSocket } from 'ws';

import type { Participant } from '../people/participants.ts';
import { type Bucket, fullBucket, type Rate, takeFrom } from './bucket.ts';
import { closes, type FromClient, type FromServer } from './messages.ts';

/** Bytes that may wait for a slow reader: some hundred descriptions of connections. */
const BACKLOG = 1_000_000;
/** Messages that are kept for somebody who has not been greeted yet. */
const EARLY = 500;
/** ms that somebody has to answer that they are closed. */
const FAREWELL = 2000;

/** Connecting to three others takes some hundred messages. What is long counts for more: 64 KiB for 17. */
const anything: Rate = { perSecond: 60, most: 400 };
const BYTES = 4096;
/** What costs others more than a message: chat is kept, and what one shows goes to everybody. */
const dear: Readonly<Record<'chat' | 'status', Rate>> = {
  chat: { perSecond: 1, most: 15 },
  status: { perSecond: 2, most: 30 },
};

export type Shown = { audio: boolean; video: boolean; sharing: boolean };

/** A socket of somebody in this process. */
export type Client = {
  readonly socket: WebSocket;
  /** Names the socket. */
  readonly id: string;
  readonly address: string;
  participant: Participant;
  /** Whether nobody may learn their address. */
  relayOnly: boolean;
  /** When their credentials for the media end, ms since 1970; null: they do not, or there are none. */
  mediaEnd: number | null;
  /** The ids of those whom they were told of. */
  readonly known: Set<string>;
  /** Whether the database was told of this socket. */
  written: boolean;
  /** What waits until they have been greeted; null: they have. */
  early: string[] | null;
  /** Whether something was heard since the last look. */
  heard: boolean;
  /** Whether they have gone by themselves. */
  left: boolean;
  /** What they have said is done one after the other. */
  queue: Promise<void>;
  readonly buckets: { all: Bucket; chat: Bucket; status: Bucket };
};

/** @param now ms of a clock that does not go back, as for takes and takesDear */
export const createClient = (
  socket: WebSocket,
  id: string,
  address: string,
  participant: Participant,
  now: number,
): Client => ({
  socket,
  id,
  address,
  participant,
  relayOnly: false,
  mediaEnd: null,
  known: new Set(),
  written: false,
  early: [],
  heard: true,
  left: false,
  queue: Promise.resolve(),
  buckets: { all: fullBucket(anything, now), chat: fullBucket(dear.chat, now), status: fullBucket(dear.status, now) },
});

/** Whether one message more may be taken, of so many bytes. */
export const takes = ({ buckets }: Client, bytes: number, now: number): boolean =>
  takeFrom(buckets.all, anything, now, 1 + Math.floor(bytes / BYTES));

/** Whether this one may be, as far as it costs others more. */
export const takesDear = ({ buckets }: Client, { type }: FromClient, now: number): boolean =>
  (type !== 'chat' && type !== 'status') || takeFrom(buckets[type], dear[type], now);

export function close({ socket }: Client, why: keyof typeof closes): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.close(closes[why], why);
  // Who does not answer, or does not read, is not waited for.
  setTimeout(() => socket.terminate(), FAREWELL).unref();
}

export function send(client: Client, message: FromServer): void {
  const { socket, early } = client;
  if (socket.readyState !== socket.OPEN) return;
  const text = JSON.stringify(message);
  if (early !== null) {
    if (early.length < EARLY) early.push(text);
    return;
  }
  if (socket.bufferedAmount > BACKLOG) close(client, 'flooded');
  else socket.send(text);
}

/** Says the first words, and what has waited for them. */
export function greet(client: Client, hello: FromServer): void {
  const early = client.early ?? [];
  client.early = null;
  send(client, hello);
  for (const text of early) if (client.socket.readyState === client.socket.OPEN) client.socket.send(text);
}
