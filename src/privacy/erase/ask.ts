import { hash, randomBytes } from 'node:crypto';
import type { Reference } from '@medplum/fhirtypes';

import { addJob, addTakenJob, type Job } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { holdsOn } from '../hold/hold.ts';
import { closeRequest, openRequest } from '../requests/requests.ts';
import { accountsOf, disableAccounts, enableAccounts } from './accounts.ts';
import {
  addErasure,
  dueErasures,
  type Erasure,
  endErasure,
  findErasure,
  findErasureBySecret,
  moveErasure,
  openErasureOf,
} from './erasure.ts';
import { tellTask } from './erasure-task.ts';

/** The kind of the job that carries an erasure out. */
export const ERASE_JOB = 'erase';

const DAY = 86_400_000;
/** Days in which somebody may change their mind. */
export const GRACE = 14;

export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');

export type AskErasure = {
  tenant: number;
  /** The id of the patient. */
  patient: string;
  requester: Reference;
  /** Days. */
  grace: number;
  reason?: string;
};

/**
 * What was asked for, and the secret by which whoever asked can see what becomes of it: they have no account any more. `job` is
 * there where it is due at once: it is the caller's to do.
 */
export type Asked = { erasure: Erasure; secret: string; job: Job | null };

/**
 * Asks for a record to be erased. The accounts of the patient are closed at once, and end what they granted; the record goes
 * when the days of grace are over.
 *
 * @returns 409 where it is asked for already
 */
export async function askForErasure(context: FhirContext, ask: AskErasure): Promise<Result<Asked>> {
  const { database } = context;
  const { tenant, patient, requester, grace, reason } = ask;
  const already = await openErasureOf(database, tenant, patient);
  if (already) return conflict(`The record is being erased already: see Task/${already.taskId}`);
  const now = context.now();
  const secret = randomBytes(24).toString('base64url');
  const task = await openRequest(context, {
    tenant,
    code: 'erase',
    patient,
    requester,
    ...(reason === undefined ? {} : { description: reason }),
  });
  const erasure: Erasure = {
    tenant,
    id: uuid7(now),
    patient,
    taskId: task.id,
    state: 'grace',
    requestedAt: new Date(now),
    dueAt: new Date(now + grace * DAY),
    users: [],
    work: null,
    receipt: null,
  };
  const done = await database.transaction(async (tx) => {
    const disabled = await disableAccounts(tx, tenant, await accountsOf(tx, tenant, patient));
    const added = await addErasure(tx, { ...erasure, users: disabled }, hashOf(secret));
    if (!added) return null;
    const wanted = { tenant, kind: ERASE_JOB, payload: { erasure: erasure.id }, key: erasure.id };
    if (grace === 0) return { disabled, job: await addTakenJob(tx, wanted, now) };
    await addJob(tx, { ...wanted, runAt: erasure.dueAt });
    return { disabled, job: null };
  });
  if (done === null) {
    await closeRequest(context, tenant, task.id, { status: 'cancelled', statusReason: 'It is asked for already' });
    return conflict('The record is being erased already');
  }
  await tellTask(context, erasure, 'accepted', 'grace');
  return ok({ erasure: { ...erasure, users: done.disabled }, secret, job: done.job });
}

/**
 * By the id and the secret that were given to whoever asked; null for any other. Where a sealed hold puts it off it is told as
 * one that goes its way.
 */
export async function erasureByLink(
  context: Pick<FhirContext, 'database' | 'now'>,
  tenant: number,
  id: string,
  secret: string,
): Promise<Erasure | null> {
  const { database, now } = context;
  const found = await findErasureBySecret(database, tenant, id, hashOf(secret));
  if (found?.state !== 'deferred') return found;
  const holds = await holdsOn(database, tenant, [found.patient], now());
  if (!holds.some(({ sealed }) => sealed)) return found;
  return { ...found, state: found.dueAt.getTime() > now() ? 'grace' : 'erasing' };
}

const tooLate = conflict('It is too late: the record is being erased');

/** Where only a sealed hold puts it off, it is as late as it would be without. */
async function isTooLate({ database, now }: FhirContext, { tenant, patient, dueAt }: Erasure): Promise<boolean> {
  if (dueAt.getTime() > now()) return false;
  const holds = await holdsOn(database, tenant, [patient], now());
  return holds.length > 0 && holds.every(({ sealed }) => sealed);
}

/**
 * Takes a request back as long as nothing is gone: the accounts that were closed are open again.
 *
 * @param knowsHolds whoever takes it back may know of holds that are sealed
 * @returns 409 where it is too late
 */
export async function cancelErasure(context: FhirContext, erasure: Erasure, knowsHolds = false): Promise<Result<null>> {
  const { database } = context;
  const { tenant, id, taskId, users } = erasure;
  if (!knowsHolds && (await isTooLate(context, erasure))) return tooLate;
  const cancelled = await database.transaction(async (tx) => {
    if (!(await moveErasure(tx, erasure, ['grace', 'deferred'], 'cancelled'))) return false;
    await endErasure(tx, erasure, 'cancelled', null, context.now());
    await enableAccounts(tx, tenant, users);
    return true;
  });
  if (!cancelled) {
    const state = (await findErasure(database, tenant, id))?.state;
    return state === 'cancelled' ? ok(null) : tooLate;
  }
  const closed = await closeRequest(context, tenant, taskId, {
    status: 'cancelled',
    statusReason: 'It was taken back',
  });
  return closed.ok ? ok(null) : closed;
}

/** The request of a patient that can still be cancelled; 404 where there is none. */
export async function openErasure(context: FhirContext, tenant: number, patient: string): Promise<Result<Erasure>> {
  const found = await openErasureOf(context.database, tenant, patient);
  return found ? ok(found) : notFound(`Nobody has asked for Patient/${patient} to be erased`);
}

/** A hold was released: what was put off because of it is due again. */
export async function resumeErasure(context: FhirContext, tenant: number, patient: string): Promise<void> {
  const found = await openErasureOf(context.database, tenant, patient);
  if (found?.state !== 'deferred') return;
  await addJob(context.database, {
    tenant,
    kind: ERASE_JOB,
    payload: { erasure: found.id },
    runAt: new Date(context.now()),
    key: found.id,
  });
}

/** Whatever is due and not done is asked for again: a hold may have ended by itself, and what failed for long was given up. */
export async function resumeDue({ database, now }: FhirContext, tenant: number): Promise<void> {
  const at = new Date(now());
  for (const id of await dueErasures(database, tenant, at)) {
    await addJob(database, { tenant, kind: ERASE_JOB, payload: { erasure: id }, runAt: at, key: id });
  }
}
