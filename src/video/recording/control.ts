import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Refusal, type Result, ruledOut } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import type { By } from '../audit.ts';
import { auditVisit } from '../audit.ts';
import type { Providers } from '../providers/provider.ts';
import { policyOf } from '../visits/policy.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { type Standing, say, standingOf } from './consents.ts';
import type { Present } from './present.ts';
import {
  countRecordings,
  deleteRecording,
  findRecording,
  insertRecording,
  openRecording,
  type Reason,
  type Recording,
  setReference,
  setStopped,
} from './recording.ts';
import { tellRecording } from './state.ts';

/** The job that brings what was recorded to its end: the media server's recording is stopped, the pieces become a document. */
export const RECORDING_JOB = 'video-recording';

/** ms in which what was recorded before the end may still come. */
export const GRACE = 10_000;

/** In one visit, pauses included. */
const MOST = 60;

/** ms after which a browser of which nothing came does not record: it was closed, or began anew. */
const SILENT = 15_000;

export const server: By = { reference: null };

/** Who asks: in the visit, and as the ledger knows them. */
export type Asker = { by: By; participant: Omit<Present, 'near'> };

/** Ends what is under way. What was recorded while all agreed is kept. */
async function close(context: FhirContext, tx: Queryable, recording: Recording, reason: Reason): Promise<void> {
  const { tenant, visit, id } = recording;
  if (recording.state === 'paused') return deleteRecording(tx, recording);
  const now = context.now();
  await setStopped(tx, recording, reason, now);
  const wait = recording.recorder === null || reason === 'consent' ? 0 : GRACE;
  await addJob(tx, {
    tenant,
    kind: RECORDING_JOB,
    payload: { visit, recording: id },
    key: id,
    runAt: new Date(now + wait),
  });
}

/** The media server is told at once where it can be; the job tells it if it was not. */
async function stopMedia(visit: Visit, recording: Recording, providers: Providers | null): Promise<void> {
  if (recording.recorder !== null || recording.reference === null || recording.state !== 'recording') return;
  await providers
    ?.get(visit.provider)
    ?.stopRecording?.(visit, recording.reference)
    .catch(() => {});
}

type Changed = { recording: Recording; isNew: boolean };

/** Pauses what is under way: what follows it is another recording. */
export async function pauseRecording(
  context: FhirContext,
  visit: Visit,
  { reason, by, standing }: { reason: Reason; by: By; standing: Standing },
  providers: Providers | null = null,
): Promise<Recording | null> {
  const { tenant, id } = visit;
  const found = await context.database.transaction(async (tx): Promise<Recording | null> => {
    await findVisit(tx, tenant, 'id', id, 'lock');
    const current = await openRecording(tx, tenant, id, 'lock');
    if (current?.state !== 'recording') return null;
    const now = context.now();
    await close(context, tx, current, reason);
    const { recorder, agreed } = current;
    const next = { tenant, visit: id, id: uuid7(now), recorder, agreed, follows: current.id };
    await insertRecording(tx, { ...next, state: 'paused', reason }, now);
    await tellRecording(context, tx, visit, await openRecording(tx, tenant, id), standing);
    await auditVisit(context, visit, 'recording-paused', by, tx);
    return current;
  });
  if (found) await stopMedia(visit, found, providers);
  return found;
}

/** Stops it, whether it is under way or paused. @returns null where there was none */
export async function stopRecording(
  context: FhirContext,
  visit: Visit,
  { reason, by, standing }: { reason: Reason; by: By; standing: Standing },
  providers: Providers | null = null,
): Promise<Recording | null> {
  const { tenant, id } = visit;
  const found = await context.database.transaction(async (tx): Promise<Recording | null> => {
    await findVisit(tx, tenant, 'id', id, 'lock');
    const current = await openRecording(tx, tenant, id, 'lock');
    if (current === null) return null;
    await close(context, tx, current, reason);
    await tellRecording(context, tx, visit, null, standing);
    await auditVisit(context, visit, 'recording-stopped', by, tx);
    return current;
  });
  if (found) await stopMedia(visit, found, providers);
  return found;
}

/** Why nothing is recorded now; everybody whose word is missing is asked for it. */
async function refused(
  context: FhirContext,
  visit: Visit,
  current: Recording | null,
  standing: Standing,
  by: By,
): Promise<Refusal> {
  await context.database.transaction(async (tx) => {
    await tellRecording(context, tx, visit, current, standing);
    await auditVisit(context, visit, 'recording-refused', by, tx);
  });
  const names = standing.missing.map(({ name }) => name).join(', ');
  return ruledOut(`Nothing is recorded before everybody in the visit has agreed. They are asked: ${names}`);
}

