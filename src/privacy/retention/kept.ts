import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { isSampleId } from '../../fhir/samples/promote.ts';
import type { Keep } from '../erase/erase-patient.ts';
import type { Name } from '../erase/inventory.ts';
import { activityOf, openClaims } from './bearing.ts';
import { type Bearing, longest } from './ends.ts';
import type { RetentionRule } from './retention-rules.ts';
import { rulesInForce } from './rules-in-force.ts';

/** A resource and whose it is, as far as retention asks. */
export type Row = Name & { patient: string | null; dateEnd: Date | null; lastUpdated: Date; content: string };

const rowsSql = `select type, id, patient, date_end, last_updated, content from resource
  where tenant = $1 and (type, id) in (select * from unnest($2::smallint[], $3::text[]))
  union all select type, id, patient, date_end, last_updated, content from sample_observation
  where tenant = $1 and id = any($4::text[])`;

// The select list fixes the shape of the row.
const rowOf = ([type, id, patient, dateEnd, lastUpdated, content]: readonly unknown[]): Row => ({
  type: typeOfNumber(type as number),
  id: id as string,
  patient: patient as string | null,
  dateEnd: dateEnd as Date | null,
  lastUpdated: lastUpdated as Date,
  content: content as string,
});

export async function rowsOf(context: FhirContext, tenant: number, names: readonly Name[]): Promise<Row[]> {
  const rows = await context.database.query(rowsSql, [
    tenant,
    names.map(({ type }) => typeNumber(type)),
    names.map(({ id }) => id),
    names.filter(({ type, id }) => isSampleId(type, id)).map(({ id }) => id),
  ]);
  return rows.map(rowOf);
}

const lastInstant = 8.64e15;

/** When the period of a row ended, or it was written if that was later; null: it has not. */
function periodEndOf({ dateEnd, lastUpdated }: Row, now: number): number | null {
  const end = dateEnd?.getTime() ?? lastUpdated.getTime();
  return end >= lastInstant || end > now ? null : Math.max(end, lastUpdated.getTime());
}

/** What bears on each of some rows. */
export async function bearings(context: FhirContext, tenant: number, rows: readonly Row[]): Promise<Bearing[]> {
  const patients = [...new Set(rows.flatMap(({ patient }) => patient ?? []))];
  const records = await activityOf(context.database, tenant, patients);
  const claims = rows.filter(({ type }) => type === 'Claim').map(({ id }) => id);
  const open = await openClaims(context, tenant, claims);
  return rows.map((row) => {
    const record = row.patient === null ? undefined : records.get(row.patient);
    return {
      patient: record?.patient ?? null,
      activity: Math.max(record?.activity ?? 0, row.lastUpdated.getTime()),
      periodEnd: periodEndOf(row, context.now()),
      isOpen: row.type === 'Claim' && open.has(row.id),
    };
  });
}

/** What stands behind a rule, to whom it holds back. */
export const reasonOf = ({ name, source }: RetentionRule): string => `${name} (${source})`;

/** What withstands the erasure of a record: what the operator has said must be kept even then. */
export const keptByLaw: Keep = async (context, tenant, names) => {
  const all = await rulesInForce(context.database, tenant);
  const rules = all.filter(({ withstands }) => withstands === 'erasure');
  const types = new Set(rules.flatMap((rule) => rule.types));
  const rows = await rowsOf(
    context,
    tenant,
    names.filter(({ type }) => types.has(type)),
  );
  const found = await bearings(context, tenant, rows);
  return rows.flatMap(({ type, id }, at) => {
    const bearing = found[at];
    const kept = bearing && longest(rules, type, bearing);
    return kept && kept.end > context.now() ? [{ type, id, reason: reasonOf(kept.rule) }] : [];
  });
};
