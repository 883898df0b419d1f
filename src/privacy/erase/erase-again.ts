import type { Queryable } from '../../db/database.ts';
import type { Erased } from '../../db/erasure-log.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { resourceTypes, typeNumber } from '../../fhir/resources.ts';
import { erasePatient, type Keep } from './erase-patient.ts';
import { findErasure } from './erasure.ts';

/** Patients in one statement. */
const BATCH = 500;

const backSql = `select p from unnest($2::text[]) p
  where exists (select from resource where tenant = $1 and type = any($3::smallint[]) and patient = p)
    or exists (select from resource where tenant = $1 and patients @> array[p])
    or exists (select from resource_history where tenant = $1 and patient = p)
    or exists (select from resource_history where tenant = $1 and patients @> array[p])
    or exists (select from series where tenant = $1 and patient = p)
    or exists (select from device_connection where tenant = $1 and patient = p)
    or exists (select from user_account where tenant = $1 and fhir_user = 'Patient/' || p)`;

/** Which of these patients there is something of. */
async function backAgain(on: Queryable, tenant: number, patients: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < patients.length; at += BATCH) {
    const params = [tenant, patients.slice(at, at + BATCH), resourceTypes.map(typeNumber)];
    for (const [patient] of await on.query(backSql, params)) found.push(String(patient));
  }
  return found;
}

/**
 * Erases again what was erased and is back: from a backup that was made before, or because a system wrote of somebody whom it did
 * not know to be gone.
 *
 * @returns how many records
 */
export async function eraseAgain(context: FhirContext, erased: readonly Erased[], keep: Keep): Promise<number> {
  const { database } = context;
  const byTenant = Map.groupBy(erased, ({ tenant }) => tenant);
  let count = 0;
  for (const [tenant, all] of byTenant) {
    const byPatient = new Map(all.map((one) => [one.patient, one]));
    for (const patient of await backAgain(database, tenant, [...byPatient.keys()])) {
      const one = byPatient.get(patient);
      // One that is under way is the matter of its job, which knows what was there.
      if (!one || (await findErasure(database, tenant, one.erasure))?.state === 'erasing') continue;
      await eraseOne(context, one, keep);
      count++;
    }
  }
  return count;
}

async function eraseOne(context: FhirContext, { tenant, patient, erasure, at }: Erased, keep: Keep): Promise<void> {
  const { database } = context;
  const when = new Date(at);
  await erasePatient(
    context,
    {
      tenant,
      id: erasure,
      patient,
      // The request is part of what is back.
      taskId: '',
      state: 'erasing',
      requestedAt: when,
      dueAt: when,
      users: [],
      work: null,
      receipt: null,
    },
    keep,
  );
  await database.query(
    `insert into erasure (tenant, id, patient, task_id, state, requested_at, due_at, ended_at)
     values ($1, $2, $3, '', 'erased', $4, $4, $4)
     on conflict (tenant, id) do update set state = 'erased', ended_at = excluded.ended_at, work = null, users = '{}'
       where erasure.state <> 'erased'`,
    [tenant, erasure, patient, when],
  );
}

/** What the table knows to have been erased. */
export async function erasedRecords(on: Queryable, tenant: number): Promise<Erased[]> {
  const rows = await on.query(
    `select patient, id, ended_at from erasure where tenant = $1 and state = 'erased' order by id`,
    [tenant],
  );
  return rows.map(([patient, id, at]) => ({
    tenant,
    patient: String(patient),
    erasure: String(id),
    at: (at as Date).toISOString(), // one that is over has an end
  }));
}
