import { JobError } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { erasePatient, type Keep } from './erase-patient.ts';
import { type Erasure, type ErasureState, endErasure, findErasure } from './erasure.ts';
import { endTask, tellTask } from './erasure-task.ts';
import { isComplete, type ReceiptBody, signReceipt } from './receipt.ts';
import { endSources } from './sources.ts';

/** There is no way back from here, unless a hold stands or it was cancelled. One statement, so that neither comes in between. */
const beginSql = `update erasure e set state = 'erasing'
  where tenant = $1 and id = $2 and (state = 'erasing' or (state in ('grace', 'deferred') and not exists (
    select from legal_hold h where h.tenant = $1 and h.patient = e.patient and h.released_at is null
      and (h.until is null or h.until > $3))))
  returning id`;

const deferSql = `update erasure set state = 'deferred' where tenant = $1 and id = $2 and state = 'grace' returning id`;

/**
 * Carries an erasure out that is due, from wherever it was left. Where a legal hold stands it is put off until that is released.
 *
 * @returns what it is now
 */
export async function carryOut(
  context: FhirContext,
  tenant: number,
  id: string,
  keep: Keep,
): Promise<ErasureState | null> {
  const { database } = context;
  const [begun] = await database.query(beginSql, [tenant, id, new Date(context.now())]);
  if (!begun) {
    // That it is put off may be because of a hold that nobody is to know of: the Task does not tell.
    await database.query(deferSql, [tenant, id]);
    return (await findErasure(database, tenant, id))?.state ?? null;
  }
  const erasure = await findErasure(database, tenant, id);
  if (!erasure) return null;
  // Before anything is gone: what is restored from a backup of now must go again.
  await logErasure(context, erasure);
  await tellTask(context, erasure, 'in-progress', 'erasing');
  await endSources(context, tenant, erasure.patient);
  await settled(context);
  const counted = await erasePatient(context, erasure, keep);
  const body: ReceiptBody = {
    id,
    server: context.settings.baseOf(tenant),
    patient: erasure.patient,
    requested: erasure.requestedAt.toISOString(),
    erased: new Date(context.now()).toISOString(),
    ...counted,
  };
  if (!isComplete(body)) throw new JobError('Something of a record that was erased was found afterwards');
  await endTask(context, erasure);
  await endErasure(database, erasure, 'erased', signReceipt(context.settings, body), context.now());
  return 'erased';
}

async function logErasure({ erasureLog, now }: FhirContext, { tenant, patient, id }: Erasure): Promise<void> {
  await erasureLog?.add({ tenant, patient, erasure: id, at: new Date(now()).toISOString() });
}

/** ms; a statement takes no longer than its deadline. */
const LONGEST = 30_000;

const olderSql = `select count(*)::int from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and xact_start < $1`;

/** Waits until nobody writes any more who began before now: they would not be seen, and what they write would stay. */
async function settled({ database }: FhirContext): Promise<void> {
  const [[start] = []] = await database.query('select clock_timestamp()');
  for (let waited = 0; waited < LONGEST; waited += 50) {
    const [row] = await database.query(olderSql, [start as Date]);
    if (row?.[0] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
