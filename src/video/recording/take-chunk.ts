import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, invalid, notFound, ok, type Result, tooLarge } from '../../fhir/outcome.ts';
import { participantOf } from '../people/who.ts';
import { findVisit } from '../visits/visit.ts';
import { GRACE, turnOver } from './control.ts';
import { lookAgain } from './presence.ts';
import { findRecording, type Recording, setParts } from './recording.ts';
import { watchOver } from './watch.ts';

/** A piece of what a browser records. */
export type Chunk = {
  /** The ids of the visit, of the recording, and of who sends it. */
  visit: string;
  recording: string;
  participant: string;
  /** From 0, without a gap. */
  n: number;
  bytes: Uint8Array;
  contentType: string;
};

/** `next`: the number of the piece that comes next. */
export type Taken = { next: number };

/** Bytes. */
const LARGEST = 8 * 1024 * 1024;
/** Bytes of one recording, after which it goes on in another: it is put together, sealed and played as a whole. */
const FULL = 48 * 1024 * 1024;

/** What browsers record; anything else is not what a player is given. */
const types: ReadonlySet<string> = new Set(['video/webm', 'video/mp4', 'audio/webm', 'audio/mp4']);

/** What came before the end may still be on its way, but for what was recorded without everybody's consent. */
const isLate = ({ state, reason, changedAt }: Recording, now: number): boolean =>
  state === 'stopped' && reason !== 'consent' && reason !== 'failed' && now - changedAt < GRACE;

const takes = (recording: Recording, now: number): boolean => recording.state === 'recording' || isLate(recording, now);

const over = conflict('Nothing is recorded now: it is paused or stopped, or somebody does not agree');

function checked(found: Recording | null, { participant, n, bytes, contentType }: Chunk, now: number): Result<Taken> {
  if (found === null) return notFound('There is no such recording');
  if (found.recorder !== participant) return forbidden('This is recorded by somebody else');
  if (!types.has(contentType.split(';')[0]?.trim().toLowerCase() ?? ''))
    return invalid(`A recording is of one of ${[...types].join(', ')}`, 'contentType');
  if (bytes.byteLength > LARGEST) return tooLarge(`A piece of a recording has at most ${LARGEST} bytes`);
  // Who sends again what was kept already was not told so.
  if (n < found.parts.length) return ok({ next: found.parts.length });
  if (!takes(found, now)) return over;
  if (n > found.parts.length) return conflict(`The next piece is number ${found.parts.length}`, 'n');
  return ok({ next: n });
}

/**
 * Keeps a piece of a recording, if everybody in the visit agrees to it at this moment.
 *
 * @returns 400 what is no video, 403 of who does not record, 404 what is not there, 409 while nothing is recorded or where a piece
 *   is missing before this one, 413 more than 8 MiB
 */
export async function takeChunk(context: FhirContext, tenant: number, chunk: Chunk): Promise<Result<Taken>> {
  const { visit: id, recording, bytes } = chunk;
  const on = context.database.byKey;
  const [visit, found] = await Promise.all([findVisit(on, tenant, 'id', id), findRecording(on, tenant, id, recording)]);
  if (visit === null) return notFound('There is no such recording');
  const can = checked(found, chunk, context.now());
  if (!can.ok || can.value.next !== chunk.n) return can;
  if (found?.state === 'recording' && (await lookAgain(context, tenant, id)) === null) return over;
  const part =
    bytes.byteLength === 0 ? null : await context.blobs.put(bytes, LARGEST, { tenant, patient: visit.patient });
  const taken = await context.database.transaction(async (tx): Promise<Result<Recording>> => {
    const current = await findRecording(tx, tenant, id, recording, 'lock');
    const still = checked(current, chunk, context.now());
    if (!still.ok) return still;
    if (current === null || still.value.next !== chunk.n || part === null) return current ? ok(current) : over;
    const contentType = current.contentType ?? chunk.contentType;
    const parts = [...current.parts, part];
    await setParts(
      tx,
      current,
      { parts, contentType },
      current.state === 'recording' ? context.now() : current.changedAt,
    );
    return ok({ ...current, parts });
  });
  if (!taken.ok) return taken;
  const { parts, state } = taken.value;
  if (state === 'recording') {
    if (parts.reduce((sum, { size }) => sum + size, 0) > FULL) await turnOver(context, visit, taken.value);
    watchOver(context, visit);
  }
  return ok({ next: parts.length });
}

/**
 * The same from who is signed in at a page: who records is whom the visit knows them as.
 *
 * @param encounter its id
 * @returns as takeChunk; 404 of an Encounter that they may not read, 403 of who takes no part
 */
export async function takeChunkFrom(
  context: FhirContext,
  grant: Grant,
  encounter: string,
  chunk: Omit<Chunk, 'visit' | 'participant'>,
): Promise<Result<Taken>> {
  const { tenant, caller } = grant;
  const found = await context.store.read(grant, 'Encounter', encounter);
  if (!found.ok) return found;
  const visit = await findVisit(context.database.byKey, tenant, 'encounter', encounter);
  if (visit === null) return notFound('There is no such recording');
  const self = await participantOf(context, visit, caller);
  if (!self.ok) return self;
  return takeChunk(context, tenant, { ...chunk, visit: visit.id, participant: self.value.id });
}
