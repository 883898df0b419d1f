import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { Queryable } from '../db/database.ts';
import type { FhirContext } from '../fhir/context.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import { opened, sealed, sealing, unsealing } from './payload-seal.ts';

/** Bytes up to which a payload is kept in its row; a longer one is a file. */
export const IN_ROW = 256 * 1024;

/** taken: not worked off yet; discarded: by then nobody allowed it; failed: what it says could not be read. */
export type PayloadState = 'taken' | 'done' | 'discarded' | 'failed';

/** Something that was sent, as it was sent. */
export type Payload = {
  tenant: number;
  id: string;
  /** The id of a connection; null: it is not known of whom it is. */
  connection: string | null;
  patient: string | null;
  format: string;
  state: PayloadState;
  /** ms since 1970. */
  received: number;
};

type Owner = Pick<Payload, 'tenant' | 'connection' | 'patient' | 'format'>;

/** What was kept, with the sha-256 of what was sent, in hex. */
export type Kept = { id: string; hash: string };

/** A payload that waits in memory, or on the disk, for its row to be written. */
export type Spooled = {
  id: string;
  /** sha-256 of what was sent, hex. */
  hash: string;
  size: number;
  /** The bytes, where they are short. */
  bytes: Buffer | null;
  /** Where the sealed bytes are, where they are long. */
  blob: string | null;
};

/** The rest of a stream behind what was read of it. */
async function* behind(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  told: (piece: Uint8Array) => void,
) {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    told(next.value);
    yield next.value;
  }
}

/**
 * Takes in what is sent, whatever its length, in bounded memory: what is long goes to a file, sealed. Who gives it up calls
 * `forgetSpooled`.
 *
 * @throws what the stream throws
 */
export async function spool(
  context: FhirContext,
  tenant: number,
  sent: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<Spooled> {
  const id = uuid7(context.now());
  const hash = createHash('sha256');
  let size = 0;
  const count = (piece: Uint8Array): void => {
    hash.update(piece);
    size += piece.length;
  };
  const pieces = sent instanceof Uint8Array ? one(sent) : sent;
  const rest = pieces[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    count(next.value);
    first.push(next.value);
    if (size > IN_ROW) {
      const { sha256 } = await context.blobs.put(sealing(context, tenant, id, behind(first.splice(0), rest, count)));
      return { id, hash: hash.digest('hex'), size, bytes: null, blob: sha256 };
    }
  }
  return { id, hash: hash.digest('hex'), size, bytes: Buffer.concat(first), blob: null };
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/**
 * Keeps what was taken in. In a transaction it is kept when that is committed.
 *
 * @param state `done` where it is worked off by then
 */
export async function keepPayload(
  context: FhirContext,
  on: Queryable,
  { tenant, connection, patient, format }: Owner,
  { id, hash, size, bytes, blob }: Spooled,
  state: 'taken' | 'done' = 'taken',
): Promise<Kept> {
  await on.query(
    `insert into device_payload (tenant, id, connection, patient, format, sha256, size, bytes, state, received)
     values ($1, $2, $3, $4, $5, $6, $7, $8::bytea, $10, $9)`,
    [
      tenant,
      id,
      connection,
      patient,
      format,
      blob ?? hash,
      size,
      bytes === null ? null : sealed(context, tenant, id, bytes),
      new Date(context.now()),
      state,
    ],
  );
  return { id, hash };
}

/** What was taken in is not wanted after all. */
export async function forgetSpooled(context: FhirContext, { blob }: Pick<Spooled, 'blob'>): Promise<void> {
  if (blob !== null) await context.blobs.delete(blob);
}

/** What came for a connection that has ended is thrown away; that it came is known still. */
export async function discardPayload(
  context: FhirContext,
  { tenant, id, blob }: Pick<Payload, 'tenant' | 'id'> & { blob: string | null },
): Promise<void> {
  await context.database.byKey.query(
    "update device_payload set state = 'discarded', bytes = null where tenant = $1 and id = $2",
    [tenant, id],
  );
  await forgetSpooled(context, { blob });
}

/** The bytes of what was taken in, bit by bit. */
export async function* spooledBytes(context: FhirContext, tenant: number, of: Spooled): AsyncIterable<Uint8Array> {
  if (of.bytes !== null) yield of.bytes;
  else if (of.blob !== null) yield* unsealing(context, tenant, of.id, of.blob);
}

/** A payload with its bytes; null: it is not there any more. */
export async function readPayload(
  context: FhirContext,
  tenant: number,
  id: string,
): Promise<(Payload & Kept & { bytes: Buffer; blob: string | null }) | null> {
  const [row] = await context.database.byKey.query(
    `select connection, patient, format, sha256, state, received, encode(bytes, 'hex') from device_payload
     where tenant = $1 and id = $2`,
    [tenant, id],
  );
  if (!row) return null;
  const [connection, patient, format, sha256, state, received, hex] = row;
  const isGone = state === 'discarded';
  const bytes = isGone
    ? Buffer.alloc(0)
    : typeof hex === 'string'
      ? opened(context, tenant, id, Buffer.from(hex, 'hex'))
      : await buffer(Readable.from(unsealing(context, tenant, id, String(sha256))));
  return {
    tenant,
    id,
    connection: connection as string | null, // the select list fixes the shape of the row
    patient: patient as string | null,
    format: String(format),
    state: state as PayloadState,
    received: received instanceof Date ? received.getTime() : 0,
    hash: createHash('sha256').update(bytes).digest('hex'),
    bytes,
    blob: typeof hex === 'string' ? null : String(sha256),
  };
}

/**
 * Forgets payloads that came before some instant, and are worked off; and such as could not be worked off for long.
 *
 * @param given ms since 1970: what came before that is not waited for
 * @returns how many
 */
export async function purgePayloads(
  context: FhirContext,
  tenant: number,
  { before, given }: { before: number; given: number },
): Promise<number> {
  const rows = await context.database.query(
    `delete from device_payload where tenant = $1 and (received < $3 or (received < $2 and state <> 'taken'))
     returning case when bytes is null and state <> 'discarded' then sha256 end`,
    [tenant, new Date(before), new Date(given)],
  );
  for (const [blob] of rows) await forgetSpooled(context, { blob: blob === null ? null : String(blob) });
  return rows.length;
}

/** Says what became of a payload: how many of its items were new, known, amended, refused. */
export async function settlePayload(
  on: Queryable,
  tenant: number,
  id: string,
  state: PayloadState,
  outcome: Readonly<Record<string, number>>,
): Promise<void> {
  await on.query('update device_payload set state = $3, outcome = $4 where tenant = $1 and id = $2', [
    tenant,
    id,
    state,
    JSON.stringify(outcome),
  ]);
}
