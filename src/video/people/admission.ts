import type { FhirContext } from '../../fhir/context.ts';
import { conflict, gone, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { auditVisit, type By, type VideoAudit } from '../audit.ts';
import type { Providers } from '../providers/provider.ts';
import { presenceChanged } from '../recording/presence.ts';
import { isOver, next } from '../session.ts';
import type { ParticipantState } from '../signalling/messages.ts';
import { advanceIn } from '../visits/advance.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { entered } from './attendance.ts';
import { findParticipant, type Participant, setParticipantState } from './participants.ts';
import { placeFor } from './places.ts';

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

/** `isTold`: the ledger has it already, as what began the visit. */
type Done = { visit: Visit; one: Participant; isTold: boolean };

/** What is kept of who was let in: what was shown, and who it was. */
const keptOf = ({ name, birthDate, role }: Participant, shown: string): string =>
  JSON.stringify({ shown, name, birthDate, role });

/**
 * Lets somebody in, keeps them out, puts them on hold or sends them away.
 *
 * @param confirmed what was shown of them to who lets them in: their name, birth date and role
 * @returns 404 where there is no such participant, 409 where that cannot be done with them now or all places are taken, 410 where
 *   the visit is over
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
  const done = await context.database.transaction(async (tx): Promise<Result<Done>> => {
    const visit = await findVisit(tx, tenant, 'id', asked.id, 'lock');
    const current = visit && (await findParticipant(tx, tenant, visit.id, id, 'lock'));
    if (!visit || !current) return notFound('There is no such participant of this visit');
    if (isOver(visit.state) || (action === 'admit' && next(visit.state, 'admit') === null))
      return gone('This visit is over');
    if (current.role === 'host') return conflict('A practitioner of the Appointment is let in by it');
    if (!from.includes(current.state))
      return conflict(`${current.name} is ${current.state}; ${action} is for who is ${from.join(' or ')}`);
    const free = to === 'admitted' ? await placeFor(tx, current, provider) : ok(null);
    if (!free.ok) return free;
    const admission = action === 'admit' ? { by: by.reference ?? '', confirmed: keptOf(current, confirmed) } : null;
    const one = await setParticipantState(context, tx, visit, current, to, admission);
    // Who is let in first begins the visit.
    const moved = action === 'admit' ? await advanceIn(context, tx, tenant, visit.id, 'admit', by) : ok(visit);
    if (!moved.ok) throw new Error(moved.issues[0]?.diagnostics);
    return ok({ visit: moved.value, one, isTold: moved.value.state !== visit.state });
  });
  if (!done.ok) return done;
  const { visit, one, isTold } = done.value;
  if (to === 'admitted' && one.socket !== null) await entered(context, visit, one);
  if (to !== 'admitted') await provider?.remove(visit, one.id);
  if (!isTold) await auditVisit(context, visit, audit, by);
  await presenceChanged(context, visit, providers);
  return ok(one);
}
