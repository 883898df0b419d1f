import type { Consent, Device, DeviceUseStatement } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../../fhir/resources.ts';

type Changing = Consent | Device | DeviceUseStatement;
/** A resource as it is to be, and the version that it takes the place of. */
export type Changed<T> = { resource: T & { id: string }; version: number };

const lockSql = `select id, version, content from resource
  where tenant = $1 and type = $2 and id = any($3::text[]) order by id for update`;

/**
 * What is stored of a type under these ids, as it is to be; nobody else writes it until the transaction ends.
 *
 * @param change null: it stays as it is
 */
export async function lockedOwn<T extends Changing>(
  tx: Queryable,
  tenant: number,
  [type, ids]: readonly [T['resourceType'], readonly (string | null)[]],
  change: (resource: T & { id: string }) => (T & { id: string }) | null,
): Promise<Changed<T>[]> {
  const rows = await tx.query(lockSql, [tenant, typeNumber(type), ids.filter((id) => id !== null)]);
  return rows.flatMap(([, version, content]) => {
    // What is stored has been checked to be of its type.
    const changed = change(JSON.parse(String(content)) as T & { id: string });
    return changed === null ? [] : [{ resource: changed, version: Number(version) }];
  });
}
