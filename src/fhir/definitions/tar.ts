import { gunzipSync } from 'node:zlib';

/** A file of an archive; `path` as written there, `package/StructureDefinition-x.json`. */
export type TarFile = { path: string; bytes: Buffer };

const block = 512;
/** Of all files of one archive; the largest FHIR package has 300 MB. */
const maxBytes = 1024 * 1024 * 1024;

const text = (bytes: Buffer, from: number, length: number): string => {
  const end = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, end < 0 || end > from + length ? from + length : end);
};

/**
 * The regular files of a .tgz, in order; long names of ustar, GNU and pax are understood.
 *
 * @throws Error when it is not gzip, or a header says more than there is
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function* readTarGz(archive: Buffer): Generator<TarFile> {
  const bytes = gunzipSync(archive, { maxOutputLength: maxBytes });
  let longName: string | null = null;
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(bytes, at + 124, 12).trim() || '0', 8);
    const start = at + block;
    if (!(size >= 0) || start + size > bytes.length) throw new Error('the archive is cut short');
    const content = bytes.subarray(start, start + size);
    const kind = String.fromCharCode(bytes[at + 156] ?? 0);
    at = start + Math.ceil(size / block) * block;
    if (kind === 'L') longName = text(content, 0, content.length);
    else if (kind === 'x') longName = /\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1] ?? longName;
    else {
      const header = start - block;
      const prefix = text(bytes, header + 257, 5) === 'ustar' ? text(bytes, header + 345, 155) : '';
      const name = text(bytes, header, 100);
      if (kind === '0' || kind === '\0')
        yield { path: longName ?? (prefix === '' ? name : `${prefix}/${name}`), bytes: content };
      longName = null;
    }
  }
}
