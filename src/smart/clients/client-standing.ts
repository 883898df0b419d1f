import type { Queryable } from '../../db/database.ts';
import type { Actor } from '../../fhir/access.ts';
import { resourceTypes } from '../../fhir/resources.ts';
import { actorPolicies } from '../../privacy/actors/index.ts';
import { raiseEpoch } from '../../privacy/gate/epoch.ts';
import type { Registration } from '../../privacy/gate/facts.ts';
import { parseScopes } from '../scopes/scopes.ts';

/** Classes of actors that a machine of somebody else may be of. Of marketing there is none: nobody is handed out for it. */
const machines: readonly Actor[] = [
  'system',
  'carrier',
  'employer-feed',
  'provider-market',
  'device-gateway',
  'contractor',
  'analytics',
];

/** What the operator makes of a client that acts for itself. No client says it of itself. */
export type ClientStanding = {
  actor: Actor;
  /** The id of the Organization that it acts for. */
  organization: string | null;
  /** A code of v3-ActReason; null: what its class acts for first. */
  purpose: string | null;
  types: readonly string[];
  /** `Claim.status` */
  elements: readonly string[];
  /** The privacy officer who agreed to a scope of every type. */
  approvedBy: string | null;
};

/** What is wrong with it, in a sentence; null: nothing. @param scope what the client is registered for */
export function standingFault(given: ClientStanding, scope: string): string | null {
  const { actor, organization, purpose, types, elements, approvedBy } = given;
  const { purposes = [] } = actorPolicies.get(actor) ?? {};
  if (!machines.includes(actor)) return `A client is one of ${machines.join(', ')}`;
  if (purpose !== null && !purposes.includes(purpose)) return `${actor} acts for ${purposes.join(', ')} only`;
  if (actor !== 'system' && actor !== 'analytics' && organization === null)
    return `A client of this class acts for somebody: name the Organization of the ${actor}`;
  const unknown = types.find((type) => !(resourceTypes as readonly string[]).includes(type));
  if (unknown !== undefined) return `${unknown} is no resource type`;
  const lost = elements.find((path) => !types.some((type) => path.startsWith(`${type}.`)));
  if (lost !== undefined) return `${lost} must be an element of a registered type, as in Claim.status`;
  const bare = types.find((type) => !elements.some((path) => path.startsWith(`${type}.`)));
  if (actor === 'contractor' && (types.length === 0 || bare !== undefined))
    return `A contractor is registered for types and for elements of each${bare === undefined ? '' : `: of ${bare} none is named`}`;
  const scopes = parseScopes(scope);
  const wide = scopes.ok && scopes.value.clinical.some((one) => one.context === 'system' && one.type === '*');
  return wide && approvedBy === null ? 'The privacy officer must agree to a scope of every type' : null;
}

/** Makes of a client what the operator says it is; what was made of it before is no good from its next request on. */
export async function setClientStanding(on: Queryable, tenant: number, id: string, to: ClientStanding): Promise<void> {
  const { actor, organization, ...registered } = to;
  await on.query('update client set actor = $3, organization = $4, registered_for = $5 where tenant = $1 and id = $2', [
    tenant,
    id,
    actor,
    organization,
    JSON.stringify(registered),
  ]);
  await raiseEpoch(on, tenant);
}

/** What a client was registered for; null: nothing narrower than its scopes. */
export async function registrationOf(on: Queryable, tenant: number, id: string): Promise<Registration | null> {
  const [row] = await on.query('select registered_for from client where tenant = $1 and id = $2', [tenant, id]);
  if (typeof row?.[0] !== 'string') return null;
  // setClientStanding has written it.
  const { types, elements } = JSON.parse(row[0]) as Pick<ClientStanding, 'types' | 'elements'>;
  return types.length === 0 ? null : { types: new Set(types), elements };
}
