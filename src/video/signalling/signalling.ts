import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';

import { openNotifications } from '../../db/notifications.ts';
import type { Target } from '../../db/target.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, invalid, type Result, unavailable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { connected, disconnected } from '../people/attendance.ts';
import { consumeJoinToken, type Entering } from '../people/join-token.ts';
import { limited } from '../people/limit.ts';
import { isInside } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { presenceChanged } from '../recording/presence.ts';
import { channel } from '../relay.ts';
import { type Client, close, createClient, send, takes } from './client.ts';
import { protocol } from './messages.ts';
import { refuseUpgrade } from './refuse.ts';
import { catchUp, heard } from './relayed.ts';
import { dropEmpty, ensureRoom, type Room, type Rooms } from './rooms.ts';
import { readSaid } from './said.ts';
import { say } from './saying.ts';
import { hello } from './told.ts';

/** A fault of ours, or something an operator wants to know of; never what was said, nor a token. */
export type Log = { warn(about: object, text: string): void; error(about: object, text: string): void };

export type SignallingOptions = {
  /** Where pages may come from that open sockets here: `https://host`. */
  origins: readonly string[];
  /** The database again: what is told by it is heard on a connection of its own. */
  target: Target;
  log: Log;
  /** Whose address a request is from, behind a proxy as well. */
  addressOf(incoming: IncomingMessage): string;
};

export type Signalling = {
  /** Answers who asks for a WebSocket of a visit, or refuses them. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, tenant: number): void;
  /** Sends everybody to another process, and takes nobody any more. */
  close(): Promise<void>;
};

/** Bytes of one message: a description of a connection is 10 kB at most. */
const LONGEST = 64 * 1024;
/** ms between two looks whether somebody is still there. */
const LOOK = 20_000;
/** Sockets that are opened from one address within a minute: a clinic has one address. */
const MOST = 300;

const shutting = unavailable('This server ends; another has your visit');

/** The token that came as a sub-protocol: `sig.v1, join.<jwt>`. In an address it would be in logs. */
function tokenOf({ headers }: IncomingMessage): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const join = offered.find((one) => one.startsWith('join.'));
  return offered.includes(protocol) && join !== undefined ? join.slice('join.'.length) : null;
}

export function createSignalling(
  context: FhirContext,
  providers: Providers,
  { origins, target, log, addressOf }: SignallingOptions,
): Signalling {
  const node = randomUUID();
  const rooms: Rooms = new Map();
  const parts = { context, providers, rooms };
  let closing = false;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST,
    perMessageDeflate: false,
    clientTracking: false,
    // The token is never sent back.
    handleProtocols: () => protocol,
  });
  const notifications = openNotifications(target, {
    channel,
    told: (payload) => heard(parts, payload),
    listens: () => catchUp(parts),
  });
  const fault = (error: unknown): void => log.error({ err: error }, 'a visit met a fault of ours');

  /** A browser says where its page is from. Other programs say nothing, and have no cookies that a page could make use of. */
  const isFromUs = ({ headers }: IncomingMessage): boolean =>
    headers.origin === undefined ? headers.cookie === undefined : origins.includes(headers.origin);

  async function entering(incoming: IncomingMessage, tenant: number): Promise<Result<Entering>> {
    if (closing) return shutting;
    if (!isFromUs(incoming)) return forbidden('A page of another site opens no socket here');
    const token = tokenOf(incoming);
    if (token === null) return invalid(`The sub-protocols must be ${protocol} and join.[token of $video-join]`);
    const tooMany = await limited(context, tenant, `sockets ${addressOf(incoming)}`, MOST);
    return tooMany ?? consumeJoinToken(context, tenant, token);
  }

  async function gone(room: Room, client: Client): Promise<void> {
    const { participant, id, address } = client;
    if (room.clients.get(participant.id) === client) room.clients.delete(participant.id);
    dropEmpty(rooms, room);
    await disconnected(context, room.visit, participant, { id, node, address }, client.left);
    if (isInside(participant)) await presenceChanged(context, room.visit, providers);
  }

  function hear(room: Room, client: Client, data: RawData, isBinary: boolean): void {
    client.heard = true;
    if (!takes(client, performance.now())) {
      close(client, 'flooded');
      return;
    }
    const said = isBinary ? null : readSaid(String(data));
    if (said === null) send(client, { type: 'refused', about: 'message', why: 'It is no message of sig.v1' });
    else client.queue = client.queue.then(() => say(context, room, client, said)).catch(fault);
  }

  async function open(socket: WebSocket, { visit, participant }: Entering, address: string): Promise<void> {
    const id = uuid7(context.now());
    const client = createClient(socket, id, address, participant, performance.now());
    const room = ensureRoom(rooms, visit, id);
    const before = room.clients.get(participant.id);
    room.clients.set(participant.id, client);
    if (before) close(before, 'replaced');
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => {
      client.heard = true;
    });
    socket.on('close', () => {
      client.queue = client.queue.then(() => gone(room, client)).catch(fault);
    });
    socket.on('message', (data, isBinary) => hear(room, client, data, isBinary));
    // What is said meanwhile is done behind it.
    client.queue = client.queue
      .then(async () => {
        const now = await connected(context, visit, participant, { id, node, address });
        if (now) client.participant = now;
        send(client, await hello(parts, room, client));
        if (isInside(client.participant)) await presenceChanged(context, visit, providers);
      })
      .catch((error) => {
        fault(error);
        socket.close(1011);
      });
    await client.queue;
  }

  const look = setInterval(() => {
    for (const room of rooms.values()) {
      for (const client of room.clients.values()) {
        if (!client.heard) {
          close(client, 'silent');
          client.socket.terminate();
        }
        client.heard = false;
        if (client.socket.readyState === client.socket.OPEN) client.socket.ping();
      }
    }
  }, LOOK);
  look.unref();

  return {
    upgrade(incoming, socket, head, tenant) {
      entering(incoming, tenant).then(
        (entered) => {
          if (!entered.ok) return refuseUpgrade(socket, entered);
          if (socket.destroyed) return;
          const address = addressOf(incoming);
          server.handleUpgrade(incoming, socket, head, (opened) => void open(opened, entered.value, address));
        },
        (error) => {
          fault(error);
          refuseUpgrade(socket, unavailable('That cannot be done at the moment'));
        },
      );
    },
    async close() {
      closing = true;
      clearInterval(look);
      const all = [...rooms.values()].flatMap(({ clients }) => [...clients.values()]);
      for (const client of all) close(client, 'restarting');
      // Who does not answer is not waited for.
      const cut = setTimeout(() => {
        for (const { socket } of all) socket.terminate();
      }, 1000);
      const ended = ({ socket }: Client): Promise<void> =>
        new Promise((resolve) =>
          socket.readyState === socket.CLOSED ? resolve() : socket.once('close', () => resolve()),
        );
      await Promise.all(all.map(ended));
      clearTimeout(cut);
      await Promise.all(all.map(({ queue }) => queue));
      await notifications.close();
    },
  };
}
