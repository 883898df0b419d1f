import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, gone, ok, type Result, ruledOut } from '../../fhir/outcome.ts';
import type { By } from '../audit.ts';
import { auditVisit } from '../audit.ts';
import { isOver } from '../session.ts';
import { advance, advanceIn } from '../visits/advance.ts';
import { policyOf } from '../visits/policy.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { issueJoinToken } from './join-token.ts';
import { limited } from './limit.ts';
import { findParticipant, type Participant, setParticipantState } from './participants.ts';

/** Ways into one visit within a minute, by all who are in it: networks that fail come back often. */
const MOST = 120;

/** What somebody is given who wants in: they wait, or are in. */
export type Joined = { visit: Visit; participant: Participant; token: string; socket: string };

/** Whether it is time, and the visit is one that can be joined. */
async function joinable(context: FhirContext, visit: Visit): Promise<Result<null>> {
  const { earlyMinutes } = await policyOf(context, visit.tenant);
  const now = context.now();
  if (isOver(visit.state)) return gone('This visit is over');
  if (now > visit.hardStop) {
    await advance(context, visit.tenant, visit.id, 'lapse', { reference: null });
    return gone('This visit is over');
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

/**
 * Somebody wants in. Who treats is in; who was let in before is in again; all others wait until somebody lets them in.
 *
 * @returns 403 who was sent away, 409 who is too early, 410 who is too late, 429 what comes too often
 */
export async function join(context: FhirContext, asked: Visit, one: Participant, by: By): Promise<Result<Joined>> {
  const { tenant, id } = asked;
  const tooMuch = await limited(context, tenant, `visit ${id}`, MOST);
  if (tooMuch) return tooMuch;
  const can = await joinable(context, asked);
  if (!can.ok) return can;
  const joined = await context.database.transaction(async (tx): Promise<Result<Omit<Joined, 'token' | 'socket'>>> => {
    const visit = await findVisit(tx, tenant, 'id', id, 'lock');
    const current = visit && (await findParticipant(tx, tenant, id, one.id, 'lock'));
    if (!visit || !current || isOver(visit.state)) return gone('This visit is over');
    if (current.state === 'denied' || current.state === 'removed')
      return forbidden('Who treats in this visit has not let you in; call the clinic if that must be a mistake');
    const known = current.state === 'admitted' || current.state === 'held' || current.state === 'waiting';
    const state = current.role === 'host' || current.admittedAt !== null ? 'admitted' : 'waiting';
    const participant = known ? current : await setParticipantState(context, tx, visit, current, state);
    const waits = current.role === 'patient' || current.role === 'companion';
    const moved = waits ? await advanceIn(context, tx, tenant, id, 'wait', by) : ok(visit);
    return moved.ok ? ok({ visit: moved.value, participant }) : moved;
  });
  if (!joined.ok) return joined;
  const { visit, participant } = joined.value;
  const token = await issueJoinToken(context, visit, participant);
  await auditVisit(context, visit, 'token-issued', by);
  return ok({ visit, participant, token, socket: socketOf(context, tenant) });
}
