import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Bucket = {
  /** For PORTICO_S3_ENDPOINT. */
  endpoint: string;
  /** By bucket and key: `files/portico/egress/1.mp4`. */
  objects: Map<string, Buffer>;
  /** The ids of what was put there before, likewise. */
  versions: Map<string, string[]>;
  close(): Promise<void>;
};

/** The bytes of a body that was sent in chunks with their sizes, as the SDK sends a stream. */
function unframed(body: Buffer, framing: string): Buffer {
  if (!framing.startsWith('STREAMING-')) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!size) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

/** As much of S3 as keeps, gives and removes an object. Its SDK is told who it is by the environment. */
export async function startBucket(): Promise<Bucket> {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const objects: Bucket['objects'] = new Map();
  const versions: Bucket['versions'] = new Map();

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
  function listed(bucket: string, prefix: string): string {
    const named = [...versions].filter(([key]) => key.startsWith(`${bucket}/${prefix}`));
    const all = named.flatMap(([key, ids]) =>
      ids.map((id) => `<Version><Key>${key.slice(bucket.length + 1)}</Key><VersionId>${id}</VersionId></Version>`),
    );
    return `<ListVersionsResult>${all.join('')}</ListVersionsResult>`;
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const key = decodeURIComponent(url.pathname.slice(1));
    if (url.searchParams.has('versions'))
      return response.end(listed(key.replace(/\/$/, ''), url.searchParams.get('prefix') ?? ''));
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      objects.set(key, unframed(Buffer.concat(chunks), String(request.headers['x-amz-content-sha256'])));
      return response.end();
    }
    if (request.method === 'DELETE') {
      const version = url.searchParams.get('versionId');
      const others = (versions.get(key) ?? []).filter((id) => id !== version);
      if (version === null) objects.delete(key);
      else versions.set(key, others);
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
    versions,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
