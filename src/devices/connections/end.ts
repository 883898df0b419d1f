import type { Consent, Device, DeviceUseStatement, Reference } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { REVOKE_JOB } from '../../privacy/erase/sources.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import { replaceMadeIn, storeMadeIn } from '../../privacy/made.ts';
import { consentsOfApp } from './client.ts';
import type { Connection } from './connection.ts';
import { type Changed, lockedOwn } from './locked.ts';
import { auditOf, provenanceOf, type Told } from './resources.ts';

export type Ending = {
  by: Reference<never>;
  /** For the ledger, in a sentence. */
  why: string;
  /** Somebody ends it: an app would else go on by what it was granted for another of its user's devices. */
  isMeant?: true;
  /** What is done with it, in the transaction in which it ends. */
  also?: (tx: Queryable) => Promise<void>;
};

/** The Consents that end with a connection. */
async function consentsOf(context: FhirContext, one: Connection, isMeant: boolean) {
  const { tenant, consent, kind, source, patient } = one;
  const others =
    isMeant && kind === 'app' ? await consentsOfApp(context, tenant, source.slice(kind.length + 1), patient) : [];
  return [...new Set([...(consent === null ? [] : [consent]), ...others])];
}

/** The same Consent, in force no more; null: it is not in force. */
export function endedConsent<T extends Consent>(was: T, end: string): T | null {
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
): Promise<(Changed<Consent> | Changed<Device> | Changed<DeviceUseStatement>)[]> {
  return [
    ...(await lockedOwn<Consent>(tx, tenant, ['Consent', consents], (was) => endedConsent(was, end))),
    ...(await lockedOwn<Device>(tx, tenant, ['Device', [device]], (was) =>
      was.status === 'inactive' ? null : { ...was, status: 'inactive' },
    )),
    ...(await lockedOwn<DeviceUseStatement>(tx, tenant, ['DeviceUseStatement', [statement]], (was) =>
      was.status === 'active' ? { ...was, status: 'completed', timingPeriod: { ...was.timingPeriod, end } } : null,
    )),
  ];
}

/** Whoever reads in this connection at this moment is waited for; whoever comes later finds that it has ended. */
const revokeSql = `update device_connection set state = 'revoked', ended_at = $3, problem = null
  where tenant = $1 and id = (select id from device_connection where tenant = $1 and id = $2 and state <> 'revoked' for update)
  returning id`;

/** What came and was not read yet is not read any more. */
const discardSql = `with gone as (select id, case when bytes is null then sha256 end as blob from device_payload
    where tenant = $1 and connection = $2 and state = 'taken' for update)
  update device_payload p set state = 'discarded', bytes = null from gone where p.tenant = $1 and p.id = gone.id returning gone.blob`;

/**
 * Ends a connection. What is being read in is finished before, and nothing of it is stored once this has resolved: what comes is
 * thrown away, and what waits as well. Its token at the vendor is taken back soon after. What was stored stays.
 *
 * @returns false where it had ended already
 */
export async function endConnection(
  context: FhirContext,
  one: Connection,
  { by, why, isMeant, also }: Ending,
): Promise<boolean> {
  const { tenant, id, patient, kind, source, name, consent } = one;
  const now = new Date(context.now());
  const base = context.settings.baseOf(tenant);
  const told: Told = { base, connection: { id, patient, kind, source, name }, who: by, now };
  const consents = await consentsOf(context, one, isMeant === true);
  const discarded = await context.database.transaction(async (tx) => {
    const ended = await tx.query(revokeSql, [tenant, id, now]);
    if (ended.length === 0) return null;
    const thrown = await tx.query(discardSql, [tenant, id]);
    await tx.query('delete from device_authorization where tenant = $1 and connection = $2', [tenant, id]);
    const changed = await endedResources(tx, one, consents, now.toISOString());
    await replaceMadeIn(context, tx, tenant, changed);
    const targets = changed.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    if (targets.length > 0)
      await storeMadeIn(context, tx, tenant, [provenanceOf(told, uuid7(now.getTime()), 'UPDATE', targets)]);
    if (kind === 'vendor') await addJob(tx, { tenant, kind: REVOKE_JOB, payload: { connection: id }, key: id });
    await also?.(tx);
    await appendAuditEvent(context, tenant, auditOf(told, 'U', consent, why), { on: tx });
    return thrown;
  });
  for (const [blob] of discarded ?? []) if (blob !== null) await context.blobs.delete(String(blob));
  return discarded !== null;
}
