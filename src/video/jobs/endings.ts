import { addJob, type Job } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { GRACE_JOB } from '../people/attendance.ts';
import type { Providers } from '../providers/provider.ts';
import { stopRecordingOf } from '../recording/presence.ts';
import { isOver } from '../session.ts';
import { advance, OVER_JOB } from '../visits/advance.ts';
import { FOLLOW_JOB, followVisit } from '../visits/followed.ts';
import { policyOf } from '../visits/policy.ts';
import { HARD_STOP_JOB, missedFrom, NO_SHOW_JOB, outFrom } from '../visits/times.ts';
import { findVisit, type Visit } from '../visits/visit.ts';

const server = { reference: null };

const visitOf = (context: FhirContext, { tenant, payload }: Job): Promise<Visit | null> =>
  findVisit(context.database, tenant, 'id', (payload as { visit: string }).visit); // as addJob was given it

/** The patient has not come: others are let go. Who is there by now is not missed. */
export const noShow: JobHandler = {
  kind: NO_SHOW_JOB,
  async run(context, job) {
    const visit = await visitOf(context, job);
    if (visit?.state !== 'scheduled') return;
    // It may have been put off: then there is another job.
    const isMissed = context.now() >= missedFrom(visit, await policyOf(context, visit.tenant));
    if (isMissed) await advance(context, visit.tenant, visit.id, 'miss', server);
  },
};

/** Its time is over, whoever is in it. */
export const hardStop: JobHandler = {
  kind: HARD_STOP_JOB,
  async run(context, job) {
    const visit = await visitOf(context, job);
    if (visit && context.now() >= visit.hardStop) await advance(context, visit.tenant, visit.id, 'lapse', server);
  },
};

/** Nobody stays in a visit that those who treat have left, however long that takes. */
export const grace: JobHandler = {
  kind: GRACE_JOB,
  async run(context, job) {
    const visit = await visitOf(context, job);
    if (!visit || isOver(visit.state)) return;
    const from = outFrom(visit, await policyOf(context, visit.tenant));
    if (from === null) return;
    if (context.now() >= from) return void (await advance(context, visit.tenant, visit.id, 'lapse', server));
    // They were back in between, and have left again since.
    const { tenant, id } = visit;
    const again = { tenant, kind: GRACE_JOB, payload: { visit: id }, key: `${id} ${from}`, runAt: new Date(from) };
    await addJob(context.database, again);
  },
};

/** What was written in a transaction may have ended a visit. */
export const followJob: JobHandler = {
  kind: FOLLOW_JOB,
  async run(context, { tenant, payload }) {
    await followVisit(context, tenant, (payload as { visit: string }).visit, server); // as addJob was given it
  },
};

/** A visit is over: what carries its media is told, and nothing of it is recorded any more. */
export const over = (providers: Providers): JobHandler => ({
  kind: OVER_JOB,
  async run(context, job) {
    const visit = await visitOf(context, job);
    if (!visit) return;
    await stopRecordingOf(context, visit, 'over', providers);
    await providers.get(visit.provider)?.end(visit);
  },
});
