import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** The work of taking back what a vendor gave for an account: src/devices/connections/revoke.ts. */
export const REVOKE_JOB = 'device-revoke';

const endSql = `update device_connection set state = 'revoked', ended_at = $3 where tenant = $1 and id in
  (select id from device_connection where tenant = $1 and patient = $2 and state <> 'revoked' for update)`;

// What is left tells of nobody: a vendor, and sealed, whose account it was, until the vendor was told.
const leaveSql = `update device_connection set patient = '', name = '', consent = null, device = null, statement = null,
    measures = null, vendor_user = null, cursor = null, last_sync = null, last_reading = null, problem = null
  where tenant = $1 and patient = $2 and kind = 'vendor' and secrets is not null returning id`;

/**
 * Ends what brings readings into a record that is about to be erased: whoever reads some in is waited for, and nothing comes
 * afterwards. Vendors are asked to forget us, and for that long it is kept what to ask them with.
 */
export async function endSources(context: FhirContext, tenant: number, patient: string): Promise<void> {
  await context.database.transaction(async (tx) => {
    await tx.query(endSql, [tenant, patient, new Date(context.now())]);
    for (const [id] of await tx.query(leaveSql, [tenant, patient]))
      await addJob(tx, { tenant, kind: REVOKE_JOB, payload: { connection: String(id) }, key: String(id) });
  });
}
