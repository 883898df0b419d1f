import { addJob, JobError } from '../../db/jobs.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { DeviceParts } from '../deps.ts';
import { placeOf, reachOf, vendorIn, webhookOf } from './authorization.ts';
import { readConnection } from './store.ts';
import { freshTokens } from './tokens.ts';

export const subscribeKind = 'device-subscribe';

/** ms before the end of a subscription at which it is asked for again. */
const EARLY = 24 * 3_600_000;

/** Asks a vendor to notify us of one of its users, and again before that ends. */
export const subscribeJob = (parts: DeviceParts): JobHandler => ({
  kind: subscribeKind,
  async run(context, { tenant, payload }) {
    const { connection: id } = payload as { connection: string }; // as it was given to addJob
    const { database, settings, now } = context;
    const connection = await readConnection(database, tenant, id);
    if (connection?.state !== 'active') return;
    const place = placeOf(parts, vendorIn(connection));
    if (place === null) throw new JobError('The vendor is not set up here');
    const fresh = await freshTokens(context, parts, connection);
    if (!fresh.ok && fresh.why === 'expired') return;
    if (!fresh.ok) throw new JobError('The vendor could not be asked for a token');
    const reach = reachOf(parts, place, fresh.tokens, now());
    const answer = await place.vendor.subscribe(webhookOf(settings.baseOf(tenant), place), reach);
    if (!answer.ok) throw new JobError(`The vendor does not notify: ${answer.reason}`);
    const { until } = answer.value;
    if (until === null) return;
    // This job is open under its own key as long as it runs.
    const runAt = new Date(Math.max(until - EARLY, now() + 60_000));
    await addJob(database, { tenant, kind: subscribeKind, payload, key: `${id} ${until}`, runAt });
  },
});
