import { gzipSync } from 'node:zlib';

const block = 512;

function header(path: string, size: number, kind: string): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(path.slice(0, 100), 0);
  bytes.write('0000644\0', 100);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(kind, 156);
  bytes.write('ustar\x0000', 257);
  return bytes;
}

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block)]);

/** A .tgz with these files as JSON: the packages that tests load. */
export function tarGz(files: Readonly<Record<string, unknown>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, content]) => {
    const bytes = Buffer.from(JSON.stringify(content));
    const name = Buffer.from(`${path}\0`);
    const long = path.length > 100 ? [header('././@LongLink', name.length, 'L'), padded(name)] : [];
    return [...long, header(path, bytes.length, '0'), padded(bytes)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}
