import { relabelJob } from '../labels/relabel.ts';
import { dropCopies } from './drop-copies.ts';
import { eraseJob } from './erase.ts';
import { eraseAgainJob } from './erase-again.ts';
import { forgetDerivedJob } from './forget-derived.ts';
import type { JobHandler } from './job-handler.ts';
import { makeCopyJob } from './make-copy.ts';
import { requestClocks } from './request-clocks.ts';
import { retentionJob } from './retention.ts';

/** LIST: what the server does later, or now and again. */
export const jobHandlers: readonly JobHandler[] = [
  dropCopies,
  eraseAgainJob,
  eraseJob,
  forgetDerivedJob,
  makeCopyJob,
  relabelJob,
  requestClocks,
  retentionJob,
];
