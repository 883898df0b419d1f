import { purgePast } from '../retention/purge-past.ts';
import type { JobHandler } from './job-handler.ts';

/** Once a day, what need not be kept any more goes. */
export const retentionJob: JobHandler = {
  kind: 'retention',
  every: 86_400,
  run: (context, { tenant }) => purgePast(context, tenant),
};
