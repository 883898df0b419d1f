import type { Queryable } from '../../db/database.ts';
import { byKeySettings, usualSettings } from '../../db/planning.ts';

/** A statement that sets these until the transaction ends. */
const setting = (settings: Readonly<Record<string, string>>): string =>
  `select ${Object.entries(settings)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(', ')}`;

const byIndex = setting(byKeySettings);
const asUsual = setting(usualSettings);

/**
 * Runs the few statements of a transaction that look rows up by their ids with the one plan that is good for them: through
 * indexes, planned once for each connection. To plan them each time takes 3 ms, and what Postgres plans for tables that it
 * has no statistics of yet takes 30.
 */
export async function byIds<T>(tx: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> {
  await tx.query(byIndex);
  // A text of its own, so that it does not share a plan with those who run the same statement without these settings.
  const value = await work({ ...tx, query: (text, params) => tx.query(`${text} /* by ids */`, params) });
  await tx.query(asUsual);
  return value;
}
