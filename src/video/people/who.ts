import type { Appointment, Patient, RelatedPerson } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { readOwn } from '../../privacy/made.ts';
import { actorsOf, secretText } from '../visits/open.ts';
import type { Visit } from '../visits/visit.ts';
import { nameOf } from './names.ts';
import { addParticipant, findBy, type Participant } from './participants.ts';

const noPart = forbidden(
  'A visit is joined by the patient, by who helps them, by the practitioners of its Appointment, and by who was invited',
);

/** What somebody who is not known in the visit yet would be in it; null: nothing. */
async function roleOf(context: FhirContext, visit: Visit, caller: Caller): Promise<Participant['role'] | null> {
  const { fhirUser } = caller;
  if (fhirUser === `Patient/${visit.patient}`) return 'patient';
  if (fhirUser?.startsWith('RelatedPerson/')) {
    const found = await readOwn<RelatedPerson>(context, visit.tenant, 'RelatedPerson', fhirUser.slice(14));
    const of = found.ok ? found.value.resource.patient.reference : null;
    const isTheirs =
      of === `Patient/${visit.patient}` && caller.reach !== 'all' && caller.reach.includes(visit.patient);
    return isTheirs ? 'companion' : null;
  }
  if (!fhirUser?.startsWith('Practitioner/') || visit.appointment === null) return null;
  const found = await readOwn<Appointment>(context, visit.tenant, 'Appointment', visit.appointment);
  const base = context.settings.baseOf(visit.tenant);
  return found.ok && actorsOf(found.value.resource, 'Practitioner', base).includes(fhirUser) ? 'host' : null;
}

/**
 * Who of a visit somebody is. Who has the record within reach and no part in the visit is told so; that it is within reach is for
 * the gate to say before.
 */
export async function participantOf(context: FhirContext, visit: Visit, caller: Caller): Promise<Result<Participant>> {
  const { tenant, id } = visit;
  const { fhirUser } = caller;
  if (fhirUser === null) return noPart;
  const known = await findBy(context.database.byKey, tenant, id, 'reference', fhirUser);
  if (known && known.role !== 'host' && known.role !== 'companion') return ok(known);
  // Who treats may be another by now, and who helps may not be let do so any more.
  const role = await roleOf(context, visit, caller);
  if (role === null) return noPart;
  if (known) return ok(known);
  const [type = '', ref = ''] = fhirUser.split('/');
  const found = await readOwn<Patient>(context, tenant, type as 'Patient', ref); // read for what all people have
  if (!found.ok) return noPart;
  const { resource } = found.value;
  const birthDate = type === 'Practitioner' ? null : (resource.birthDate ?? null);
  await addParticipant(context.database, {
    tenant,
    visit: id,
    id: secretText(),
    reference: fhirUser,
    role,
    name: nameOf(resource),
    birthDate,
  });
  const added = await findBy(context.database.byKey, tenant, id, 'reference', fhirUser);
  return added ? ok(added) : noPart;
}
