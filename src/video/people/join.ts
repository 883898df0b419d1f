import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, gone, ok, type Result, ruledOut } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import { auditVisit, type By } from '../audit.ts';
import type { Providers } from '../providers/provider.ts';
import { isOver, type VisitState } from '../session.ts';
import type { ParticipantState } from '../signalling/messages.ts';
import { advance, advanceIn } from '../visits/advance.ts';
import { policyOf } from '../visits/policy.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { issueJoinToken } from './join-token.ts';
import { limited } from './limit.ts';
import { findParticipant, type Participant, setParticipantState } from './participants.ts';
import { placeFor } from './places.ts';
import { standsForPatient } from './who.ts';

/** Ways in within a minute, of one and of all of a visit: networks that fail come back often, and nobody uses up what others need. */
const MOST_OF_ONE = 20;
const MOST_OF_ALL = 240;

/** What somebody is given who wants in: they wait, or are in. */
export type Joined = { visit: Visit; participant: Participant; token: string; socket: string };

/** What whoever joins is answered, guests as well: the text of a Parameters resource. */
export const joinedText = ({ visit, participant, token, socket }: Joined): string =>
  parametersText([
    ['participant', 'valueString', JSON.stringify(participant.id)],
    ['role', 'valueCode', JSON.stringify(participant.role)],
    ['state', 'valueCode', JSON.stringify(participant.state)],
    ['socket', 'valueUrl', JSON.stringify(socket)],
    ['token', 'valueString', JSON.stringify(token)],
    ['provider', 'valueCode', JSON.stringify(visit.provider)],
  ]);

const over = 'This visit is over';
const ended: Partial<Record<VisitState, string>> = {
  missed: `${over}: the patient did not come`,
  cancelled: `${over}: it was cancelled`,
};

/** Whether it is time, and the visit is one that can be joined. */
async function joinable(context: FhirContext, visit: Visit): Promise<Result<null>> {
  const { earlyMinutes } = await policyOf(context, visit.tenant);
  const now = context.now();
  if (isOver(visit.state)) return gone(ended[visit.state] ?? over);
  if (now >= visit.hardStop) {
    await advance(context, visit.tenant, visit.id, 'lapse', { reference: null });
    return gone(over);
  }
  const from = visit.startsAt - earlyMinutes * 60_000;
  if (now < from) return ruledOut(`The waiting room opens at ${new Date(from).toISOString()}`);
  return ok(null);
}

/** Where browsers open their sockets: `wss://host/t/2/video/signal`. */
export function socketOf(context: FhirContext, tenant: number): string {
  const root = context.settings.baseOf(tenant).slice(0, -'/fhir/R4'.length);
  return `${root.replace(/^http/, 'ws')}/video/signal`;
}

/** `begins`: they have begun to wait. */
type Come = Omit<Joined, 'token' | 'socket'> & { begins: boolean };

/** The state of somebody once they have come: who is on hold stays so. */
function stateOf({ role, state, admittedAt }: Participant): ParticipantState {
  if (state === 'admitted' || state === 'held') return state;
  return role === 'host' || (state === 'left' && admittedAt !== null) ? 'admitted' : 'waiting';
}

/**
 * Somebody wants in. Who treats is in; who was let in before is in again; all others wait until somebody lets them in.
 *
 * @returns 403 who was sent away, 409 who is too early and who finds no place, 410 who is too late, 429 what comes too often
 */
export async function join(
  context: FhirContext,
  asked: Visit,
  one: Participant,
  by: By,
  providers: Providers,
): Promise<Result<Joined>> {
  const { tenant, id } = asked;
  const tooMuch =
    (await limited(context, tenant, `participant ${id} ${one.id}`, MOST_OF_ONE)) ??
    (await limited(context, tenant, `visit ${id}`, MOST_OF_ALL));
  if (tooMuch) return tooMuch;
  const can = await joinable(context, asked);
  if (!can.ok) return can;
  const isPatient = await standsForPatient(context, asked, one);
  const joined = await context.database.transaction(async (tx): Promise<Result<Come>> => {
    const visit = await findVisit(tx, tenant, 'id', id, 'lock');
    const current = visit && (await findParticipant(tx, tenant, id, one.id, 'lock'));
    if (!visit || !current || isOver(visit.state)) return gone(over);
    if (current.state === 'denied' || current.state === 'removed')
      return forbidden('Who treats in this visit has not let you in; call the clinic if that must be a mistake');
    const state = stateOf(current);
    const place = state === 'admitted' ? await placeFor(tx, current, providers.get(visit.provider)) : ok(null);
    if (!place.ok) return place;
    const isNew = state !== current.state;
    const participant = isNew ? await setParticipantState(context, tx, visit, current, state) : current;
    const moved = isPatient ? await advanceIn(context, tx, tenant, id, 'wait', by) : ok(visit);
    if (!moved.ok) throw new Error(moved.issues[0]?.diagnostics);
    // The ledger has it already, where it has moved the visit.
    const begins = isNew && state === 'waiting' && moved.value.state === visit.state;
    return ok({ visit: moved.value, participant, begins });
  });
  if (!joined.ok) return joined;
  const { visit, participant, begins } = joined.value;
  const token = await issueJoinToken(context, visit, participant);
  if (begins) await auditVisit(context, visit, 'waiting', by);
  await auditVisit(context, visit, 'token-issued', by);
  return ok({ visit, participant, token, socket: socketOf(context, tenant) });
}
