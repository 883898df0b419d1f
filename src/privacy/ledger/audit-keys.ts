import { resourceTypeSystem } from '../../fhir/audit/render.ts';
import { type AuditUse, emergency } from '../../fhir/audit/used.ts';
import { key } from '../../fhir/search/hash.ts';

const entityKeys = (tenant: number, kind: Parameters<typeof key>[3], text: string, code = 'entity'): number =>
  key(tenant, 'AuditEvent', code, kind, text);

function typeKeys(tenant: number, type: string, keys: Set<number>): void {
  keys.add(entityKeys(tenant, 'c', type, 'entity-type'));
  keys.add(entityKeys(tenant, 's', `${resourceTypeSystem}|${type}`, 'entity-type'));
}

/**
 * The search keys that a row has beside those of its shape: the same that the indexer makes of the whole AuditEvent, without
 * making it.
 *
 * @param one whether `use` is of one resource, which then does not say its type
 */
export function useKeys(tenant: number, use: AuditUse, one: boolean, patient: string | null): number[] {
  const { what, count, basis, request } = use;
  const keys = new Set<number>();
  if (patient !== null) keys.add(entityKeys(tenant, 'r', `Patient/${patient}`));
  for (const type in what) {
    if (!one) typeKeys(tenant, type, keys);
    for (const id of what[type] ?? []) keys.add(entityKeys(tenant, 'r', `${type}/${id}`));
  }
  if (count) for (const type in count) typeKeys(tenant, type, keys);
  if (basis) {
    const consents = basis.filter((consent) => consent !== emergency);
    if (consents.length > 0) typeKeys(tenant, 'Consent', keys);
    for (const consent of consents) keys.add(entityKeys(tenant, 'r', consent));
  }
  if (request !== undefined) {
    keys.add(entityKeys(tenant, 'ic', request));
    keys.add(entityKeys(tenant, 'in', request));
  }
  return [...keys];
}
