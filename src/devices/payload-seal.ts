import { createCipheriv, createDecipheriv, type DecipherGCM, randomBytes } from 'node:crypto';

import type { FhirContext } from '../fhir/context.ts';

const algorithm = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

const keyOf = (context: FhirContext): Uint8Array => context.settings.keyOf('device payloads');
const placeOf = (tenant: number, id: string): Buffer => Buffer.from(`${tenant}/${id}`);

/** The bytes of a payload as its row has them, in the text of Postgres. */
export function sealed(context: FhirContext, tenant: number, id: string, bytes: Uint8Array): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(algorithm, keyOf(context), nonce).setAAD(placeOf(tenant, id));
  return `\\x${Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('hex')}`;
}

/** @throws Error where it is not as it was sealed, or not in its place */
export function opened(context: FhirContext, tenant: number, id: string, all: Buffer): Buffer {
  const tagAt = all.length - TAG;
  const decipher = createDecipheriv(algorithm, keyOf(context), all.subarray(0, NONCE)).setAAD(placeOf(tenant, id));
  decipher.setAuthTag(all.subarray(tagAt));
  return Buffer.concat([decipher.update(all.subarray(NONCE, tagAt)), decipher.final()]);
}

/** The sealed text of what comes, bit by bit: nothing is held but the piece at hand. */
export async function* sealing(context: FhirContext, tenant: number, id: string, pieces: AsyncIterable<Uint8Array>) {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(algorithm, keyOf(context), nonce).setAAD(placeOf(tenant, id));
  yield nonce;
  for await (const piece of pieces) yield cipher.update(piece);
  yield Buffer.concat([cipher.final(), cipher.getAuthTag()]);
}

/** The bytes again, bit by bit; nothing where the file is gone. */
export async function* unsealing(
  context: FhirContext,
  tenant: number,
  id: string,
  blob: string,
): AsyncIterable<Uint8Array> {
  const stream = await context.blobs.get(blob);
  if (stream === null) return;
  let held: Buffer = Buffer.alloc(0);
  let decipher: DecipherGCM | null = null;
  for await (const piece of stream) {
    held = Buffer.concat([held, piece as Uint8Array]); // a stream of bytes
    if (decipher === null) {
      if (held.length < NONCE) continue;
      decipher = createDecipheriv(algorithm, keyOf(context), held.subarray(0, NONCE)).setAAD(placeOf(tenant, id));
      held = held.subarray(NONCE);
    }
    // The last bytes are the tag, and which are the last is known at the end.
    if (held.length <= TAG) continue;
    yield decipher.update(held.subarray(0, held.length - TAG));
    held = held.subarray(held.length - TAG);
  }
  if (decipher === null) throw new Error('a payload is shorter than what seals it');
  const last = decipher.setAuthTag(held).final();
  if (last.length > 0) yield last;
}
