import type { Caller } from '../../fhir/access.ts';
import type { ActorPolicy } from './actor.ts';
import { actorPolicies } from './index.ts';
import { proxy } from './proxy.ts';

/** What a guardian may no more no Consent gives their app: it was theirs. */
const proxysApp: ActorPolicy = { ...proxy, actor: 'app', purposes: ['PATRQT', 'FAMRQT'], consents: 'bound' };

/** The policy for a caller: an app of somebody who acts for a patient may no more than they. */
function policyOf({ actor, fhirUser }: Caller): ActorPolicy | null {
  if (actor === 'app' && fhirUser?.startsWith('RelatedPerson/')) return proxysApp;
  return actorPolicies.get(actor) ?? null;
}

/**
 * The caller with what they act for, and the policy of their class; that is null where there is none, and where their class
 * does not act for what they say.
 */
export function actingAs(caller: Caller): { caller: Caller; policy: ActorPolicy | null } {
  const policy = policyOf(caller);
  if (caller.purpose === '') return { caller: { ...caller, purpose: policy?.purposes[0] ?? '' }, policy };
  return { caller, policy: policy?.purposes.includes(caller.purpose) ? policy : null };
}
