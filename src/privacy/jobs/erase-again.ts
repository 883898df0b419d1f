import { resumeDue } from '../erase/ask.ts';
import { eraseAgain, erasedRecords } from '../erase/erase-again.ts';
import { keptByLaw } from '../retention/kept.ts';
import type { JobHandler } from './job-handler.ts';

/**
 * Once a day what is due and was left is taken up again, and what somebody wrote of people whose records are erased goes, and what
 * had to be kept and need not be any more.
 */
export const eraseAgainJob: JobHandler = {
  kind: 'erase again',
  every: 86_400,
  async run(context, { tenant }) {
    await resumeDue(context, tenant);
    await eraseAgain(context, await erasedRecords(context.database, tenant), keptByLaw);
  },
};
