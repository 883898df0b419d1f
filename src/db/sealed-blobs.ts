import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { type Blobs, BlobTooLarge, chunks } from './blobs.ts';
import type { PatientKeys } from './patient-keys.ts';

/** What sealed files begin with; a length and `tenant/patient` follow, then nonce, content and tag. */
const magic = Buffer.from('portico sealed 1\n');
const NONCE = 12;
const TAG = 16;

/**
 * Keeps the files of each record sealed with its own key. They are known by what they are sealed, so that of two people who have the same
 * file neither loses it with the other.
 *
 * @param seals whether what is put now is sealed; what is sealed already is opened in either case
 */
export function sealedBlobs(blobs: Blobs, keys: PatientKeys, seals: boolean): Blobs {
  return {
    ...blobs,
    async put(bytes, limit, owner) {
      const key = seals && owner ? await keys.make(owner.tenant, owner.patient) : null;
      if (!owner || key === null) return blobs.put(bytes, limit);
      const plain = await buffer(chunks(bytes));
      if (limit !== undefined && plain.length > limit) throw new BlobTooLarge(`more than ${limit} bytes`);
      const name = Buffer.from(`${owner.tenant}/${owner.patient}`);
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(name);
      const sealed = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
      return blobs.put(Buffer.concat([magic, Buffer.from([name.length]), name, nonce, ...sealed]));
    },
    async get(sha256) {
      const stream = await blobs.get(sha256);
      if (stream === null) return null;
      const bytes = await buffer(stream);
      if (!bytes.subarray(0, magic.length).equals(magic)) return Readable.from([bytes]);
      const nameAt = magic.length + 1;
      const nonceAt = nameAt + (bytes[magic.length] ?? 0);
      const name = bytes.subarray(nameAt, nonceAt);
      const [tenant = '', patient = ''] = name.toString().split('/');
      const key = await keys.find(Number(tenant), patient);
      // Without its key a file is as good as gone.
      if (key === null || key === 'destroyed') return null;
      const nonce = bytes.subarray(nonceAt, nonceAt + NONCE);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(name);
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
      const content = bytes.subarray(nonceAt + NONCE, bytes.length - TAG);
      return Readable.from([Buffer.concat([decipher.update(content), decipher.final()])]);
    },
  };
}
