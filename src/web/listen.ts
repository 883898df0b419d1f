import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

/** What serves: a Hono app, or any function from Request to Response. */
export type Served = { fetch: (request: Request, environment: never) => Response | Promise<Response> };

export type Listening = {
  /** Takes no more requests, lets those in flight finish for at most `ms`, then ends every connection. */
  close(ms: number): Promise<void>;
};

/** @throws Error, with a sentence for the operator, when the port cannot be had */
export function listen(app: Served, host: string, port: number): Promise<Listening> {
  // Without TLS and HTTP/2 it makes a Server of node:http.
  const server = createAdaptorServer({ fetch: app.fetch as never, overrideGlobalObjects: false }) as Server;
  server.requestTimeout = 300_000;
  server.headersTimeout = 20_000;
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

function closeServer(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), ms);
    // close() also ends the connections that wait for a next request.
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
