import type { FhirContext } from '../../fhir/context.ts';
import { auditVisit } from '../audit.ts';
import type { Visit } from '../visits/visit.ts';
import { findParticipant, isInside, type Participant, participantsOf, setParticipantState } from './participants.ts';
import { isStillOf } from './who.ts';

const isHere = (one: Participant): boolean => isInside(one) || one.state === 'waiting';

/**
 * Sends those out who are of the visit no more: a practitioner who was taken off its Appointment or is here no more, a
 * RelatedPerson who helps no more. Who is of it again comes as if for the first time.
 */
export async function leaveOut(context: FhirContext, visit: Visit): Promise<void> {
  const { tenant, id } = visit;
  for (const one of (await participantsOf(context.database.byKey, tenant, id)).filter(isHere)) {
    if (await isStillOf(context, visit, one)) continue;
    const isLeft = await context.database.transaction(async (tx) => {
      const current = await findParticipant(tx, tenant, id, one.id, 'lock');
      if (current === null || !isHere(current)) return false;
      await setParticipantState(context, tx, visit, current, 'expected');
      return true;
    });
    if (isLeft) await auditVisit(context, visit, 'removed', { reference: null });
  }
}
