import { copiesOver, forgetBytes } from '../copy/copies.ts';
import type { JobHandler } from './job-handler.ts';

/** ms that a download may take after it has begun. */
const DOWNLOAD = 3_600_000;

/** Deletes the bytes of copies that were fetched or have expired. Without their keys nobody could read them any more. */
export const dropCopies: JobHandler = {
  kind: 'drop-copies',
  every: 3600,
  async run(context, { tenant }) {
    const now = context.now();
    for (;;) {
      const over = await copiesOver(context.database, tenant, new Date(now), new Date(now - DOWNLOAD));
      for (const copy of over) {
        if (copy.sha256 !== null) await context.blobs.delete(copy.sha256);
        await forgetBytes(context.database, copy, new Date(now));
      }
      if (over.length === 0) return;
    }
  },
};
