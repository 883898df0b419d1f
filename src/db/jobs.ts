import { randomUUID } from 'node:crypto';

import { DatabaseError, type Queryable, type Row } from './database.ts';

/** Work that was asked for; how it is done is known to the handler of its kind. */
export type Job = {
  tenant: number;
  id: string;
  kind: string;
  /** As it was given to addJob. */
  payload: unknown;
  /** How often it was taken, this time included. */
  attempts: number;
  /** How often it was asked for by its key. */
  asked: number;
};

export type NewJob = {
  tenant: number;
  kind: string;
  /** What JSON can hold. Ids and dates, never what is in a record: it may lie here for long. */
  payload: unknown;
  /** Not before; absent: now. */
  runAt?: Date;
  /** Names work of which there is one at a time, as long as it is open. */
  key?: string;
};

/** Why a job failed, in a sentence that has nothing of a record in it: it is kept. */
export class JobError extends Error {}

/** ms for which a job is the taker's, unless they say that they still have it. */
export const LEASE = 120_000;
/** Attempts after which a job is given up. */
export const ATTEMPTS = 12;

const after = (now: number, ms: number): Date => new Date(now + ms);

// Every statement here that returns a job returns it in this order.
const columns = 'j.tenant, j.id, j.kind, j.payload, j.attempts, j.asked';
const jobOf = ([tenant, id, kind, payload, attempts, asked]: Row): Job => ({
  tenant: tenant as number,
  id: id as string,
  kind: kind as string,
  payload: JSON.parse(payload as string),
  attempts: attempts as number,
  asked: asked as number,
});

/**
 * Asks for a job. In a transaction it is there when that is committed. Where there is an open job of the kind with this key
 * it is that one: it comes no later than was asked for, and if it is under way already it comes once more.
 *
 * @returns its id
 */
export async function addJob(on: Queryable, job: NewJob): Promise<string> {
  const { tenant, kind, payload, runAt = null, key = null } = job;
  const [row] = await on.query(
    `insert into job (tenant, id, kind, key, payload, run_at) values ($1, $2, $3, $4, $5, coalesce($6, now()))
     on conflict (tenant, kind, key) where key is not null and done_at is null
     do update set asked = job.asked + 1, payload = excluded.payload, run_at = least(job.run_at, excluded.run_at)
     returning id`,
    [tenant, randomUUID(), kind, key, JSON.stringify(payload), runAt],
  );
  return String(row?.[0]);
}

/**
 * Asks for a job and takes it at once: it is done here and now, and by another if this process is killed. No job of the same key
 * may be open.
 */
export async function addTakenJob(on: Queryable, job: NewJob & { key: string }, now: number): Promise<Job> {
  const { tenant, kind, payload, key } = job;
  const [row] = await on.query(
    `insert into job as j (tenant, id, kind, key, payload, run_at, attempts, locked_until)
     values ($1, $2, $3, $4, $5, $6, 1, $7) returning ${columns}`,
    [tenant, randomUUID(), kind, key, JSON.stringify(payload), after(now, 0), after(now, LEASE)],
  );
  if (!row) throw new Error('an insert gave no row');
  return jobOf(row);
}

/** Sees to it that a job of the kind stands in a tenant, which begins `every` seconds from now; one that is there stays. */
export async function addStandingJob(
  on: Queryable,
  tenant: number,
  kind: string,
  every: number,
  now: number,
): Promise<void> {
  await on.query(
    `insert into job (tenant, id, kind, key, payload, run_at) values ($1, $2, $3, 'standing', '{}', $4)
     on conflict (tenant, kind, key) where key is not null and done_at is null do nothing`,
    [tenant, randomUUID(), kind, after(now, every * 1000)],
  );
}

const due = '(locked_until is null or locked_until <= $2) and run_at <= $2 and done_at is null';

/** The tenants in which something is due. */
export async function tenantsWithJobs(on: Queryable, now: number): Promise<number[]> {
  const rows = await on.query(
    `select t.id from tenant t where exists (select from job where tenant = t.id and ${due.replaceAll('$2', '$1')})`,
    [after(now, 0)],
  );
  return rows.map(([tenant]) => Number(tenant));
}

