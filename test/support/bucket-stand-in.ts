import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Bucket = {
  /** For PORTICO_S3_ENDPOINT. */
  endpoint: string;
  /** By bucket and key: `files/portico/egress/1.mp4`. */
  objects: Map<string, Buffer>;
  close(): Promise<void>;
};

/** As much of S3 as keeps, gives and removes an object. The SDK is told who it is by the environment. */
export async function startBucket(): Promise<Bucket> {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const objects: Bucket['objects'] = new Map();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const key = decodeURIComponent(url.pathname.slice(1));
    if (url.searchParams.has('versions')) return response.end('<ListVersionsResult></ListVersionsResult>');
    if (request.method === 'DELETE') {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    const found = objects.get(key);
    if (found) return response.end(found);
    return response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    objects,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
