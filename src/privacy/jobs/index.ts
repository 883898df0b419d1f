import type { JobHandler } from './job-handler.ts';

/** LIST: what the server does later, or now and again. */
export const jobHandlers: readonly JobHandler[] = [];
