import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { fetchJob, pollJob } from '../connections/poll.ts';
import { revokeTokensJob } from '../connections/revoke.ts';
import { subscribeJob } from '../connections/subscribe.ts';
import { endWithdrawnJob } from '../connections/withdrawn.ts';
import type { DeviceParts } from '../deps.ts';
import { eraseBroughtJob } from '../erasing/erase-job.ts';
import { notifiedJob } from '../notified.ts';
import { rollUpJob } from '../rollups/roll-up-job.ts';
import { payloadJob } from '../take-payload.ts';
import { purgeJob } from './purge.ts';

/** LIST: the work for later of devices. */
export const deviceJobsOf = (parts: DeviceParts): readonly JobHandler[] => [
  endWithdrawnJob,
  fetchJob(parts),
  pollJob,
  revokeTokensJob(parts),
  eraseBroughtJob,
  subscribeJob(parts),
  rollUpJob,
  notifiedJob(parts),
  payloadJob,
  purgeJob,
];
