import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { systemGrant } from '../../fhir/store/system.ts';

/**
 * The resources of some patients as they were at a moment in the past: what was written, changed or deleted since counts as if
 * it had not been.
 */
export async function resourcesAsOf<T>(
  context: FhirContext,
  { tenant, type, patients }: { tenant: number; type: string; patients: readonly string[] },
  at: number,
): Promise<T[]> {
  const scan = Scan.of(systemGrant(tenant, [type]), type, 's');
  if (!scan || patients.length === 0) return [];
  const statement = new Statement(tenant);
  const list = statement.share(patients, 'text[]');
  const moment = statement.bind(new Date(at), 'timestamptz');
  const number = typeNumber(type);
  const tables = ['resource', 'resource_history'];
  const since = tables.map(
    (table) => `select id from ${table} where tenant = $1 and type = ${number} and last_updated >= ${moment}`,
  );
  // The version that was current then has none behind it that was made before.
  const later = tables.map(
    (table) => `not exists (select from ${table} n where n.tenant = $1 and n.type = ${number} and n.id = v.id
      and n.version > v.version and n.last_updated < ${moment})`,
  );
  const text = `select v.content from (
    select r.id, r.version, r.content from resource r
      where ${scan.gate(statement, 'r')} and r.patient = any(${list}) and r.last_updated < ${moment}
    union all
    select h.id, h.version, h.content from resource_history h
      where ${scan.gateOfVersion(statement, 'h')} and h.patient = any(${list}) and h.last_updated < ${moment}
      and not h.deleted and h.id in (${since.join(' union all ')})) v where ${later.join(' and ')}`;
  const rows = await context.database.query(text, statement.params);
  // What was stored had been checked to be of its type.
  return rows.map(([content]) => JSON.parse(String(content)) as T);
}
