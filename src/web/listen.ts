import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';

/** What serves: a Hono app, or any function from Request to Response. */
export type Served = {
  fetch: (request: Request, environment: never) => Response | Promise<Response>;
  /** Answers by itself, or says no: then `fetch` does. Request and Response cost a read a tenth of its time. */
  direct?: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;
  /** A WebSocket is asked for; it answers, or ends the connection. */
  upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;
};

export type Listening = {
  /** Takes no more requests, lets those in flight finish for at most `ms`, then ends every connection. */
  close(ms: number): Promise<void>;
};

/** ms. */
export type Patience = {
  /** Until the headers of a request have arrived. */
  headers: number;
  /** Until all of it has: 50 MB over a poor line take minutes. */
  request: number;
  /** Between two looks for those who take longer. */
  check: number;
};

const usual: Patience = { headers: 20_000, request: 300_000, check: 5000 };

/** PEM. */
export type Tls = { certificate: string; privateKey: string };

/** @throws Error, with a sentence for the operator, when the port cannot be had or the certificate cannot be used */
export async function listen(
  app: Served,
  host: string,
  port: number,
  { patience = usual, tls = null }: { patience?: Patience; tls?: Tls | null } = {},
): Promise<Listening> {
  const options = {
    requestTimeout: patience.request,
    headersTimeout: patience.headers,
    connectionsCheckingInterval: patience.check,
    // Clients of HTTP/2 offer that with each request, and take an answer by HTTP/1.1.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const fetched = getRequestListener(app.fetch as never, { overrideGlobalObjects: false });
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (!app.direct?.(incoming, outgoing)) void fetched(incoming, outgoing);
  };
  const server = tls === null ? createServer(options, answer) : tlsServer(options, tls, answer);
  if (app.upgrade) server.on('upgrade', app.upgrade);
  // Longer than a load balancer keeps a connection, so that it is not closed under a request.
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on (${error.message})`;
      reject(new Error(`Port ${port} of ${host} ${why}. Set PORT or HOST.`));
    });
    server.listen(port, host, () => resolve({ close: (ms) => closeServer(server, ms) }));
  });
}

function tlsServer(options: object, { certificate, privateKey }: Tls, answer: RequestListener): Server {
  try {
    return createTlsServer({ ...options, cert: certificate, key: privateKey, minVersion: 'TLSv1.2' }, answer);
  } catch {
    throw new Error('PORTICO_TLS_CERT and PORTICO_TLS_KEY must be a certificate and its own private key, as PEM.');
  }
}

function closeServer(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), ms);
    // close() also ends the connections that wait for a next request; those that begin to wait after it, nobody ends.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(force);
      clearInterval(idle);
      resolve();
    });
  });
}
