import type { Consent, Device, DeviceUseStatement, Reference } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import { replaceMadeIn, storeMadeIn } from '../../privacy/made.ts';
import { consentsOfApp } from './client.ts';
import type { Connection } from './connection.ts';
import { auditOf, provenanceOf, type Told } from './resources.ts';

export const revokeKind = 'device-revoke';

export type Ending = {
  by: Reference<never>;
  /** For the ledger, in a sentence. */
  why: string;
};

type Changing = Consent | Device | DeviceUseStatement;
type Next<T> = { resource: T & { id: string }; version: number };

const lockSql = `select id, version, content from resource
  where tenant = $1 and type = $2 and id = any($3::text[]) order by id for update`;

/** What is stored of a type under these ids, which nobody else writes until the transaction ends, as it is to be; null: as it is. */
async function next<T extends Changing>(
  tx: Queryable,
  tenant: number,
  [type, ids]: readonly [T['resourceType'], readonly (string | null)[]],
  change: (resource: T & { id: string }) => (T & { id: string }) | null,
): Promise<Next<T>[]> {
  const rows = await tx.query(lockSql, [tenant, typeNumber(type), ids.filter((id) => id !== null)]);
  return rows.flatMap(([, version, content]) => {
    // What is stored has been checked to be of its type.
    const changed = change(JSON.parse(String(content)) as T & { id: string });
    return changed === null ? [] : [{ resource: changed, version: Number(version) }];
  });
}

/** The Consents that a connection stands on: of an app all that it has in the record, else it would go on by another. */
async function consentsOf(context: FhirContext, { tenant, consent, kind, source, patient }: Connection) {
  const others = kind === 'app' ? await consentsOfApp(context, tenant, source.slice(kind.length + 1), patient) : [];
  return [...new Set([...(consent === null ? [] : [consent]), ...others])];
}

function endedConsent(was: Consent & { id: string }, end: string): (Consent & { id: string }) | null {
  if (was.status !== 'active') return null;
  const { provision } = was;
  const period = { ...provision?.period, end };
  return { ...was, status: 'inactive', ...(provision ? { provision: { ...provision, period } } : {}) };
}

/** The resources of a connection as they are once it has ended; those that say so already are left out. */
async function endedResources(
  tx: Queryable,
  { tenant, device, statement }: Connection,
  consents: readonly string[],
  end: string,
): Promise<(Next<Consent> | Next<Device> | Next<DeviceUseStatement>)[]> {
  return [
    ...(await next<Consent>(tx, tenant, ['Consent', consents], (was) => endedConsent(was, end))),
    ...(await next<Device>(tx, tenant, ['Device', [device]], (was) =>
      was.status === 'inactive' ? null : { ...was, status: 'inactive' },
    )),
    ...(await next<DeviceUseStatement>(tx, tenant, ['DeviceUseStatement', [statement]], (was) =>
      was.status === 'active' ? { ...was, status: 'completed', timingPeriod: { ...was.timingPeriod, end } } : null,
    )),
  ];
}

/** Whoever reads in this connection at this moment is waited for; whoever comes later finds that it has ended. */
const revokeSql = `update device_connection set state = 'revoked', ended_at = $3, problem = null
  where tenant = $1 and id = (select id from device_connection where tenant = $1 and id = $2 and state <> 'revoked' for update)
  returning id`;

/** What came and was not read yet is not read any more. */
const discardSql = `update device_payload set state = 'discarded', bytes = null
  where tenant = $1 and connection = $2 and state = 'taken'`;

/**
 * Ends a connection. What is being read in is finished before, and nothing of it is stored once this has resolved: what comes is
 * thrown away, and what waits as well. Its token at the vendor is taken back soon after. What was stored stays.
 *
 * @returns false where it had ended already
 */
export async function endConnection(context: FhirContext, one: Connection, { by, why }: Ending): Promise<boolean> {
  const { tenant, id, patient, kind, source, name, consent } = one;
  const now = new Date(context.now());
  const base = context.settings.baseOf(tenant);
  const told: Told = { base, connection: { id, patient, kind, source, name }, who: by, now };
  const consents = await consentsOf(context, one);
  return context.database.transaction(async (tx) => {
    const ended = await tx.query(revokeSql, [tenant, id, now]);
    if (ended.length === 0) return false;
    await tx.query(discardSql, [tenant, id]);
    await tx.query('delete from device_authorization where tenant = $1 and connection = $2', [tenant, id]);
    const changed = await endedResources(tx, one, consents, now.toISOString());
    await replaceMadeIn(context, tx, tenant, changed);
    const targets = changed.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    if (targets.length > 0)
      await storeMadeIn(context, tx, tenant, [provenanceOf(told, uuid7(now.getTime()), 'UPDATE', targets)]);
    if (kind === 'vendor') await addJob(tx, { tenant, kind: revokeKind, payload: { connection: id }, key: id });
    await appendAuditEvent(context, tenant, auditOf(told, 'U', consent, why), { on: tx });
    return true;
  });
}
