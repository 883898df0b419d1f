import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

import { malformed, ok, type Refusal, type Result, timedOut, tooLarge, unsupportedMediaType } from '../fhir/outcome.ts';

/** Bytes of a body, inflated. */
export const LONGEST = 512 * 1024 * 1024;

/** A body as it comes, inflated. What is wrong with it is known when it has ended. */
export type Body = { pieces: AsyncIterable<Uint8Array>; fault: () => Refusal | null };

const inflators: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * A body of any length, inflated as it comes.
 *
 * @param encoding Content-Encoding
 * @param longest bytes, inflated
 * @returns 415 for an encoding that is not read
 */
export function inflated(sent: Readable, encoding: string | undefined, longest = LONGEST): Result<Body> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  const inflate = inflators[name];
  if (name !== 'identity' && inflate === undefined)
    return unsupportedMediaType(`Content-Encoding ${name.slice(0, 40)} is not read here; gzip, deflate and br are`);
  let fault: Refusal | null = null;
  const stream = inflate === undefined ? sent : pipeline(sent, inflate(), () => {});
  async function* pieces(): AsyncIterable<Uint8Array> {
    let size = 0;
    try {
      for await (const piece of stream) {
        size += (piece as Uint8Array).length; // a stream of bytes
        if (size > longest) {
          fault = tooLarge(`The body has more than ${longest} bytes, which is the limit here; send it in parts`);
          return;
        }
        yield piece as Uint8Array;
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      // What zlib throws begins so; anything else is the connection.
      fault =
        code.startsWith('Z_') || code.startsWith('ERR_')
          ? malformed(`The body is not ${name}, though Content-Encoding says so`)
          : timedOut('The body ended before all of it had arrived');
    }
  }
  return ok({ pieces: pieces(), fault: () => fault });
}
