import type { AuditEvent, Reference } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { search } from '../../fhir/search/search.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { nameOf, type Place } from './written.ts';

/** One name for one recipient, by which notices are not sent twice. */
const keyOf = ({ reference, identifier }: Reference): string | null =>
  reference ?? (identifier?.value === undefined ? null : `${identifier.system}|${identifier.value}`);

/** Who was shown a resource, or wrote it, by the ledger, within so many months; but for the patient, who asked. */
export async function earlierRecipients(
  context: FhirContext,
  tenant: number,
  { place, patient, months }: { place: Place; patient: string; months: number },
): Promise<Reference[]> {
  const since = new Date(context.now());
  since.setUTCMonth(since.getUTCMonth() - months);
  const base = context.settings.baseOf(tenant);
  const grant = systemGrant(tenant, ['AuditEvent']);
  const found = new Map<string, Reference>();
  let query: string | null = `entity=${nameOf(place)}&date=ge${since.toISOString()}&_count=500`;
  while (query !== null) {
    const page = await search(context, grant, { types: ['AuditEvent'], query, strict: true, base });
    if (!page.ok) throw new Error(page.issues[0]?.diagnostics);
    for (const { content } of page.value.found) {
      // What is stored as an AuditEvent is one.
      const { agent = [] } = JSON.parse(content) as Partial<AuditEvent>;
      for (const { who, requestor } of agent) {
        const key = who && requestor === true ? keyOf(who) : null;
        if (who && key !== null && key !== `Patient/${patient}`) found.set(key, who);
      }
    }
    query = page.value.next?.split('?')[1] ?? null;
  }
  return [...found.values()];
}
