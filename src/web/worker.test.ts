import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';

import { createDatabase } from '../../test/support/postgres.ts';
import { connect } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { ATTEMPTS, addJob, type Job, JobError, LEASE, takeJob } from '../db/jobs.ts';
import type { FhirContext } from '../fhir/context.ts';
import type { JobHandler } from '../privacy/jobs/job-handler.ts';
import { runJobs, startWorker, surveyJobs } from './worker.ts';

let own: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
const noon = Date.UTC(2030, 0, 1, 12);
const minute = 60_000;

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
});
beforeEach(async () => {
  await database.query('delete from job where tenant = $1', [1]);
});
afterAll(async () => {
  await database.close();
  await own.drop();
});

/** Jobs know the database, the clock and whom to tell of a fault. */
const at = (now: number): FhirContext => ({ database, now: () => now, onFault: () => {} }) as unknown as FhirContext;

function noting(run: (job: Job) => Promise<void> | void = () => {}, every?: number) {
  const done: Job[] = [];
  const handler: JobHandler = {
    kind: 'count',
    ...(every === undefined ? {} : { every }),
    async run(_, job) {
      done.push(job);
      await run(job);
    },
  };
  return { done, handlers: [handler] };
}

const ask = (more: { key?: string; runAt?: Date; payload?: unknown } = {}) =>
  addJob(database, { tenant: 1, kind: 'count', payload: { patient: 'p' }, runAt: new Date(noon), ...more });
const rows = async () => {
  const found = await database.query(
    'select attempts, last_error, done_at, run_at, payload from job where tenant = $1',
    [1],
  );
  return found.map(([attempts, error, done, runAt, payload]) => ({
    attempts,
    error,
    done,
    runAt: (runAt as Date).getTime(),
    payload,
  }));
};

test('a job is done when it is due and not before, and nothing of it is kept but that it was', async () => {
  await ask();
  const { done, handlers } = noting();
  await runJobs(at(noon - 1), handlers);
  expect(done).toEqual([]);
  await runJobs(at(noon), handlers);
  await runJobs(at(noon + minute), handlers);
  expect(done).toMatchObject([{ tenant: 1, kind: 'count', payload: { patient: 'p' }, attempts: 1 }]);
  expect(await rows()).toEqual([{ attempts: 1, error: null, done: new Date(noon), runAt: noon, payload: '{}' }]);
});

test('a job that is asked for in a transaction that fails is never done', async () => {
  const failing = database.transaction(async (tx) => {
    await addJob(tx, { tenant: 1, kind: 'count', payload: {}, runAt: new Date(noon) });
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  const { done, handlers } = noting();
  await runJobs(at(noon), handlers);
  expect(done).toEqual([]);
});

test('of 200 jobs each is done once by eight that work at the same time', async () => {
  for (let n = 0; n < 200; n++) await ask({ payload: n });
  const { done, handlers } = noting();
  await Promise.all(Array.from({ length: 8 }, () => runJobs(at(noon), handlers)));
  expect(done.map(({ payload }) => payload as number).sort((a, b) => a - b)).toEqual([...Array(200).keys()]);
});

test('what a server had that was killed is done by another when its time is over', async () => {
  await ask();
  const lost = await takeJob(database, 1, ['count'], noon);
  expect(lost?.attempts).toBe(1);
  const { done, handlers } = noting();
  await runJobs(at(noon + LEASE - 1), handlers);
  expect(done).toEqual([]);
  await runJobs(at(noon + LEASE), handlers);
  expect(done).toMatchObject([{ attempts: 2 }]);
});

test('a job that fails is tried again later and later, and at last given up with a reason that tells nothing', async () => {
  await ask();
  const { done, handlers } = noting(() => {
    throw new TypeError('Amara Osei has no name');
  });
  const waits: number[] = [];
  for (let now = noon; ; ) {
    await runJobs(at(now), handlers);
    const [row] = await rows();
    if (!row || row.done !== null) break;
    waits.push(row.runAt - now);
    now = row.runAt;
  }
  expect(done.length).toBe(ATTEMPTS);
  expect(waits.slice(0, 4)).toEqual([5000, 10_000, 20_000, 40_000]);
  expect(Math.max(...waits)).toBe(3_600_000);
  expect(await rows()).toMatchObject([{ attempts: ATTEMPTS, error: 'A fault of ours: TypeError' }]);
});

test('a reason in words of ours is kept', async () => {
  await ask();
  await runJobs(
    at(noon),
    noting(() => {
      throw new JobError('The bucket does not answer');
    }).handlers,
  );
  expect(await rows()).toMatchObject([{ error: 'The bucket does not answer' }]);
});

test('of a key one job is open at a time; asked for while it is under way, it comes once more', async () => {
  const first = await ask({ key: 'p' });
  expect(await ask({ key: 'p', payload: 2 })).toBe(first);
  const { done, handlers } = noting(async (job) => {
    if (job.payload === 2) await ask({ key: 'p', payload: 3 });
  });
  await runJobs(at(noon), handlers);
  expect(done.map(({ payload }) => payload)).toEqual([2, 3]);
  expect(await ask({ key: 'p' })).not.toBe(first);
});

test('a standing job comes again after its time, in every tenant, also after it failed for good', async () => {
  let fails = false;
  const { done, handlers } = noting(() => {
    if (fails) throw new Error('no');
  }, 3600);
  await surveyJobs(at(noon), handlers);
  await surveyJobs(at(noon + minute), handlers);
  await runJobs(at(noon + 59 * minute), handlers);
  expect(done.length).toBe(0);
  await runJobs(at(noon + 60 * minute), handlers);
  await runJobs(at(noon + 61 * minute), handlers);
  expect(done.length).toBe(1);
  fails = true;
  for (let now = noon + 120 * minute; done.length <= ATTEMPTS + 1; now += 60 * minute) {
    await runJobs(at(now), handlers);
  }
  expect(await rows()).toMatchObject([{ attempts: 1, error: 'A fault of ours: Error', done: null }]);
});

test('a job of a kind that this version does not know is left to one that does', async () => {
  await addJob(database, { tenant: 1, kind: 'newer', payload: {}, runAt: new Date(noon) });
  await runJobs(at(noon), noting().handlers);
  expect(await rows()).toMatchObject([{ attempts: 0, error: null, done: null }]);
});

test('the worker that is stopped waits for what is under way and leaves the rest', async () => {
  await ask({ payload: 1 });
  await ask({ payload: 2 });
  let begun: () => void = () => {};
  let finish: () => void = () => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { done, handlers } = noting(() => {
    begun();
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const stop = startWorker(at(noon), handlers);
  await beginning;
  const stopped = stop();
  finish();
  await stopped;
  expect(done.length).toBe(1);
  expect((await rows()).filter(({ done: at }) => at !== null).length).toBe(1);
});

test('a job by which the process ends every time is given up as well', async () => {
  await ask();
  const { done, handlers } = noting();
  for (let taken = 0; taken < ATTEMPTS; taken++) {
    await takeJob(database, 1, ['count'], noon + taken * (LEASE + minute));
  }
  await runJobs(at(noon + ATTEMPTS * (LEASE + minute)), handlers);
  expect(done).toEqual([]);
  expect(await rows()).toMatchObject([{ done: expect.any(Date), error: expect.stringContaining('was gone') }]);
});