/** Whether it may be recorded at all now. */
async function recordable(context: FhirContext, visit: Visit): Promise<Result<null>> {
  const { recording } = await policyOf(context, visit.tenant);
  if (!recording) return ruledOut('Visits are not recorded here');
  if (visit.state !== 'live') return conflict('A visit is recorded while it is under way, and not on hold');
  if ((await countRecordings(context.database.byKey, visit.tenant, visit.id)) >= MOST)
    return conflict(`A visit has ${MOST} recordings at most`);
  return ok(null);
}

/** The media server records. Where that was stopped before it had begun, it ends as soon as it can be named. */
async function mediaStarted(
  context: FhirContext,
  visit: Visit,
  recording: Recording,
  reference: string,
  providers: Providers,
): Promise<void> {
  const on = context.database.byKey;
  await setReference(on, recording, reference);
  const now = await findRecording(on, recording.tenant, recording.visit, recording.id);
  if (now?.state !== 'recording') await stopMedia(visit, { ...recording, reference, state: 'recording' }, providers);
}

/** Begins to record, or goes on. Who asks for it agrees by that. */
export async function startRecording(
  context: FhirContext,
  visit: Visit,
  { by, participant }: Asker,
  providers: Providers,
): Promise<Result<Recording>> {
  const can = await recordable(context, visit);
  if (!can.ok) return can;
  const { tenant, id } = visit;
  await say(context.database.byKey, visit, participant.id, true, context.now());
  const standing = await standingOf(context, visit);
  const before = await openRecording(context.database.byKey, tenant, id);
  if (standing.missing.length > 0) return refused(context, visit, before, standing, by);
  const provider = providers.get(visit.provider);
  const byServer = provider?.caps.serverRecording === true && provider.startRecording !== undefined;
  const recorder = byServer ? null : participant.id;
  const changed = await context.database.transaction(async (tx): Promise<Changed | null> => {
    await findVisit(tx, tenant, 'id', id, 'lock');
    const current = await openRecording(tx, tenant, id, 'lock');
    const now = context.now();
    const isHeard = current?.recorder === null || (current !== null && now - current.changedAt < SILENT);
    if (current?.state === 'recording' && isHeard) return { recording: current, isNew: false };
    if (current) await close(context, tx, current, 'asked');
    const follows = current?.state === 'paused' ? current.follows : (current?.id ?? null);
    const begun = { tenant, visit: id, id: uuid7(now), recorder, agreed: standing.agreed, follows };
    await insertRecording(tx, { ...begun, state: 'recording', reason: null }, now);
    const recording = await openRecording(tx, tenant, id);
    if (recording === null) return null;
    await tellRecording(context, tx, visit, recording, standing);
    await auditVisit(context, visit, current ? 'recording-resumed' : 'recording-started', by, tx);
    return { recording, isNew: true };
  });
  if (changed === null) throw new Error('what was begun is not there');
  if (changed.isNew && byServer) {
    const begun = await provider.startRecording?.(visit, changed.recording.id);
    if (begun && !begun.ok) {
      await stopRecording(context, visit, { reason: 'failed', by: server, standing });
      return begun;
    }
    if (begun) await mediaStarted(context, visit, changed.recording, begun.value, providers);
  }
  return ok(changed.recording);
}

/** What is as large as it may be goes on in another, which begins with a head of its own. */
export async function turnOver(context: FhirContext, visit: Visit, full: Recording): Promise<void> {
  const { tenant, id } = visit;
  const standing = await standingOf(context, visit);
  await context.database.transaction(async (tx) => {
    await findVisit(tx, tenant, 'id', id, 'lock');
    const current = await openRecording(tx, tenant, id, 'lock');
    if (current?.id !== full.id || current.state !== 'recording') return;
    const now = context.now();
    await close(context, tx, current, 'full');
    const { recorder, agreed } = current;
    const next = { tenant, visit: id, id: uuid7(now), recorder, agreed, follows: current.id };
    await insertRecording(tx, { ...next, state: 'recording', reason: null }, now);
    await tellRecording(context, tx, visit, await openRecording(tx, tenant, id), standing);
  });
}
