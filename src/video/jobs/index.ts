import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { endHoldJob } from '../booking/end-hold.ts';
import { freeSlotJob } from '../booking/followed-slots.ts';
import type { Providers } from '../providers/provider.ts';
import { recordingJobsOf } from '../recording/jobs.ts';
import { absentJob } from '../signalling/presence.ts';
import { egressJob } from '../webhooks.ts';
import { followJob, grace, hardStop, noShow, over } from './endings.ts';
import { forget, tidy } from './tidy.ts';

/** LIST: the work for later of visits by video. */
export const videoJobsOf = (providers: Providers): readonly JobHandler[] => [
  noShow,
  hardStop,
  grace,
  over(providers),
  ...recordingJobsOf(providers),
  egressJob(providers),
  followJob,
  tidy,
  forget,
  endHoldJob,
  freeSlotJob,
  absentJob(providers),
];
