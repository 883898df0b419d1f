import type { WebSocket } from 'ws';

import type { Participant } from '../people/participants.ts';
import { closes, type FromServer } from './messages.ts';

/** Bytes that may wait for a slow reader: an hour of what is said, and no more than that. */
const BACKLOG = 1_000_000;

/** What is said within a second, and at once: connecting to three others takes some hundred messages. */
const RATE = 60;
const BURST = 400;

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
  shown: Shown | null;
  /** Whether something was heard since the last look. */
  heard: boolean;
  /** Whether they have gone by themselves. */
  left: boolean;
  tokens: number;
  refilled: number;
  /** What they have said is done one after the other. */
  queue: Promise<void>;
};

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
  shown: null,
  heard: true,
  left: false,
  tokens: BURST,
  refilled: now,
  queue: Promise.resolve(),
});

/** Whether one message more may be taken. @param now ms */
export function takes(client: Client, now: number): boolean {
  client.tokens = Math.min(BURST, client.tokens + ((now - client.refilled) / 1000) * RATE);
  client.refilled = now;
  if (client.tokens < 1) return false;
  client.tokens -= 1;
  return true;
}

export function sendText(client: Client, text: string): void {
  const { socket } = client;
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > BACKLOG) {
    socket.terminate();
    return;
  }
  socket.send(text);
}

export const send = (client: Client, message: FromServer): void => sendText(client, JSON.stringify(message));

export function close({ socket }: Client, why: keyof typeof closes): void {
  socket.close(closes[why], why);
}
