import { JobError } from '../../db/jobs.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { DeviceParts } from '../deps.ts';
import { placeOf, reachOf, vendorIn, webhookOf } from './authorization.ts';
import { revokeKind } from './end.ts';
import { readTokens, writeTokens } from './secrets.ts';
import { readConnection } from './store.ts';

type Asked = { connection: string };

/** Takes back, at the vendor, the tokens of a connection that has ended, and forgets them. */
export const revokeTokensJob = (parts: DeviceParts): JobHandler => ({
  kind: revokeKind,
  async run(context, { tenant, payload }) {
    const { connection: id } = payload as Asked; // as it was given to addJob
    const { database, settings } = context;
    const connection = await readConnection(database, tenant, id);
    if (connection?.state !== 'revoked') return;
    const tokens = await readTokens(settings, database, tenant, id);
    const place = placeOf(parts, vendorIn(connection));
    if (tokens !== null && place !== null) {
      const reach = reachOf(parts, place, tokens, context.now());
      const done = await place.vendor.revoke(webhookOf(settings.baseOf(tenant), place), reach);
      if (!done.ok) throw new JobError('The vendor could not be asked to revoke a token');
    }
    await writeTokens(settings, database, tenant, id, null);
  },
});
