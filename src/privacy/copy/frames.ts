import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Bytes of one frame; each has a tag of its own, so that nothing leaves that has not been checked. */
const FRAME = 65_536;
const TAG = 16;

/** The place of a frame and whether it is the last: none can be moved, left out or cut off. A key encrypts one stream only. */
function nonceOf(place: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(place, 4, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Chunks of any size as chunks of one, the last of them perhaps shorter. There is at least one. */
async function* evenly(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    length += chunk.byteLength;
    // One byte more than a frame has shows that this frame is not the last.
    if (length <= size) continue;
    const all = Buffer.concat(held);
    let at = 0;
    while (all.length - at > size) {
      yield { chunk: all.subarray(at, at + size), last: false };
      at += size;
    }
    held = [all.subarray(at)];
    length = all.length - at;
  }
  yield { chunk: Buffer.concat(held), last: true };
}

/** Encrypts a stream by AES-256-GCM, a frame at a time. @param key 32 bytes that encrypt nothing else */
export async function* encrypted(key: Uint8Array, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let place = 0;
  for await (const { chunk, last } of evenly(bytes, FRAME)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place++, last));
    const sealed = Buffer.concat([cipher.update(chunk), cipher.final()]);
    yield Buffer.concat([sealed, cipher.getAuthTag()]);
  }
}

/** @throws Error at the first frame that is not as it was written */
export async function* decrypted(key: Uint8Array, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let place = 0;
  for await (const { chunk, last } of evenly(bytes, FRAME + TAG)) {
    const at = chunk.length - TAG;
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(place++, last), { authTagLength: TAG });
    decipher.setAuthTag(chunk.subarray(Math.max(at, 0)));
    yield Buffer.concat([decipher.update(chunk.subarray(0, Math.max(at, 0))), decipher.final()]);
  }
}
