import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';

import { openNotifications } from '../../db/notifications.ts';
import type { Target } from '../../db/target.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { unavailable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { connected, disconnected } from '../people/attendance.ts';
import type { Entering } from '../people/join-token.ts';
import { isInside, isOut } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { presenceChanged } from '../recording/presence.ts';
import { channel } from '../relay.ts';
import { isOver } from '../session.ts';
import { findVisit } from '../visits/visit.ts';
import { type Client, close, createClient, greet, takes, takesDear } from './client.ts';
import { createEntry } from './entering.ts';
import { askAll, renewMedia, reportAll } from './look.ts';
import { type FromClient, protocol } from './messages.ts';
import { refuseUpgrade } from './refuse.ts';
import { catchUp, heard, type Parts } from './relayed.ts';
import { dropEmpty, ensureRoom, type Room } from './rooms.ts';
import { readSaid } from './said.ts';
import { handNear, refuse, say } from './saying.ts';
import { everybody, hello } from './told.ts';

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
  /** ms between two looks whether everybody is still there. */
  every?: number;
};

export type Signalling = {
  /** Answers who asks for a WebSocket of a visit, or refuses them. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, tenant: number): void;
  /** Sends everybody to another process, and takes nobody any more. */
  close(): Promise<void>;
};

/** Bytes of one message: a description of a connection is 10 kB at most. */
const LONGEST = 64 * 1024;
/** ms between two looks: browsers and proxies drop what is silent for a minute. */
const LOOK = 20_000;
/** ms that it may take to write down who was here, when the server ends. */
const FAREWELL = 8000;

const shutting = unavailable('This server ends; another has your visit');
const fails = unavailable('That cannot be done at the moment');

/** The sockets of visits, as long as this process runs. Of each visit any process may have some. */
export function createSignalling(
  context: FhirContext,
  providers: Providers,
  { origins, target, log, addressOf, every = LOOK }: SignallingOptions,
): Signalling {
  const node = randomUUID();
  const parts: Parts = { context, providers, rooms: new Map() };
  const { rooms } = parts;
  const enter = createEntry(context, origins);
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

  async function gone(room: Room, client: Client): Promise<void> {
    const { participant, id, address } = client;
    if (room.clients.get(participant.id) === client) room.clients.delete(participant.id);
    dropEmpty(rooms, room);
    await disconnected(context, room.visit, participant, { id, node, address }, client.left);
    if (isInside(participant)) await presenceChanged(context, room.visit, providers);
  }

  /** What was said, if it may be; who says too much is told, or closed. */
  function taken(client: Client, data: RawData, isBinary: boolean): FromClient | null {
    const text = String(data);
    const now = performance.now();
    if (!takes(client, text.length, now)) close(client, 'flooded');
    const said = isBinary ? null : readSaid(text);
    if (said === null) refuse(client, 'message', 'It is no message of sig.v1');
    if (said === null || takesDear(client, said, now)) return said;
    refuse(client, said.type, 'That is too much at once; wait a moment');
    return null;
  }

  function hear(room: Room, client: Client, data: RawData, isBinary: boolean): void {
    client.heard = true;
    const said = taken(client, data, isBinary);
    // Who is being closed is not listened to.
    if (said === null || client.socket.readyState !== client.socket.OPEN) return;
    if (client.early === null && handNear(room, client, said)) return;
    client.queue = client.queue
      .then(() => say(context, room, client, said))
      .catch((error) => {
        fault(error);
        refuse(client, said.type, 'That cannot be done at the moment');
      });
  }

  async function begin(room: Room, client: Client): Promise<void> {
    if (client.socket.readyState !== client.socket.OPEN) return;
    const { tenant, id } = room.visit;
    const socket = { id: client.id, node, address: client.address };
    const now = await connected(context, room.visit, client.participant, socket);
    client.written = true;
    const all = now && (await everybody(parts, client));
    const visit = await findVisit(context.database.byKey, tenant, 'id', id);
    if (visit) room.visit = visit;
    // While they came in, they may have been sent away, and everybody with them.
    const { socket: newest } = client.participant;
    if (all === null || visit === null || isOut(client.participant) || isOver(visit.state))
      return close(client, 'over');
    if (newest !== null && newest !== client.id) return close(client, 'replaced');
    greet(client, await hello(parts, room, client, all));
    if (isInside(client.participant)) await presenceChanged(context, room.visit, providers);
  }

  function open(socket: WebSocket, { visit, participant }: Entering, address: string): void {
    const client = createClient(socket, uuid7(context.now()), address, participant, performance.now());
    const room = ensureRoom(rooms, visit, context.now());
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
    // Behind the one before, or the database might know of that one last; what is said meanwhile is done behind it.
    client.queue = (before?.queue ?? Promise.resolve())
      .then(() => begin(room, client))
      .catch((error) => {
        fault(error);
        socket.close(1011);
      });
  }

  let isLooking = false;
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    await renewMedia(parts).catch(fault);
    await reportAll(parts, node).catch(fault);
    isLooking = false;
  }
  const looks = setInterval(() => {
    askAll(parts);
    void look();
  }, every);
  looks.unref();

  return {
    upgrade(incoming, socket, head, tenant) {
      if (closing) return refuseUpgrade(socket, shutting);
      const address = addressOf(incoming);
      enter(incoming, tenant, address).then(
        (entered) => {
          if (!entered.ok) return refuseUpgrade(socket, entered);
          if (closing) return refuseUpgrade(socket, shutting);
          if (socket.destroyed) return;
          server.handleUpgrade(incoming, socket, head, (opened) => open(opened, entered.value, address));
        },
        (error) => {
          fault(error);
          refuseUpgrade(socket, fails);
        },
      );
    },
    async close() {
      closing = true;
      clearInterval(looks);
      const all = [...rooms.values()].flatMap(({ clients }) => [...clients.values()]);
      const ended = all.map(
        ({ socket }) =>
          new Promise<void>((resolve) =>
            socket.readyState === socket.CLOSED ? resolve() : socket.once('close', () => resolve()),
          ),
      );
      for (const client of all) close(client, 'restarting');
      await Promise.all(ended);
      // When the database is away, others find out by themselves who is gone.
      const late = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL).unref());
      await Promise.race([Promise.all(all.map(({ queue }) => queue)), late]);
      await notifications.close();
    },
  };
}
