import { JobError } from '../../db/jobs.ts';
import { REVOKE_JOB } from '../../privacy/erase/sources.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { DeviceParts } from '../deps.ts';
import { placeOf, reachOf, vendorIn, webhookOf } from './authorization.ts';
import { readTokens, writeTokens } from './secrets.ts';
import { readConnection } from './store.ts';
import { freshTokens } from './tokens.ts';

const unreached = new JobError('The vendor could not be asked to revoke a token');

type Asked = { connection: string };

/** Takes back, at the vendor, the tokens of a connection that has ended, and forgets them. */
export const revokeTokensJob = (parts: DeviceParts): JobHandler => ({
  kind: REVOKE_JOB,
  async run(context, { tenant, payload }) {
    const { connection: id } = payload as Asked; // as it was given to addJob
    const { database, settings } = context;
    const connection = await readConnection(database, tenant, id);
    if (connection?.state !== 'revoked') return;
    const place = placeOf(parts, vendorIn(connection));
    const isGiven = (await readTokens(settings, database, tenant, id)) !== null;
    if (isGiven && place !== null) {
      const fresh = await freshTokens(context, parts, connection);
      // What it takes no more need not be taken back.
      if (!fresh.ok && fresh.why === 'unreachable') throw unreached;
      const reach = fresh.ok ? reachOf(parts, place, fresh.tokens, context.now()) : null;
      const done = reach && (await place.vendor.revoke(webhookOf(settings.baseOf(tenant), place), reach));
      if (done?.ok === false) throw unreached;
    }
    await writeTokens(settings, database, tenant, id, null);
    // Of a record that was erased nothing else is left of it.
    await database.query("delete from device_connection where tenant = $1 and id = $2 and patient = ''", [tenant, id]);
  },
});
