import { FORGET_JOB, forgetDerived } from '../erase/derived.ts';
import type { JobHandler } from './job-handler.ts';

/** Deletes what was concluded of answers that somebody has deleted. */
export const forgetDerivedJob: JobHandler = {
  kind: FORGET_JOB,
  async run(context, { tenant, payload }) {
    // What willForget gave.
    const { patient, id } = payload as { patient: string; id: string };
    await forgetDerived(context, tenant, patient, id);
  },
};
