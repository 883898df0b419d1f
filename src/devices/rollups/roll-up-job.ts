import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { rollUp } from './roll-up.ts';

/** Each minute: hours and days of readings that are over and that something new is of. */
export const rollUpJob: JobHandler = {
  kind: 'device-rollup',
  every: 60,
  run: (context, { tenant }) => rollUp(context, tenant),
};
