import type { FhirContext } from '../../fhir/context.ts';
import type { Providers } from '../providers/provider.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { standingOf } from './consents.ts';
import { pauseRecording, server, stopRecording } from './control.ts';
import { openRecording, type Reason, type Recording, setAgreed } from './recording.ts';
import { tellRecording } from './state.ts';

/**
 * Holds a recording against who is in the visit now. Who came and has not agreed pauses it; who has agreed and does so no more
 * stops it; who records and is gone, and a visit that is over, stop it; a visit on hold pauses it.
 *
 * @returns the recording that may go on, null: none may
 */
export async function lookAgain(
  context: FhirContext,
  tenant: number,
  id: string,
  providers: Providers | null = null,
): Promise<Recording | null> {
  const on = context.database.byKey;
  const current = await openRecording(on, tenant, id);
  if (current === null) return null;
  const visit = await findVisit(on, tenant, 'id', id);
  if (visit === null) return null;
  const standing = await standingOf(context, visit);
  const told = { by: server, standing };
  if (visit.state !== 'live' && visit.state !== 'held') {
    await stopRecording(context, visit, { ...told, reason: 'over' }, providers);
    return null;
  }
  const isGone = current.recorder !== null && !standing.present.some(({ id, near }) => near && id === current.recorder);
  if (isGone) {
    await stopRecording(context, visit, { ...told, reason: 'left' }, providers);
    return null;
  }
  const had = new Set(current.agreed.map(({ participant }) => participant));
  const isWithdrawn = standing.missing.some((one) => one.id === null || had.has(one.id));
  if (isWithdrawn) {
    await stopRecording(context, visit, { ...told, reason: 'consent' }, providers);
    return null;
  }
  if (current.state === 'paused') {
    await tellRecording(context, on, visit, current, standing);
    return null;
  }
  if (standing.missing.length > 0 || visit.state === 'held') {
    const reason = visit.state === 'held' ? 'held' : 'consent';
    await pauseRecording(context, visit, { ...told, reason }, providers);
    return null;
  }
  if (standing.agreed.some(({ participant }) => !had.has(participant))) {
    // Who has left and comes back is known to have agreed.
    const others = current.agreed.filter((one) =>
      standing.agreed.every(({ participant }) => participant !== one.participant),
    );
    await setAgreed(on, current, [...others, ...standing.agreed]);
  }
  return current;
}

/** Somebody was let in, came, left or was put on hold. Costs one look for a key where nothing is recorded. */
export async function presenceChanged(
  context: FhirContext,
  visit: Visit,
  providers: Providers | null = null,
): Promise<void> {
  await lookAgain(context, visit.tenant, visit.id, providers);
}

/** A visit is over, or somebody's word is taken back: nothing of it is recorded any more. */
export async function stopRecordingOf(
  context: FhirContext,
  visit: Visit,
  why: Reason,
  providers: Providers | null = null,
): Promise<void> {
  if ((await openRecording(context.database.byKey, visit.tenant, visit.id)) === null) return;
  const standing = await standingOf(context, visit);
  await stopRecording(context, visit, { reason: why, by: server, standing }, providers);
}
