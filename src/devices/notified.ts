import { addJob, JobError } from '../db/jobs.ts';
import type { JobHandler } from '../privacy/jobs/job-handler.ts';
import { vendorIn } from './connections/authorization.ts';
import { fetchFor } from './connections/fetch.ts';
import { liveConnection } from './connections/live.ts';
import { hashOf, markSynced } from './connections/store.ts';
import type { DeviceParts } from './deps.ts';
import { takeFetched } from './take-payload.ts';
import type { What } from './vendors/vendor.ts';

/** The job that fetches what a notification told of. */
export const NOTIFIED_JOB = 'device-notified';

export type ToFetch = {
  /** The id of a connection. */
  connection: string;
  what: What;
};

/** s: the longest that a vendor is waited for. */
const LONGEST = 86_400;

/** Fetches what a vendor has told of, and keeps it to be worked off. */
export const notifiedJob = (parts: DeviceParts): JobHandler => ({
  kind: NOTIFIED_JOB,
  async run(context, { tenant, payload }) {
    const { connection: id, what } = payload as ToFetch; // as it was given to addJob
    const { database, now } = context;
    const connection = await liveConnection(database, tenant, id);
    if (connection === null) return;
    const answer = await fetchFor(context, parts, connection, what);
    if (answer.ok) {
      for (const text of answer.value) await takeFetched(context, connection, vendorIn(connection), text);
      return;
    }
    await markSynced(database, connection, { at: now(), lastReading: null, problem: answer.reason });
    // Its user has to agree anew, and then all of it is fetched.
    if (answer.reason === 'unauthorized' || answer.reason === 'refused') return;
    if (answer.retryAfter === null) throw new JobError(`The vendor gave nothing: ${answer.reason}`);
    const runAt = new Date(now() + Math.min(answer.retryAfter, LONGEST) * 1000);
    await addJob(database, {
      tenant,
      kind: NOTIFIED_JOB,
      payload,
      key: hashOf(JSON.stringify([payload, runAt])),
      runAt,
    });
  },
});
