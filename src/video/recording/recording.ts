import type { Queryable, Row } from '../../db/database.ts';

/** Why a recording is paused or stopped; `left`: whose browser recorded is gone; `full`: it goes on in the next. */
export type Reason = 'asked' | 'consent' | 'held' | 'left' | 'over' | 'full' | 'failed';

/** Under which word of whom something is recorded; `consent`: `Consent/x`, null: they said so in the visit. */
export type Agreed = { participant: string; consent: string | null };

/** Bytes that came in one piece. */
export type Part = { sha256: string; size: number };

/** What is recorded from one start or resume to the next pause. Times are ms since 1970. */
export type Recording = {
  tenant: number;
  visit: string;
  id: string;
  state: 'recording' | 'paused' | 'stopped' | 'stored' | 'failed';
  /** The participant whose browser records; null: the media server does. */
  recorder: string | null;
  /** What the media server calls it. */
  reference: string | null;
  agreed: readonly Agreed[];
  startedAt: number;
  stoppedAt: number | null;
  contentType: string | null;
  parts: readonly Part[];
  document: string | null;
  reason: Reason | null;
  changedAt: number;
  /** The id of the recording that it goes on from. */
  follows: string | null;
};

const columns = `tenant, visit, id, state, recorder, reference, consents, started_at, stopped_at, content_type, parts, document,
  reason, changed_at, follows`;

const ms = (value: unknown): number => (value as Date).getTime();

// The select list fixes the shape of the row, and this module what is in its JSON.
const recordingOfRow = (row: Row): Recording => ({
  tenant: row[0] as number,
  visit: row[1] as string,
  id: row[2] as string,
  state: row[3] as Recording['state'],
  recorder: row[4] as string | null,
  reference: row[5] as string | null,
  agreed: JSON.parse(row[6] as string) as Agreed[],
  startedAt: ms(row[7]),
  stoppedAt: row[8] === null ? null : ms(row[8]),
  contentType: row[9] as string | null,
  parts: JSON.parse(row[10] as string) as Part[],
  document: row[11] as string | null,
  reason: row[12] as Reason | null,
  changedAt: ms(row[13]),
  follows: row[14] as string | null,
});

/** The recording that is under way in a visit, or paused; null: none. */
export async function openRecording(
  on: Queryable,
  tenant: number,
  visit: string,
  lock: 'lock' | null = null,
): Promise<Recording | null> {
  const [row] = await on.query(
    `select ${columns} from video_recording where tenant = $1 and visit = $2 and state in ('recording', 'paused')
     ${lock === null ? '' : 'for update'}`,
    [tenant, visit],
  );
  return row ? recordingOfRow(row) : null;
}

export async function findRecording(
  on: Queryable,
  tenant: number,
  visit: string,
  id: string,
  lock: 'lock' | null = null,
): Promise<Recording | null> {
  const [row] = await on.query(
    `select ${columns} from video_recording where tenant = $1 and visit = $2 and id = $3 ${lock === null ? '' : 'for update'}`,
    [tenant, visit, id],
  );
  return row ? recordingOfRow(row) : null;
}

/** By what the media server calls it. */
export async function recordingBy(on: Queryable, tenant: number, reference: string): Promise<Recording | null> {
  const [row] = await on.query(`select ${columns} from video_recording where tenant = $1 and reference = $2`, [
    tenant,
    reference,
  ]);
  return row ? recordingOfRow(row) : null;
}

export async function countRecordings(on: Queryable, tenant: number, visit: string): Promise<number> {
  const [row] = await on.query('select count(*)::int from video_recording where tenant = $1 and visit = $2', [
    tenant,
    visit,
  ]);
  return Number(row?.[0]);
}

type Begun = Pick<Recording, 'tenant' | 'visit' | 'id' | 'recorder' | 'agreed' | 'follows'> &
  ({ state: 'recording'; reason: null } | { state: 'paused'; reason: Reason });

/** @param now ms since 1970 */
export async function insertRecording(on: Queryable, begun: Begun, now: number): Promise<void> {
  const { tenant, visit, id, state, reason, recorder, agreed, follows } = begun;
  await on.query(
    `insert into video_recording (tenant, visit, id, state, reason, recorder, consents, started_at, changed_at, follows)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`,
    [tenant, visit, id, state, reason, recorder, JSON.stringify(agreed), new Date(now), follows],
  );
}

type Named = Pick<Recording, 'tenant' | 'visit' | 'id'>;

/** @param now ms since 1970 */
export async function setStopped(on: Queryable, { tenant, visit, id }: Named, reason: Reason, now: number) {
  await on.query(
    `update video_recording set state = $4, reason = $5, changed_at = $6, stopped_at = $6
     where tenant = $1 and visit = $2 and id = $3`,
    [tenant, visit, id, reason === 'failed' ? 'failed' : 'stopped', reason, new Date(now)],
  );
}

export async function deleteRecording(on: Queryable, { tenant, visit, id }: Named): Promise<void> {
  await on.query('delete from video_recording where tenant = $1 and visit = $2 and id = $3', [tenant, visit, id]);
}

/** @param reference what the media server calls it */
export async function setReference(on: Queryable, { tenant, visit, id }: Named, reference: string): Promise<void> {
  await on.query('update video_recording set reference = $4 where tenant = $1 and visit = $2 and id = $3', [
    tenant,
    visit,
    id,
    reference,
  ]);
}

export async function setAgreed(on: Queryable, { tenant, visit, id }: Named, agreed: readonly Agreed[]): Promise<void> {
  await on.query('update video_recording set consents = $4 where tenant = $1 and visit = $2 and id = $3', [
    tenant,
    visit,
    id,
    JSON.stringify(agreed),
  ]);
}

/** A piece more of it. @param now ms since 1970 */
export async function setParts(
  on: Queryable,
  { tenant, visit, id }: Named,
  { parts, contentType }: Pick<Recording, 'parts' | 'contentType'>,
  now: number,
): Promise<void> {
  await on.query(
    `update video_recording set parts = $4, content_type = $5, changed_at = $6 where tenant = $1 and visit = $2 and id = $3`,
    [tenant, visit, id, JSON.stringify(parts), contentType, new Date(now)],
  );
}

/** It has become a document: what it was made of is of no use any more. */
export async function setStored(
  on: Queryable,
  { tenant, visit, id }: Named,
  { document, binary }: { document: string; binary: string },
): Promise<void> {
  await on.query(
    `update video_recording set state = 'stored', document = $4, binary_id = $5, parts = '[]'
     where tenant = $1 and visit = $2 and id = $3`,
    [tenant, visit, id, document, binary],
  );
}

/** The same bytes that another recording is made of as well. */
export async function partsElsewhere(on: Queryable, tenant: number, files: readonly string[]): Promise<Set<string>> {
  const rows = await on.query(`select parts from video_recording where tenant = $1 and parts like any($2::text[])`, [
    tenant,
    files.map((file) => `%${file}%`),
  ]);
  // As this module writes them.
  return new Set(rows.flatMap(([parts]) => (JSON.parse(String(parts)) as Part[]).map(({ sha256 }) => sha256)));
}
