import type { Device, DeviceMetric } from '@medplum/fhirtypes';

import type { FhirContext } from '../fhir/context.ts';
import { typeNumber } from '../fhir/resources.ts';
import { readOwn, storeMadeIn } from '../privacy/made.ts';
import type { Connection } from './connections/connection.ts';
import { liveConnection } from './connections/live.ts';

/** Writes what is not there yet and never was, while the source may bring something; whoever else is about to waits. */
export async function writeOnce(
  context: FhirContext,
  { id: connection, tenant }: Pick<Connection, 'id' | 'tenant'>,
  made: (Device | DeviceMetric) & { id: string },
): Promise<void> {
  const { resourceType: type, id } = made;
  if ((await readOwn(context, tenant, type, id)).ok) return;
  await context.database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [tenant, id]);
    const [there] = await tx.query(
      `select 1 from resource where tenant = $1 and type = ${typeNumber(type)} and id = $2
       union all select 1 from resource_history where tenant = $1 and type = ${typeNumber(type)} and id = $2 limit 1`,
      [tenant, id],
    );
    if (!there && (await liveConnection(tx, tenant, connection)) !== null)
      await storeMadeIn(context, tx, tenant, [made]);
  });
}
