import type { Appointment } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { VideoPolicy } from './policy.ts';
import type { Visit } from './visit.ts';

/** The jobs of a visit that nobody asks for: the patient does not come, or nobody ends it. */
export const NO_SHOW_JOB = 'video-no-show';
export const HARD_STOP_JOB = 'video-hard-stop';

const MINUTE = 60_000;
/** Instants have years of four digits, and what is planned comes some days after them at most. */
const LAST = Date.UTC(9999, 0);

/** ms since 1970. */
export type Times = Pick<Visit, 'startsAt' | 'endsAt' | 'hardStop'>;

/** When a visit is, as its Appointment says; null: it says no start. */
export function timesOf({ start, end, minutesDuration }: Appointment, policy: VideoPolicy): Times | null {
  const startsAt = Math.min(Date.parse(start ?? ''), LAST);
  if (Number.isNaN(startsAt)) return null;
  const endsAt = end === undefined ? startsAt + (minutesDuration ?? 30) * MINUTE : Math.min(Date.parse(end), LAST);
  return { startsAt, endsAt, hardStop: endsAt + policy.overtimeMinutes * MINUTE };
}

/** From when on a patient who has not come is not waited for. */
export const missedFrom = ({ startsAt }: Pick<Visit, 'startsAt'>, { noShowMinutes }: VideoPolicy): number =>
  startsAt + noShowMinutes * MINUTE;

/** Since when a visit that those who treat have left is over; null: they have not. */
export const outFrom = ({ hostLeftAt }: Pick<Visit, 'hostLeftAt'>, { graceMinutes }: VideoPolicy): number | null =>
  hostLeftAt === null ? null : hostLeftAt + graceMinutes * MINUTE;

/**
 * Looks at a visit at its times. Each instant has a job of its own: one that is open comes no later for being asked for again,
 * and a visit may be put off.
 */
export async function planTimes(on: Queryable, visit: Visit, policy: VideoPolicy): Promise<void> {
  const { tenant, id, hardStop } = visit;
  for (const [kind, at] of [
    [NO_SHOW_JOB, missedFrom(visit, policy)],
    [HARD_STOP_JOB, hardStop],
  ] as const)
    await addJob(on, { tenant, kind, payload: { visit: id }, key: `${id} ${at}`, runAt: new Date(at) });
}

/** A visit that has not begun is when its Appointment is. */
export async function moveTimes(on: Queryable, visit: Visit, times: Times, policy: VideoPolicy): Promise<void> {
  const { startsAt, endsAt, hardStop } = times;
  await on.query('update video_visit set starts_at = $3, ends_at = $4, hard_stop = $5 where tenant = $1 and id = $2', [
    visit.tenant,
    visit.id,
    new Date(startsAt),
    new Date(endsAt),
    new Date(hardStop),
  ]);
  await planTimes(on, { ...visit, ...times }, policy);
}
