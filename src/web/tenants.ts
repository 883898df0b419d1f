import type { Queryable } from '../db/database.ts';

/** ms that an unknown tenant stays unknown: strangers can ask for any number. */
const remembered = 5000;

/** Whether there is a tenant of this number. One that is there stays. */
export function createTenants(database: Queryable, now: () => number = Date.now): (tenant: number) => Promise<boolean> {
  const there = new Set([1]);
  const unknown = new Map<number, number>();
  return async (tenant) => {
    if (there.has(tenant)) return true;
    if ((unknown.get(tenant) ?? 0) > now()) return false;
    const [row] = await database.query('select 1 from tenant where id = $1', [tenant]);
    if (row) there.add(tenant);
    else {
      if (unknown.size > 1000) unknown.clear();
      unknown.set(tenant, now() + remembered);
    }
    return row !== undefined;
  };
}
