import { forgetSources } from '../requests/complaint.ts';
import { overdueNotices } from '../requests/request-clocks.ts';
import type { JobHandler } from './job-handler.ts';

/** Looks once a day for requests whose answer is due soon, or overdue, and forgets where complaints came from. */
export const requestClocks: JobHandler = {
  kind: 'request-clocks',
  every: 86_400,
  async run(context, { tenant }) {
    await overdueNotices(context, tenant);
    await forgetSources(context, tenant);
  },
};
