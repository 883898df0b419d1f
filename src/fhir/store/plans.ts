import type { Queryable } from '../../db/database.ts';

const byIndex = `select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;

const asUsual = `select set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true),
  set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)`;

/**
 * Runs the few statements of a transaction that look rows up by their ids with the one plan that is good for them: through
 * indexes, planned once for each connection. To plan them each time takes 3 ms, and what Postgres plans for tables that it
 * has no statistics of yet takes 30.
 */
export async function byIds<T>(tx: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> {
  await tx.query(byIndex);
  // A text of its own, so that it does not share a plan with those who run the same statement without these settings.
  const value = await work({ query: (text, params) => tx.query(`${text} /* by ids */`, params) });
  await tx.query(asUsual);
  return value;
}
