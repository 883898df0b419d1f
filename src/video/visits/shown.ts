import type { FhirContext } from '../../fhir/context.ts';
import type { VisitShown } from '../signalling/messages.ts';
import { policyOf } from './policy.ts';
import type { Visit } from './visit.ts';

const instant = (ms: number): string => new Date(ms).toISOString();

/** A visit as those in it are told of it; what to call is for hosts alone, and added for them. */
export async function shownVisit(context: FhirContext, visit: Visit): Promise<VisitShown> {
  const { keepChat } = await policyOf(context, visit.tenant);
  const { state, provider, startsAt, endsAt, hardStop } = visit;
  return {
    state,
    provider,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    hardStop: instant(hardStop),
    chatKept: keepChat,
  };
}
