import { denied } from './denied.ts';

/** The system by which an employer tells who works there: it writes by $enroll-feed, checked, and reads nothing. */
export const employerFeed = denied('employer-feed', 'ENROLLM');
