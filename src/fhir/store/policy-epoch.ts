import { numbers } from './arrays.ts';
import { isPolicyType } from './policy-types.ts';

type Written = { tenant: number; type: string; sameAccess?: true };

/**
 * Raises the revocation epoch of each tenant in a batch that writes what decides what somebody may see, as a common table
 * expression: so it is committed with what it tells of, or not at all.
 *
 * @param params the parameters so far; that of the expression is appended
 * @returns SQL without a comma around it, or nothing
 */
export function epochRaised(batch: readonly Written[], params: unknown[]): string {
  const tenants = new Set<number>();
  for (const { tenant, type, sameAccess } of batch) if (isPolicyType(type) && !sameAccess) tenants.add(tenant);
  if (tenants.size === 0) return '';
  // Sorted, so that two processes that raise the same wait for each other and do not deadlock.
  params.push(numbers([...tenants].sort((a, b) => a - b)));
  return `epoch_raised as (insert into revocation_epoch (tenant, epoch) select t, 1 from unnest($${params.length}::int[]) t
    on conflict (tenant) do update set epoch = revocation_epoch.epoch + 1)`;
}
