import { ERASE_JOB } from '../erase/ask.ts';
import { carryOut } from '../erase/carry-out.ts';
import { keptByLaw } from '../retention/kept.ts';
import type { JobHandler } from './job-handler.ts';

/** Erases a record when its days of grace are over. */
export const eraseJob: JobHandler = {
  kind: ERASE_JOB,
  async run(context, { tenant, payload }) {
    // What askForErasure gave.
    await carryOut(context, tenant, (payload as { erasure: string }).erasure, keptByLaw);
  },
};
