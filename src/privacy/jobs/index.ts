import { relabelJob } from '../labels/relabel.ts';
import { dropCopies } from './drop-copies.ts';
import { eraseJob } from './erase.ts';
import { eraseAgainJob } from './erase-again.ts';
import type { JobHandler } from './job-handler.ts';
import { makeCopyJob } from './make-copy.ts';
import { requestClocks } from './request-clocks.ts';

/** LIST: what the server does later, or now and again. */
export const jobHandlers: readonly JobHandler[] = [
  dropCopies,
  eraseAgainJob,
  eraseJob,
  makeCopyJob,
  relabelJob,
  requestClocks,
];
