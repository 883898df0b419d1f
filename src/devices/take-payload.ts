import type { Queryable } from '../db/database.ts';
import { addJob, JobError } from '../db/jobs.ts';
import type { Seen } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import type { JobHandler } from '../privacy/jobs/job-handler.ts';
import type { Connection } from './connections/connection.ts';
import { liveConnection } from './connections/live.ts';
import { payloadKind } from './connections/poll.ts';
import { formatNamed } from './format-named.ts';
import { ingest } from './ingest.ts';
import { count, noTally, type Tally } from './outcomes.ts';
import { discardPayload, keepPayload, readPayload, type Spooled, settlePayload, spool } from './payloads.ts';
import { recordPayload, sourceGrant } from './recorded.ts';
import { itemsOf } from './stream.ts';

/** Keeps what came for a connection and asks for it to be worked off: both when the transaction is committed, or neither. */
export async function keepForLater(
  context: FhirContext,
  tx: Queryable,
  { tenant, id, patient }: Connection,
  format: string,
  sent: Spooled,
): Promise<void> {
  await keepPayload(context, tx, { tenant, connection: id, patient, format }, sent);
  await addJob(tx, { tenant, kind: payloadKind, payload: { id: sent.id }, key: sent.id });
}

/** As it was fetched from a vendor: kept, and worked off soon. @param text in the vendor's format */
export async function takeFetched(
  context: FhirContext,
  connection: Connection,
  format: string,
  text: string,
): Promise<void> {
  const sent = await spool(context, connection.tenant, Buffer.from(text));
  await context.database.transaction((tx) => keepForLater(context, tx, connection, format, sent));
}

/**
 * Works off a payload that was kept: once, however often it is tried. Of a connection that has ended meanwhile it is thrown away.
 *
 * @returns how many of its items were what; null: there was nothing to do any more
 */
export async function workPayload(context: FhirContext, tenant: number, id: string): Promise<Tally | null> {
  const { database } = context;
  const payload = await readPayload(context, tenant, id);
  if (payload === null || payload.state !== 'taken' || payload.connection === null) return null;
  const connection = await liveConnection(database, tenant, payload.connection);
  if (connection === null) {
    await discardPayload(context, payload);
    return null;
  }
  const format = await formatNamed(context, tenant, payload.format);
  if (format === null) throw new JobError('A payload is in a format that is not read here');
  const { patient } = connection;
  const { received, hash, bytes } = payload;
  const seen: Seen[] = [];
  const noted = { ...sourceGrant(connection), seen };
  const tally = noTally();
  const items = itemsOf(format, bytes, { received, zone: 0 });
  const link = { tenant, patient, connection, grant: null };
  for await (const outcomes of ingest(context, link, items, { received, payload: { id, hash }, noted }))
    count(tally, outcomes);
  // What is not in the ledger is done again.
  await recordPayload(context, noted, payload.format, seen);
  const taken = tally.created + tally.known + tally.amended;
  await settlePayload(database, tenant, id, taken === 0 && tally.refused > 0 ? 'failed' : 'done', tally);
  return tally;
}

export const payloadJob: JobHandler = {
  kind: payloadKind,
  async run(context, { tenant, payload }) {
    const { id } = payload as { id: string }; // as it was given to addJob
    await workPayload(context, tenant, id);
  },
};
