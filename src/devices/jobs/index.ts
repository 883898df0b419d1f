import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { endWithdrawnJob } from '../connections/withdrawn.ts';
import type { DeviceParts } from '../deps.ts';
import { rollUpJob } from '../rollups/roll-up-job.ts';

/** LIST: the work for later of devices. */
export const deviceJobsOf = (_parts: DeviceParts): readonly JobHandler[] => [endWithdrawnJob, rollUpJob];
