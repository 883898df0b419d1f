import type { Queryable } from '../../db/database.ts';

/**
 * Makes every process ask again, from its next request on, for what it remembers of who may see what in this tenant. Called in
 * the transaction that changes it. What is a resource need not call it: see src/fhir/store/policy-types.ts.
 */
export async function raiseEpoch(on: Queryable, tenant: number): Promise<void> {
  await on.query(
    `insert into revocation_epoch (tenant, epoch) values ($1, 1)
     on conflict (tenant) do update set epoch = revocation_epoch.epoch + 1`,
    [tenant],
  );
}
