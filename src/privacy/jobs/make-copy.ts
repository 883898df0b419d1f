import { COPY_JOB } from '../copy/ask.ts';
import { makeCopy } from '../copy/make.ts';
import type { JobHandler } from './job-handler.ts';

/** Makes a copy of a record that somebody asked for. */
export const makeCopyJob: JobHandler = {
  kind: COPY_JOB,
  run(context, { tenant, payload }) {
    // What askForCopy gave.
    return makeCopy(context, tenant, (payload as { copy: string }).copy);
  },
};
