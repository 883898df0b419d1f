import type { closes, FromClient, FromServer, protocol } from '../signalling/messages.ts';
import type { Asked } from './room.ts';
import type { RoomState } from './room-state.ts';

export type LineOptions = {
  ask: () => Promise<Asked>;
  makeSocket: (url: string, protocols: string[]) => WebSocket;
  take: (message: FromServer) => void;
  changed: (line: RoomState['line']) => void;
  /** There is nothing to come back to, and no more is tried; `refused`: `ask` said so. */
  ended: (why: 'over' | 'replaced' | { refused: string; from?: string }) => void;
};

export type Line = {
  open(): void;
  /** @returns false: it is not open, nothing was sent */
  send(message: FromClient): boolean;
  /** The network came back, or is another: does not wait for the next try. */
  hurry(): void;
  /** Opens another socket, for what one is told when it opens. */
  renew(): void;
  close(): void;
};

// As literals, so that they cannot differ from what the server has: its module is not served to browsers.
const subProtocol: typeof protocol = 'sig.v1';
const over: (typeof closes)['over'] = 4403;
const replaced: (typeof closes)['replaced'] = 4409;
const flooded: (typeof closes)['flooded'] = 4429;

const pingEvery = 15_000;
/** How long nothing may be heard after a ping. */
const pongWithin = 6000;
const lostAfter = 20_000;
/** ms before the n-th try, half of it at random: when a server comes back, not all of its visits come in the same instant. */
const pause = (tries: number): number => Math.min(8000, 300 * 2 ** tries) * (0.5 + Math.random() / 2);

/** The socket of a visit: opened again with a fresh token whenever it is lost, until the server says that it is over. */
export function createLine({ ask, makeSocket, take, changed, ended }: LineOptions): Line {
  let socket: WebSocket | null = null;
  let asking = false;
  let closed = true;
  let tries = 0;
  let heard = 0;
  let brokenAt: number | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setInterval> | undefined;

  const sendNow = (message: FromClient): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  };

  function stop(): void {
    closed = true;
    clearTimeout(retry);
    clearInterval(pinging);
    const last = socket;
    socket = null;
    last?.close(1000);
  }

  function end(why: Parameters<LineOptions['ended']>[0]): void {
    stop();
    ended(why);
  }

  function again(after: number): void {
    clearInterval(pinging);
    socket = null;
    if (closed) return;
    brokenAt ??= Date.now();
    changed(Date.now() - brokenAt > lostAfter ? 'lost' : 'recovering');
    clearTimeout(retry);
    retry = setTimeout(connect, after);
    tries++;
  }

  function ping(): void {
    const asked = Date.now();
    sendNow({ type: 'ping' });
    setTimeout(() => {
      if (heard < asked && socket !== null) drop();
    }, pongWithin);
  }

  /** A socket over a network that went away may take minutes to close by itself. */
  function drop(): void {
    const last = socket;
    socket = null;
    last?.close();
    again(0);
  }

  function listen(made: WebSocket): void {
    made.addEventListener('open', () => {
      if (made !== socket) return;
      pinging = setInterval(ping, pingEvery);
    });
    made.addEventListener('message', ({ data }) => {
      if (made !== socket) return;
      heard = Date.now();
      // The server's own words, over the socket that it let in.
      const message = JSON.parse(String(data)) as FromServer;
      if (message.type === 'hello') {
        tries = 0;
        brokenAt = null;
        changed('ok');
      }
      take(message);
    });
    made.addEventListener('close', ({ code }) => {
      if (made !== socket) return;
      if (code === over) return end('over');
      if (code === replaced) return end('replaced');
      again(code === flooded ? 10_000 : pause(tries));
    });
  }

  async function connect(): Promise<void> {
    if (closed || asking || socket !== null) return;
    asking = true;
    const asked = await ask().catch(() => null);
    asking = false;
    if (closed) return;
    if (asked === null) return again(pause(tries));
    if ('refused' in asked) return end(asked);
    socket = makeSocket(asked.socket, [subProtocol, `join.${asked.token}`]);
    listen(socket);
  }

  return {
    open() {
      if (!closed) return;
      closed = false;
      tries = 0;
      brokenAt = null;
      void connect();
    },
    send: sendNow,
    hurry() {
      if (closed) return;
      if (socket?.readyState === WebSocket.OPEN) return ping();
      if (socket !== null || asking) return;
      clearTimeout(retry);
      void connect();
    },
    renew() {
      if (socket?.readyState === WebSocket.OPEN) drop();
    },
    close: stop,
  };
}
