import type { Database, Queryable } from '../../db/database.ts';
import { hash53 } from '../search/hash.ts';
import { numbers } from './arrays.ts';

/** The same criteria in another order or escaping are the same criteria. */
function normalized(tenant: number, type: string, query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return `${tenant} ${type}?${parameters}`;
}

/**
 * Runs `work` in a transaction while nobody else runs one under the same criteria: what a conditional create finds
 * missing is still missing when it writes. Locks are taken in one order, so that two transactions never wait for each other.
 */
export function underCriteria<T>(
  database: Database,
  criteria: readonly { tenant: number; type: string; query: string }[],
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  const keys = criteria.map(({ tenant, type, query }) => hash53(normalized(tenant, type, query)));
  const sorted = [...new Set(keys)].sort((a, b) => a - b);
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(k) from unnest($1::bigint[]) k', [numbers(sorted)]);
    return work(tx);
  });
}
