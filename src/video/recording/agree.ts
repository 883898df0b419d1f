import type { Encounter } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { ask } from '../../privacy/inner-request.ts';
import { readOwn } from '../../privacy/made.ts';
import type { Providers } from '../providers/provider.ts';
import { isOver } from '../session.ts';
import type { Visit } from '../visits/visit.ts';
import { recordingConsent, treatingIn } from './consent-resource.ts';
import { consentsOfPatient, say, standingOf } from './consents.ts';
import { lookAgain } from './presence.ts';
import { tellOff } from './state.ts';

/**
 * Somebody in a visit who is not the patient agrees to be recorded, or does so no more; guests as well. They have no record here:
 * what they say is kept with the visit and ends with it. Who takes it back stops the recording.
 *
 * @param participant their id
 * @returns 409 of a visit that is over
 */
export async function agree(
  context: FhirContext,
  visit: Visit,
  participant: string,
  given: boolean,
  providers: Providers | null = null,
): Promise<Result<null>> {
  if (isOver(visit.state)) return conflict('This visit is over');
  await say(context.database.byKey, visit, participant, given, context.now());
  await said(context, visit, providers);
  return ok(null);
}

/** What was said counts at once, and who is asked sees that they are not any more. */
async function said(context: FhirContext, visit: Visit, providers: Providers | null): Promise<void> {
  await lookAgain(context, visit.tenant, visit.id, providers);
  await tellOff(context, visit, await standingOf(context, visit));
}

/**
 * The patient, or who speaks for them, lets the visit be recorded, by a Consent that is filed as they themselves would file it.
 *
 * @returns 403 who may not consent for the patient, 409 where nobody treats or the visit is over
 */
export async function agreeForPatient(
  context: FhirContext,
  request: FhirRequest,
  visit: Visit,
  providers: Providers | null = null,
): Promise<Result<null>> {
  if (isOver(visit.state)) return conflict('This visit is over');
  if ((await consentsOfPatient(context, visit)).length === 0) {
    const found = await readOwn<Encounter>(context, visit.tenant, 'Encounter', visit.encounter);
    if (!found.ok) return found;
    const practitioners = treatingIn(found.value.resource, request.base);
    if (practitioners.length === 0) return conflict('Nobody treats in this visit whom the consent could name');
    const { fhirUser, patient } = request.grant.caller;
    const performer = fhirUser ?? (patient === null ? null : `Patient/${patient}`);
    if (performer === null) return forbidden('Only the patient, or who speaks for them, consents for the patient');
    const { encounter, hardStop } = visit;
    const from = context.now();
    const consent = recordingConsent({
      ...{ encounter, patient: visit.patient, performer, practitioners },
      ...{ from, until: Math.max(hardStop, from) },
    });
    const filed = await ask(context, request, { method: 'POST', path: ['Consent'], body: JSON.stringify(consent) });
    if (!filed.ok) return filed;
  }
  await said(context, visit, providers);
  return ok(null);
}

/** All such Consents are revoked: what is being recorded stops. */
export async function withdrawForPatient(
  context: FhirContext,
  request: FhirRequest,
  visit: Visit,
  providers: Providers | null = null,
): Promise<Result<null>> {
  for (const { id } of await consentsOfPatient(context, visit)) {
    const path = ['Consent', id, '$revokeConsent'];
    const revoked = await ask(context, request, { method: 'POST', path, body: '{"resourceType":"Parameters"}' });
    if (!revoked.ok) return revoked;
  }
  await said(context, visit, providers);
  return ok(null);
}
