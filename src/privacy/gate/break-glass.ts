import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { raiseEpoch } from './epoch.ts';
import type { Duties } from './facts.ts';

/** ms for which a glass stays open. */
export const OPEN_FOR = 4 * 3_600_000;

export type Emergency = { tenant: number; practitioner: string; patient: string; reason: string };

export type Open = Duties['emergencies'][number] & { until: number };

/** The patients whose glass a clinician has broken and which is open still. @param practitioner `Practitioner/1` */
export async function openGlasses(
  context: FhirContext,
  tenant: number,
  practitioner: string,
): Promise<readonly Open[]> {
  const rows = await context.database.byKey.query(
    `select patient, max(reason), max(ends_at) from break_glass
     where tenant = $1 and practitioner = $2 and ends_at > $3 group by patient order by patient`,
    [tenant, practitioner, new Date(context.now())],
  );
  // The select list fixes the shape of the rows.
  return rows.map(([patient, reason, ends]) => ({
    patient: String(patient),
    reason: String(reason),
    until: (ends as Date).getTime(),
  }));
}

/**
 * Opens the record of a patient to a clinician for four hours.
 *
 * @param task the id of the Task by which it will be reviewed
 * @returns when it ends, in ms since 1970
 */
export async function breakGlass(
  context: FhirContext,
  { tenant, practitioner, patient, reason }: Emergency,
  task: string,
): Promise<number> {
  const now = context.now();
  const until = now + OPEN_FOR;
  const values = [tenant, uuid7(now), practitioner, patient, reason, new Date(now), new Date(until), task];
  await context.database.transaction(async (tx) => {
    await tx.query(
      `insert into break_glass (tenant, id, practitioner, patient, reason, begun_at, ends_at, task)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      values,
    );
    await raiseEpoch(tx, tenant);
  });
  return until;
}

export type Finding = 'justified' | 'unjustified';

/**
 * Writes down what a review found. What was not justified ends with it.
 *
 * @returns the patient whose record it was; null where nothing is reviewed by that Task, or it has been
 */
export function reviewGlass(
  context: FhirContext,
  { tenant, task, by, finding }: { tenant: number; task: string; by: string; finding: Finding },
): Promise<{ patient: string; practitioner: string } | null> {
  const now = new Date(context.now());
  return context.database.transaction(async (tx) => {
    const [row] = await tx.query(
      `update break_glass set reviewed_at = $3, reviewed_by = $4, finding = $5,
         ends_at = case when $5 = 'unjustified' then least(ends_at, $3) else ends_at end
       where tenant = $1 and task = $2 and reviewed_at is null returning patient, practitioner`,
      [tenant, task, now, by, finding],
    );
    if (!row) return null;
    const [patient, practitioner] = row.map(String) as [string, string]; // as it is written above
    // Who has broken it twice has not two records open.
    if (finding === 'unjustified')
      await tx.query(
        `update break_glass set ends_at = $4 where tenant = $1 and patient = $2 and practitioner = $3 and ends_at > $4`,
        [tenant, patient, practitioner, now],
      );
    await raiseEpoch(tx, tenant);
    return { patient, practitioner };
  });
}
