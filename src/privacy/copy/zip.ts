import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A file of an archive. `name` is its path, with slashes. */
export type ZipEntry = { name: string; bytes: AsyncIterable<Uint8Array> };

type Listed = { name: Buffer; crc: number; packed: number; size: number; offset: number };

/** Largest number of the 32-bit and 16-bit fields; at it the 64-bit record says the true one. */
const MAX32 = 0xff_ff_ff_ff;
const MAX16 = 0xff_ff;
/** Flags: sizes follow the data; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATE = 8;
/** Version of the format that is needed: 2.0, or 4.5 for 64-bit fields. */
const V20 = 20;
const V45 = 45;

/** Fields of 2, 4 and 8 bytes, little-endian. */
function fields(...list: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const buffer = Buffer.alloc(list.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of list) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** Date and time as MS-DOS has them: two seconds are its smallest step, 1980 its first year. In UTC. */
function dosTime(at: Date): { date: number; time: number } {
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return { date, time };
}

type Measured = { crc: number; size: number };

/** The bytes, deflated as they come; what went in is measured on the way. */
async function* deflated(bytes: AsyncIterable<Uint8Array>, into: Measured): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw();
  const feeding = (async () => {
    for await (const chunk of bytes) {
      into.crc = crc32(chunk, into.crc);
      into.size += chunk.byteLength;
      if (!deflate.write(chunk)) await once(deflate, 'drain');
    }
    deflate.end();
  })();
  // What fails at the source fails here, and not as a stream that nobody reads.
  feeding.catch((error) => deflate.destroy(error));
  yield* deflate;
  await feeding;
}

/**
 * A ZIP archive as a stream, of which one chunk is held at a time. Files of 4 GiB and more are none that it can hold; the
 * archive may be larger.
 *
 * @throws RangeError for such a file
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* zip(entries: AsyncIterable<ZipEntry>, at: Date): AsyncGenerator<Uint8Array> {
  const { date, time } = dosTime(at);
  const listed: Listed[] = [];
  let offset = 0;
  const counted = (chunk: Uint8Array): Uint8Array => {
    offset += chunk.byteLength;
    return chunk;
  };
  for await (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const start = offset;
    const stamp = [[2, time] as const, [2, date] as const];
    const head = fields([4, 0x04034b50], [2, V20], [2, FLAGS], [2, DEFLATE], ...stamp, [4, 0], [4, 0], [4, 0]);
    yield counted(Buffer.concat([head, fields([2, name.length], [2, 0]), name]));
    const measured: Measured = { crc: 0, size: 0 };
    const before = offset;
    for await (const chunk of deflated(entry.bytes, measured)) yield counted(chunk);
    const { crc, size } = measured;
    const packed = offset - before;
    if (size >= MAX32 || packed >= MAX32) throw new RangeError(`${entry.name} is too large for a ZIP archive`);
    yield counted(fields([4, 0x08074b50], [4, crc], [4, packed], [4, size]));
    listed.push({ name, crc, packed, size, offset: start });
  }
  const directory = offset;
  for (const one of listed) yield counted(directoryEntry(one, date, time));
  yield ending(listed.length, directory, offset);
}

function directoryEntry({ name, crc, packed, size, offset }: Listed, date: number, time: number): Buffer {
  const far = offset >= MAX32;
  const extra = far ? fields([2, 1], [2, 8], [8, offset]) : Buffer.alloc(0);
  const version = far ? V45 : V20;
  return Buffer.concat([
    fields([4, 0x02014b50], [2, version], [2, version], [2, FLAGS], [2, DEFLATE], [2, time], [2, date], [4, crc]),
    fields([4, packed], [4, size], [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0]),
    fields([4, far ? MAX32 : offset]),
    name,
    extra,
  ]);
}

function ending(count: number, directory: number, offset: number): Buffer {
  const length = offset - directory;
  const large = count >= MAX16 || directory >= MAX32 || length >= MAX32;
  const counts = Math.min(count, MAX16);
  const last = Buffer.concat([
    fields([4, 0x06054b50], [2, 0], [2, 0], [2, counts], [2, counts]),
    fields([4, Math.min(length, MAX32)], [4, Math.min(directory, MAX32)], [2, 0]),
  ]);
  if (!large) return last;
  const record = Buffer.concat([
    fields([4, 0x06064b50], [8, 44], [2, V45], [2, V45], [4, 0], [4, 0], [8, count], [8, count]),
    fields([8, length], [8, directory]),
  ]);
  return Buffer.concat([record, fields([4, 0x07064b50], [4, 0], [8, offset], [4, 1]), last]);
}
