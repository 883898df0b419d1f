import { addJob, JobError } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { DeviceParts } from '../deps.ts';
import { forgetSpooled, keepPayload, spool } from '../payloads.ts';
import type { VendorFailure, What } from '../vendors/vendor.ts';
import { placeOf, vendorIn } from './authorization.ts';
import type { Connection } from './connection.ts';
import { fetchFor } from './fetch.ts';
import { liveConnection } from './live.ts';
import { markSynced, readConnection } from './store.ts';

export const fetchKind = 'device-fetch';
/** The work of reading a payload in. */
export const payloadKind = 'device-payload';

const HOUR = 3_600_000;
/** ms: what is fetched of the time before a connection, and how far back is looked again for what came late. */
const FIRST = 30 * 24 * HOUR;
const LATE = 2 * 24 * HOUR;
/** Hours after which a vendor is asked of which nothing was heard: a notification may have been lost. */
const QUIET = 6;
/** s to wait for a vendor that did not say how long. */
const PATIENCE = 900;

/** How far a vendor was read: all before `to`; or of a span that is under way the first `done` of what there is. */
type Cursor = { to: number; under?: { from: number; to: number; done: number } };

async function cursorOf({ database }: FhirContext, { tenant, id }: Connection): Promise<Cursor | null> {
  const [row] = await database.query('select cursor from device_connection where tenant = $1 and id = $2', [
    tenant,
    id,
  ]);
  return row?.[0] ? (JSON.parse(String(row[0])) as Cursor) : null; // as it was written
}

/** Keeps what came, to be read in, and that it did; false: the connection has ended. */
async function keep(context: FhirContext, connection: Connection, texts: readonly string[], cursor: Cursor) {
  const { tenant, id, patient } = connection;
  const format = vendorIn(connection);
  const spooled = await Promise.all(texts.map((text) => spool(context, tenant, Buffer.from(text))));
  const isKept = await context.database.transaction(async (tx) => {
    if ((await liveConnection(tx, tenant, id)) === null) return false;
    for (const one of spooled) {
      const kept = await keepPayload(context, tx, { tenant, connection: id, patient, format }, one);
      await addJob(tx, { tenant, kind: payloadKind, payload: { id: kept.id }, key: kept.id });
    }
    await tx.query('update device_connection set cursor = $3 where tenant = $1 and id = $2', [
      ...[tenant, id],
      JSON.stringify(cursor),
    ]);
    return true;
  });
  for (const one of isKept ? [] : spooled) await forgetSpooled(context, one);
  return isKept;
}

/** A vendor that gives nothing now is asked again; one that takes us no more, when its user has agreed anew. */
async function failed(context: FhirContext, connection: Connection, { reason, retryAfter }: VendorFailure) {
  const { tenant, id } = connection;
  const at = context.now();
  await markSynced(context.database, connection, { at, lastReading: null, problem: reason });
  if (reason === 'unauthorized' || reason === 'refused') return;
  const seconds = retryAfter ?? PATIENCE;
  await addJob(context.database, {
    ...{ tenant, kind: fetchKind, payload: { connection: id }, key: `${id} again` },
    runAt: new Date(at + Math.min(seconds, 24 * 3600) * 1000),
  });
}

async function poll(context: FhirContext, parts: DeviceParts, connection: Connection): Promise<void> {
  const place = placeOf(parts, vendorIn(connection));
  if (place === null) throw new JobError('The vendor is not set up here');
  const now = context.now();
  const cursor = await cursorOf(context, connection);
  const from = cursor === null ? now - FIRST : cursor.to - LATE;
  const under = cursor?.under ?? { from, to: now, done: 0 };
  const all: readonly What[] = place.vendor.between(under.from, under.to, connection.measures);
  for (const [at, what] of all.entries()) {
    if (at < under.done) continue;
    const answer = await fetchFor(context, parts, connection, what);
    // One collection that it has nothing of for us holds up none of the others.
    if (!answer.ok && answer.reason !== 'refused') return failed(context, connection, answer);
    const next = { to: cursor?.to ?? under.from, under: { ...under, done: at + 1 } };
    if (!(await keep(context, connection, answer.ok ? answer.value : [], next))) return;
  }
  if (await keep(context, connection, [], { to: under.to }))
    await markSynced(context.database, connection, { at: context.now(), lastReading: null, problem: null });
}

/** Fetches what a vendor has of one of its users and we have not. */
export const fetchJob = (parts: DeviceParts): JobHandler => ({
  kind: fetchKind,
  async run(context, { tenant, payload }) {
    const { connection: id } = payload as { connection: string }; // as it was given to addJob
    const connection = await readConnection(context.database, tenant, id);
    if (connection?.state === 'active') await poll(context, parts, connection);
  },
});

const quietSql = `select id from device_connection where tenant = $1 and kind = 'vendor' and state = 'active'
  and (last_sync is null or last_sync < $2) and (problem is null or problem not in ('refused')) limit 500`;

/** Asks for the vendors of which nothing was heard for hours. */
export const pollJob: JobHandler = {
  kind: 'device-poll',
  every: 900,
  async run(context, { tenant }) {
    const { database, now } = context;
    const rows = await database.query(quietSql, [tenant, new Date(now() - QUIET * HOUR)]);
    for (const [id] of rows)
      await addJob(database, { tenant, kind: fetchKind, payload: { connection: id }, key: String(id) });
  },
};
