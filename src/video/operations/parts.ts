import type { Caller, Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import type { By } from '../audit.ts';
import type { Participant } from '../people/participants.ts';
import { participantOf, personOf } from '../people/who.ts';
import { findVisit, type Visit } from '../visits/visit.ts';

/** In whose name something is done in a visit. */
export function byOf({ caller }: Grant): By {
  const reference = personOf(caller) ?? caller.fhirUser;
  return reference === null ? { reference, name: caller.actor } : { reference };
}

/**
 * Whether what one came with covers taking part and not just reading, by its scopes: an app that was let read a record is not
 * let into a conversation.
 */
export const mayAct = ({ scopes }: Caller, type: string): boolean =>
  scopes.some((one) => (one.type === '*' || one.type === type) && one.interactions.has('u'));

export const readsOnly = forbidden('Your access covers reading, and not taking part in a visit');

export type Asked = { grant: Grant; visit: Visit; self: Participant; by: By; parameters: Parameters };

/** What operations on an Encounter begin with: the gate, the visit, who of it asks, and what. */
export async function askedOf(context: FhirContext, request: FhirRequest): Promise<Result<Asked>> {
  const { grant, path } = request;
  const [, id = ''] = path;
  const found = await context.store.read(grant, 'Encounter', id);
  if (!found.ok) return found;
  if (!mayAct(grant.caller, 'Encounter')) return readsOnly;
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const visit = await findVisit(context.database.byKey, grant.tenant, 'encounter', id);
  if (visit === null)
    return conflict(`Encounter/${id} is no visit by video; Appointment/[id]/$video-open opens one of an Appointment`);
  const self = await participantOf(context, visit, grant.caller);
  if (!self.ok) return self;
  return ok({ grant, visit, self: self.value, by: byOf(grant), parameters: parameters.value });
}

/** The same, for who treats in the visit. */
export async function hostAskedOf(context: FhirContext, request: FhirRequest): Promise<Result<Asked>> {
  const asked = await askedOf(context, request);
  if (!asked.ok || asked.value.self.role === 'host') return asked;
  return forbidden('Only a practitioner of the Appointment may do this in a visit');
}
