import type { JobHandler } from '../../privacy/jobs/job-handler.ts';

const HOUR = 3_600_000;

/** What is of no use any more is dropped. */
export const tidy: JobHandler = {
  kind: 'video-tidy',
  every: 60,
  async run({ database, now }, { tenant }) {
    const before = (ms: number): Date => new Date(now() - ms);
    await database.query('delete from video_message where tenant = $1 and created_at < $2', [tenant, before(60_000)]);
    await database.query('delete from video_token_used where tenant = $1 and expires_at < $2', [tenant, before(HOUR)]);
    await database.query('delete from video_limit where tenant = $1 and minute < $2', [tenant, before(HOUR)]);
    await database.query('delete from video_event_seen where tenant = $1 and created_at < $2', [
      tenant,
      before(48 * HOUR),
    ]);
  },
};

/** A day after a visit nobody is called back, and no guest comes back: what that took is dropped. */
export const forget: JobHandler = {
  kind: 'video-forget',
  every: 3600,
  async run({ database, now }, { tenant }) {
    const before = new Date(now() - 24 * HOUR);
    await database.query(
      'update video_visit set callback = null where tenant = $1 and hard_stop < $2 and callback is not null',
      [tenant, before],
    );
    await database.query(
      `update video_participant p set secret_hash = null from video_visit v
       where p.tenant = $1 and p.secret_hash is not null and v.tenant = $1 and v.id = p.visit and v.hard_stop < $2`,
      [tenant, before],
    );
  },
};