/** Takes the job of a tenant that has been due for longest, of these kinds; it is the taker's for LEASE. */
export async function takeJob(
  on: Queryable,
  tenant: number,
  kinds: readonly string[],
  now: number,
): Promise<Job | null> {
  const [row] = await on.query(
    `update job j set attempts = j.attempts + 1, locked_until = $4
     from (select id from job where tenant = $1 and ${due} and kind = any($3::text[]) order by run_at, id limit 1
       for update skip locked) d
     where j.tenant = $1 and j.id = d.id returning ${columns}`,
    [tenant, after(now, 0), kinds, after(now, LEASE)],
  );
  return row ? jobOf(row) : null;
}

// Who took it later has counted one attempt more: then it is not ours any more, and what we say of it is void.
const ours = 'tenant = $1 and id = $2 and attempts = $3 and done_at is null';

/** Says that the job is still being done. False: somebody else has it by now. */
export async function keepJob(on: Queryable, { tenant, id, attempts }: Job, now: number): Promise<boolean> {
  const rows = await on.query(`update job set locked_until = $4 where ${ours} returning id`, [
    tenant,
    id,
    attempts,
    after(now, LEASE),
  ]);
  return rows.length > 0;
}

/**
 * Says so again and again, until the returned function is called. If it cannot be said once, it can be the next time; after
 * LEASE the job is somebody else's.
 */
export function keepOn(on: Queryable, job: Job, now: () => number): () => void {
  const timer = setInterval(() => void keepJob(on, job, now()).catch(() => {}), LEASE / 4).unref();
  return () => clearInterval(timer);
}

/** A job is done; one that was asked for once more meanwhile, or that stands, comes again. @param every seconds */
export async function finishJob(on: Queryable, job: Job, now: number, every: number | null): Promise<void> {
  const again = every === null ? null : after(now, every * 1000);
  await on.query(
    `update job set locked_until = null, last_error = null,
       attempts = case when $5::timestamptz is not null or asked > $6 then 0 else attempts end,
       run_at = case when asked > $6 then run_at else coalesce($5, run_at) end,
       payload = case when $5::timestamptz is not null or asked > $6 then payload else '{}' end,
       done_at = case when $5::timestamptz is not null or asked > $6 then null else $4::timestamptz end
     where ${ours}`,
    [job.tenant, job.id, job.attempts, after(now, 0), again, job.asked],
  );
}

/** What is kept of an error: a sentence of ours, or what kind of error it was. */
export function errorText(error: unknown): string {
  if (error instanceof JobError) return error.message;
  if (error instanceof DatabaseError) return `The database: ${error.fault} ${error.sqlstate ?? ''}`.trim();
  return `A fault of ours: ${error instanceof Error ? error.constructor.name : typeof error}`;
}

/** ms to wait after an attempt: 5 s, 10 s, … 1 h at most. */
const backoff = (attempts: number): number => Math.min(5000 * 2 ** (attempts - 1), 3_600_000);

/** A job failed: it is tried again, later and later, and given up at last; one that stands waits for its next time. */
export async function failJob(
  on: Queryable,
  job: Job,
  error: unknown,
  now: number,
  every: number | null,
): Promise<void> {
  const over = job.attempts >= ATTEMPTS;
  const wait = over && every !== null ? every * 1000 : backoff(job.attempts);
  await on.query(
    `update job set locked_until = null, last_error = $4, run_at = $5, done_at = $6,
       attempts = case when $7 then 0 else attempts end
     where ${ours}`,
    [
      job.tenant,
      job.id,
      job.attempts,
      errorText(error),
      after(now, wait),
      over && every === null ? after(now, 0) : null,
      over && every !== null,
    ],
  );
}

/** ms that what is over is kept: done for a week, given up for half a year. */
const DAY = 86_400_000;

export async function forgetJobs(on: Queryable, tenant: number, now: number): Promise<void> {
  await on.query(
    `delete from job where tenant = $1 and done_at < case when last_error is null then $2::timestamptz else $3 end`,
    [tenant, after(now, -7 * DAY), after(now, -182 * DAY)],
  );
}
