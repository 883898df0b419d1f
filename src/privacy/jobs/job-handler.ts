import type { Job } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** How jobs of one kind are done. */
export type JobHandler = {
  kind: string;
  /**
   * Does the job, which may have been done in part before: by a server that was killed, or by one that lost sight of the
   * database. Who throws is asked again later.
   */
  run(context: FhirContext, job: Job): Promise<void>;
  /** Seconds from the end of one to the next: in every tenant one such job stands. */
  every?: number;
};
