import { overdueNotices } from '../request-clocks.ts';
import type { JobHandler } from './job-handler.ts';

/** Looks once a day for requests whose answer is due soon, or overdue. */
export const requestClocks: JobHandler = {
  kind: 'request-clocks',
  every: 86_400,
  run: (context, { tenant }) => overdueNotices(context, tenant),
};
