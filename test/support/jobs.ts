import type { FhirContext } from '../../src/fhir/context.ts';
import { jobHandlers } from '../../src/privacy/jobs/index.ts';
import type { JobHandler } from '../../src/privacy/jobs/job-handler.ts';
import { runJobs, surveyJobs } from '../../src/web/worker.ts';

/**
 * Does all jobs that are due at an instant, with that as the time, and waits for those that the server's own worker has.
 * Those that fail are due again later.
 *
 * @param context `server.smart.fhir` of a test server
 * @param at ms since 1970
 */
export async function runDueJobs(
  context: FhirContext,
  at: number = Date.now(),
  handlers: readonly JobHandler[] = jobHandlers,
): Promise<void> {
  const then = { ...context, now: () => at };
  // What stands has stood since the start of the server.
  await surveyJobs(context, handlers);
  await runJobs(then, handlers);
  for (;;) {
    const [row] = await context.database.query(
      'select count(*)::int from job where done_at is null and locked_until > $1 and kind = any($2::text[])',
      [new Date(), handlers.map(({ kind }) => kind)],
    );
    if (row?.[0] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
