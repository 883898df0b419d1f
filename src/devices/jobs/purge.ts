import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { purgePayloads } from '../payloads.ts';

/** Days for which it can be looked up what was sent, and for which a notification is known again. */
const KEPT = 30;

/** Days after which what nobody could read is not tried any more. */
const GIVEN_UP = 90;

const DAY = 86_400_000;

/** Forgets what was sent, and that it came, once nobody asks for it any more. */
export const purgeJob: JobHandler = {
  kind: 'device-purge',
  every: 86_400,
  async run(context, { tenant }) {
    const before = context.now() - KEPT * DAY;
    await purgePayloads(context, tenant, { before, given: context.now() - GIVEN_UP * DAY });
    await context.database.query('delete from device_event_seen where tenant = $1 and created_at < $2', [
      tenant,
      new Date(before),
    ]);
  },
};
