import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { auditVisit, type By, type VideoAudit } from '../audit.ts';
import { GRACE_JOB } from '../people/attendance.ts';
import { publish } from '../relay.ts';
import { events, isOver, next, type VisitEvent, type VisitState } from '../session.ts';
import { noticesOf } from './notices.ts';
import { writeAppointment, writeEncounter } from './resources.ts';
import { shownVisit } from './shown.ts';
import { findVisit, type Visit } from './visit.ts';

export type { By } from '../audit.ts';

/** The job that ends what is still open of a visit that is over: media, recording. */
export const OVER_JOB = 'video-over';

/** What is written into the ledger when a visit comes into a state. */
const audits: Readonly<Record<VisitState, VideoAudit>> = {
  scheduled: 'created',
  waiting: 'waiting',
  ready: 'prepared',
  live: 'admitted',
  held: 'held',
  finished: 'ended',
  missed: 'missed',
  cancelled: 'cancelled',
};

const words: Readonly<Record<VisitState, string>> = {
  scheduled: 'nobody has come yet',
  waiting: 'the patient waits',
  ready: 'the patient waits',
  live: 'it is under way',
  held: 'it is on hold',
  finished: 'it is over',
  missed: 'the patient did not come',
  cancelled: 'it was cancelled',
};

/** Why something cannot be done, and what can. */
function refusalOf(state: VisitState): string {
  const possible = events.filter((one) => ![null, state].includes(next(state, one)));
  const rest = possible.length === 0 ? '' : `; what can happen to it: ${possible.join(', ')}`;
  return `That cannot be done with this visit now: ${words[state]}${rest}`;
}

/**
 * Takes a visit from one state to the next: in one transaction its row, its Appointment, its Encounter, the word to every browser
 * of it, the notices and the ledger. What changes nothing writes nothing.
 *
 * @returns 409 where this cannot happen in the state that it is in
 */
export async function advance(
  context: FhirContext,
  tenant: number,
  id: string,
  event: VisitEvent,
  by: By,
): Promise<Result<Visit>> {
  return context.database.transaction((tx) => advanceIn(context, tx, tenant, id, event, by));
}

/** Whoever was let in is alone: who let them in is not there. */
async function isWithoutHost(tx: Queryable, { tenant, id }: Visit): Promise<boolean> {
  const [host] = await tx.query(
    `select 1 from video_participant where tenant = $1 and visit = $2 and role = 'host' and socket is not null limit 1`,
    [tenant, id],
  );
  return host === undefined;
}

/** Ends it after a while, unless they come (back). */
async function hostIsOut(context: FhirContext, tx: Queryable, { tenant, id, hostLeftAt }: Visit): Promise<void> {
  if (hostLeftAt !== null) return;
  const now = context.now();
  await tx.query('update video_visit set host_left_at = $3 where tenant = $1 and id = $2', [tenant, id, new Date(now)]);
  await addJob(tx, { tenant, kind: GRACE_JOB, payload: { visit: id }, runAt: new Date(now), key: id });
}

/** The same in a transaction, of which it is the last. */
export async function advanceIn(
  context: FhirContext,
  tx: Queryable,
  tenant: number,
  id: string,
  event: VisitEvent,
  by: By,
): Promise<Result<Visit>> {
  const visit = await findVisit(tx, tenant, 'id', id, 'lock');
  if (visit === null) return notFound('There is no such visit');
  const to = next(visit.state, event);
  if (to === null) return conflict(refusalOf(visit.state));
  if (to === visit.state) return ok(visit);
  const changed: Visit = { ...visit, state: to, epoch: visit.epoch + (isOver(to) ? 1 : 0) };
  await tx.query('update video_visit set state = $3, epoch = $4 where tenant = $1 and id = $2', [
    tenant,
    id,
    to,
    changed.epoch,
  ]);
  if (to === 'live' && (await isWithoutHost(tx, visit))) await hostIsOut(context, tx, visit);
  await writeAppointment(context, tx, changed);
  await writeEncounter(context, tx, changed);
  const body = { type: 'visit', visit: await shownVisit(context, changed) } as const;
  await publish(tx, { tenant, visit: id, target: null, body }, context.now());
  if (isOver(to)) await addJob(tx, { tenant, kind: OVER_JOB, payload: { visit: id }, key: id });
  await noticesOf(context, tx, changed, by);
  const audit = event === 'resume' ? 'resumed' : audits[to];
  await auditVisit(context, changed, audit, by, tx);
  return ok(changed);
}
