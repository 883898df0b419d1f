import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Below this many characters, compressing costs more than it saves on a fast network. */
const worthIt = 8192;

/**
 * Compresses a body when the client reads it and it is large enough.
 *
 * @returns the body as it goes out, and its Content-Encoding or null
 */
export async function encoded(
  body: string | Uint8Array,
  acceptEncoding: string | undefined,
): Promise<{ body: string | Uint8Array; encoding: string | null }> {
  if (acceptEncoding === undefined || body.length < worthIt) return { body, encoding: null };
  if (/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(acceptEncoding)) {
    return { body: await gzipAsync(body, { level: 1 }), encoding: 'gzip' };
  }
  if (/\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(acceptEncoding)) {
    return { body: await brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }), encoding: 'br' };
  }
  return { body, encoding: null };
}
