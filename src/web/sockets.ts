import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Signalling } from '../video/signalling/signalling.ts';

const path = /^(?:\/t\/([2-9]|[1-9]\d{1,8}))?\/video\/signal$/;

/** Whose address a request is from: the proxy in front, where there is one, adds who connected to it. */
export const addressOf =
  (behindProxy: boolean) =>
  ({ headers, socket }: IncomingMessage): string => {
    const forwarded = headers['x-forwarded-for'];
    const all = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    return (behindProxy && all?.split(',').at(-1)?.trim()) || (socket.remoteAddress ?? '');
  };

const refused = (socket: Duplex, status: string): void => {
  // Who does not hang up is hung up on: nobody else would, and the server could not end.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
};

/** Hands those who ask for a WebSocket to the signalling of visits; there is no other. */
export const upgradeTo =
  ({ upgrade }: Signalling, isTenant: (tenant: number) => Promise<boolean>) =>
  (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Whoever goes away while they are answered, goes away.
    socket.on('error', () => socket.destroy());
    const found = path.exec(incoming.url ?? '');
    const tenant = Number(found?.[1] ?? 1);
    const known = found === null ? Promise.resolve(false) : tenant === 1 ? Promise.resolve(true) : isTenant(tenant);
    known.then(
      (is) => {
        if (is) upgrade(incoming, socket, head, tenant);
        else refused(socket, '404 Not Found');
      },
      () => refused(socket, '503 Service Unavailable'),
    );
  };
