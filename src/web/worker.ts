import { DatabaseError } from '../db/database.ts';
import {
  ATTEMPTS,
  addStandingJob,
  failJob,
  finishJob,
  forgetJobs,
  JobError,
  keepOn,
  takeJob,
  tenantsWithJobs,
} from '../db/jobs.ts';
import type { FhirContext } from '../fhir/context.ts';
import type { JobHandler } from '../privacy/jobs/job-handler.ts';

/** ms between two looks for what is due, and between two looks for tenants that are new. */
const EVERY = 1000;
const SURVEY = 3_600_000;

/** Does one job, if one of the tenant is due. */
async function runOne(context: FhirContext, handlers: readonly JobHandler[], tenant: number): Promise<boolean> {
  const { database, now } = context;
  const kinds = handlers.map(({ kind }) => kind);
  const job = await takeJob(database, tenant, kinds, now());
  const handler = handlers.find(({ kind }) => kind === job?.kind);
  if (!job || !handler) return false;
  const every = handler.every ?? null;
  if (job.attempts > ATTEMPTS) {
    // Who took it before said nothing of it any more: it ends the process that does it.
    await failJob(database, job, new JobError('Whoever did it was gone before it was done'), now(), every);
    return true;
  }
  const letGo = keepOn(database, job, now);
  try {
    await handler.run(context, job);
    await finishJob(database, job, now(), every);
  } catch (error) {
    context.onFault?.(error);
    await failJob(database, job, error, now(), every);
  } finally {
    letGo();
  }
  return true;
}

/** Does all that is due by the clock of the context, one after the other. @param stopped whether to leave the rest */
export async function runJobs(
  context: FhirContext,
  handlers: readonly JobHandler[],
  stopped: () => boolean = () => false,
): Promise<void> {
  for (const tenant of await tenantsWithJobs(context.database, context.now())) {
    while (!stopped() && (await runOne(context, handlers, tenant)));
  }
}

/** What stands in every tenant is set up, and what is long over is forgotten. */
export async function surveyJobs(context: FhirContext, handlers: readonly JobHandler[]): Promise<void> {
  for (const [id] of await context.database.query('select id from tenant')) {
    const tenant = Number(id);
    for (const { kind, every } of handlers) {
      if (every !== undefined) await addStandingJob(context.database, tenant, kind, every, context.now());
    }
    await forgetJobs(context.database, tenant, context.now());
  }
}

/**
 * Does jobs as they come due, one at a time, as long as the server runs. Several servers share the work.
 *
 * @returns ends it, once what is under way is done
 */
export function startWorker(context: FhirContext, handlers: readonly JobHandler[]): () => Promise<void> {
  let stopped = false;
  let surveyed = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    if (performance.now() - surveyed > SURVEY) {
      await surveyJobs(context, handlers);
      surveyed = performance.now();
    }
    await runJobs(context, handlers, () => stopped);
  };
  const timer = setInterval(() => {
    underWay ??= look()
      .catch((error) => {
        // That the database cannot be reached is in the log already; the jobs wait.
        const isAway = error instanceof DatabaseError && error.fault === 'unavailable';
        if (!isAway) context.onFault?.(error);
      })
      .finally(() => {
        underWay = null;
      });
  }, EVERY);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await underWay;
  };
}
