import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

import { malformed, ok, type Result, timedOut, tooLarge, unsupportedMediaType } from '../fhir/outcome.ts';

const inflators = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** ms in which a client whose body is too large may go on sending it. */
const lingering = 5000;

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MB`;

const tooManyBytes = (limit: number): Result<never> =>
  tooLarge(`The body is larger than ${megabytes(limit)}, which is the limit here`);

/** Events instead of an async iterator, which costs more than the rest of a small request. */
function collect(incoming: IncomingMessage, limit: number): Promise<Result<Buffer>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      // The rest is read and forgotten for a while: a client that still writes would not get to read the answer otherwise.
      setTimeout(() => incoming.destroy(), lingering).unref();
      resolve(tooManyBytes(limit));
    });
    incoming.on('end', () => resolve(ok(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size))));
    const broken = (): void => resolve(timedOut('The body ended before all of it had arrived'));
    incoming.on('error', broken);
    incoming.on('close', broken);
  });
}

/**
 * The body of a request, inflated. Its size is counted while it arrives, and again while it is inflated.
 *
 * @param limit bytes, before and after inflation
 */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Result<Buffer>> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return tooManyBytes(limit);
  const body = await collect(incoming, limit);
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (!body.ok || encoding === 'identity') return body;
  const decompress = inflators.get(encoding);
  if (!decompress)
    return unsupportedMediaType(`Content-Encoding ${encoding} is not read here; gzip, deflate and br are`);
  try {
    return ok((await decompress(body.value, { maxOutputLength: limit })) as Buffer);
  } catch (error) {
    const tooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return tooLong ? tooManyBytes(limit) : malformed(`The body is not ${encoding}, though Content-Encoding says so`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text; refused when it is not UTF-8, or when Content-Type says that it is something else. */
export function decoded(bytes: Uint8Array, contentType: string | undefined): Result<string> {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    return unsupportedMediaType(`The charset ${charset} is not read here; FHIR is UTF-8`);
  }
  try {
    return ok(utf8.decode(bytes));
  } catch {
    return malformed('The body is not UTF-8');
  }
}
