import type { Coding, Consent, Reference } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { isAppGrant } from '../../privacy/consents/consent-resource.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import { replaceMadeIn, storeMadeIn } from '../../privacy/made.ts';
import { measureOf } from '../measures.ts';
import { rollUpAgain } from '../rollups/due.ts';
import type { Connection } from './connection.ts';
import { lockedOwn } from './locked.ts';
import { auditOf, codesOf, provenanceOf } from './resources.ts';

export type Choice = {
  /** The ids of measures; null: whichever. */
  measures: readonly string[] | null;
  /** Of sources that overlap a summary is made of the lowest. */
  priority: number;
};

/** The codes of measures by their ids, a list for each; null: of all. */
export const codingsOf = (measures: readonly string[] | null): readonly (readonly Coding[])[] | null =>
  measures === null
    ? null
    : measures.flatMap((id) => [measureOf(id)?.codings ?? []].filter(({ length }) => length > 0));

/** Whether a Consent is about readings and nothing else: then it says of which. What an app was granted is said by its scopes. */
const isOfReadings = (consent: Consent, base: string): boolean =>
  !isAppGrant(consent, base) &&
  consent.provision?.class?.length === 1 &&
  consent.provision.class[0]?.code === 'Observation';

/** A Consent as it is once its patient has chosen these measures. */
export function withMeasures<T extends Consent>(consent: T, measures: readonly string[] | null, base: string): T {
  if (!isOfReadings(consent, base)) return consent;
  const { code: _, ...provision } = consent.provision ?? {};
  return { ...consent, provision: { ...provision, ...codesOf(codingsOf(measures)) } };
}

const chooseSql = `update device_connection set measures = $3, priority = $4
  where tenant = $1 and state in ('active', 'expired')
    and id = (select id from device_connection where tenant = $1 and id = $2 for update) returning id`;

/**
 * Holds a connection to what its patient has chosen; what is being read in is finished before.
 *
 * @returns false where it has ended
 */
export async function choose(
  context: FhirContext,
  one: Connection,
  { measures, priority }: Choice,
  by: Reference<never>,
): Promise<boolean> {
  const { tenant, id, consent } = one;
  const base = context.settings.baseOf(tenant);
  const now = new Date(context.now());
  const told = { base, connection: one, who: by, now };
  return context.database.transaction(async (tx) => {
    const chosen = await tx.query(chooseSql, [tenant, id, measures, priority]);
    if (chosen.length === 0) return false;
    if (priority !== one.priority) await rollUpAgain(tx, tenant, one.patient);
    const changed = await lockedOwn<Consent>(tx, tenant, ['Consent', [consent]], (was) =>
      isOfReadings(was, base) ? withMeasures(was, measures, base) : null,
    );
    await replaceMadeIn(context, tx, tenant, changed);
    const targets = changed.map(({ resource }) => `Consent/${resource.id}`);
    if (targets.length > 0)
      await storeMadeIn(context, tx, tenant, [provenanceOf(told, uuid7(now.getTime()), 'UPDATE', targets)]);
    await appendAuditEvent(context, tenant, auditOf(told, 'U', consent, 'What a source may bring was chosen'), {
      on: tx,
    });
    return true;
  });
}
