import type { Queryable } from '../../db/database.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import { forgetTexts } from '../../fhir/store/concept-texts.ts';

const BATCH = 2000;

/**
 * Deletes the texts of codes that nobody's resource has any more: what somebody wrote in their own words is among them.
 *
 * @param keys of concept_text
 */
export async function eraseTexts(on: Queryable, tenant: number, keys: readonly number[]): Promise<void> {
  for (let at = 0; at < keys.length; at += BATCH) {
    await on.query(
      `delete from concept_text t where tenant = $1 and key = any($2::bigint[])
         and not exists (select from resource r where r.tenant = $1 and r.keys @> array[t.key])
         and not exists (select from series s where s.tenant = $1 and s.keys @> array[t.key])`,
      [tenant, numbers(keys.slice(at, at + BATCH))],
    );
  }
  // Who writes the same words again must have them stored again.
  if (keys.length > 0) forgetTexts();
}
