import type { FhirContext } from '../../fhir/context.ts';
import { conflict, notFound, ok, type Refusal, type Result } from '../../fhir/outcome.ts';
import { auditVisit, type By, type VideoAudit } from '../audit.ts';
import type { Providers } from '../providers/provider.ts';
import { presenceChanged } from '../recording/presence.ts';
import type { ParticipantState } from '../signalling/messages.ts';
import { advanceIn } from '../visits/advance.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { entered } from './attendance.ts';
import { findParticipant, isInside, type Participant, participantsOf, setParticipantState } from './participants.ts';

export type Action = 'admit' | 'deny' | 'hold' | 'resume' | 'remove';

/** What of somebody comes of what is done with them, and whom it can be done with. */
const deeds: Readonly<Record<Action, { from: readonly ParticipantState[]; to: ParticipantState; audit: VideoAudit }>> =
  {
    admit: { from: ['waiting', 'denied', 'removed', 'admitted'], to: 'admitted', audit: 'admitted' },
    deny: { from: ['waiting', 'expected', 'denied'], to: 'denied', audit: 'denied' },
    hold: { from: ['admitted', 'held'], to: 'held', audit: 'held' },
    resume: { from: ['held', 'admitted'], to: 'admitted', audit: 'resumed' },
    remove: { from: ['admitted', 'held', 'left', 'waiting', 'removed'], to: 'removed', audit: 'removed' },
  };

export const actions = Object.keys(deeds) as Action[]; // of the table above

const isRefusal = (value: Visit | Refusal): value is Refusal => 'ok' in value;

/**
 * Lets somebody in, keeps them out, puts them on hold or sends them away.
 *
 * @param confirmed what was shown of them to who does it: their name, birth date and role
 * @returns 404 where there is no such participant, 409 where that cannot be done with them now, or all places are taken
 */
export async function decideOn(
  context: FhirContext,
  asked: Visit,
  { participant: id, action, confirmed, by }: { participant: string; action: Action; confirmed: string; by: By },
  providers: Providers,
): Promise<Result<Participant>> {
  const { tenant } = asked;
  const { from, to, audit } = deeds[action];
  const provider = providers.get(asked.provider);
  const done = await context.database.transaction(async (tx): Promise<Result<{ visit: Visit; one: Participant }>> => {
    const visit = await findVisit(tx, tenant, 'id', asked.id, 'lock');
    const current = visit && (await findParticipant(tx, tenant, visit.id, id, 'lock'));
    if (!visit || !current) return notFound('There is no such participant of this visit');
    if (current.role === 'host') return conflict('A practitioner of the Appointment is let in by it');
    if (!from.includes(current.state))
      return conflict(`${current.name} is ${current.state}; ${action} is for who is ${from.join(' or ')}`);
    const inside = (await participantsOf(tx, tenant, visit.id)).filter(isInside);
    if (to === 'admitted' && !isInside(current) && inside.length >= (provider?.caps.maxParticipants ?? 4))
      return conflict(`A visit has ${provider?.caps.maxParticipants ?? 4} places, and all are taken`);
    const admission = to === 'admitted' ? { by: by.reference ?? '', confirmed } : null;
    const one = await setParticipantState(context, tx, visit, current, to, admission);
    const moved = await movedBy(context, tx, visit, action, by);
    return isRefusal(moved) ? moved : ok({ visit: moved, one });
  });
  if (!done.ok) return done;
  const { visit, one } = done.value;
  if (to === 'admitted' && one.socket !== null) await entered(context, visit, one);
  if (to === 'denied' || to === 'removed') await provider?.remove(visit, one.id);
  await auditVisit(context, visit, audit, by);
  await presenceChanged(context, visit, providers);
  return ok(one);
}

type Tx = Parameters<typeof advanceIn>[1];

/** Who is let in first begins the visit. */
async function movedBy(context: FhirContext, tx: Tx, visit: Visit, action: Action, by: By): Promise<Visit | Refusal> {
  if (action !== 'admit') return visit;
  const moved = await advanceIn(context, tx, visit.tenant, visit.id, 'admit', by);
  return moved.ok ? moved.value : moved;
}
