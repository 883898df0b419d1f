import type { Appointment, Patient, RelatedPerson } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { localName } from '../../privacy/consents/references.ts';
import { isActive } from '../../privacy/gate/reach.ts';
import { wardsOf } from '../../privacy/gate/wards.ts';
import { isWorking } from '../../privacy/gate/working.ts';
import { readOwn } from '../../privacy/made.ts';
import { secretText } from '../secrets.ts';
import { actorsOf } from '../visits/open.ts';
import type { Visit } from '../visits/visit.ts';
import { dropSecret } from './invites.ts';
import { nameOf } from './names.ts';
import { addParticipant, findBy, type Participant, setRole } from './participants.ts';

const noPart = forbidden(
  'A visit is joined by the patient, by who helps them, by the practitioners of its Appointment, and by who was invited',
);

/** What those who treat act for when they meet a patient. */
const treating: ReadonlySet<string> = new Set(['TREAT', 'ETREAT', 'BTG']);

/**
 * The person who asks: a patient, who helps one, or who treats them; null: nobody who meets anybody, like a system, or an app
 * that was not told who uses it. A patient by themself may be known by their record alone.
 */
export function personOf({ actor, fhirUser, patient, purpose }: Caller): string | null {
  if (actor === 'practitioner') return fhirUser?.startsWith('Practitioner/') && treating.has(purpose) ? fhirUser : null;
  if (actor === 'self' && fhirUser === null) return patient === null ? null : `Patient/${patient}`;
  if (actor !== 'self' && actor !== 'proxy' && actor !== 'app') return null;
  return fhirUser !== null && /^(Patient|RelatedPerson)\//.test(fhirUser) ? fhirUser : null;
}

/** Whom a RelatedPerson helps at the moment: `Patient/1`; null: nobody. How far they may is for the gate to say. */
export async function helpedBy(context: FhirContext, tenant: number, person: string): Promise<string | null> {
  const [, id] = /^RelatedPerson\/(.+)$/.exec(person) ?? [];
  const found = id === undefined ? null : await readOwn<RelatedPerson>(context, tenant, 'RelatedPerson', id);
  if (!found?.ok || !isActive(found.value.resource, context.now())) return null;
  return localName(found.value.resource.patient.reference ?? '', context.settings.baseOf(tenant));
}

/** Whether the coming of somebody is that of the patient: of the patient, and of who has them in their care because they are young. */
export async function standsForPatient(context: FhirContext, visit: Visit, one: Participant): Promise<boolean> {
  if (one.role === 'patient') return true;
  if (one.role !== 'companion' || one.reference === null) return false;
  const wards = await wardsOf(context, visit.tenant, one.reference);
  return wards.some(({ patient, age }) => patient === visit.patient && age !== 'adult');
}

/** What somebody is in a visit by who they are; null: nothing. */
async function roleOf(context: FhirContext, visit: Visit, person: string): Promise<Participant['role'] | null> {
  if (person === `Patient/${visit.patient}`) return 'patient';
  if (person.startsWith('RelatedPerson/'))
    return (await helpedBy(context, visit.tenant, person)) === `Patient/${visit.patient}` ? 'companion' : null;
  if (!person.startsWith('Practitioner/') || visit.appointment === null) return null;
  const found = await readOwn<Appointment>(context, visit.tenant, 'Appointment', visit.appointment);
  const base = context.settings.baseOf(visit.tenant);
  return found.ok && actorsOf(found.value.resource, 'Practitioner', base).includes(person) ? 'host' : null;
}

/** Whether somebody is of a visit because they were asked to it, and for no other reason. */
const isInvited = ({ role }: Participant): boolean => role === 'colleague' || role === 'interpreter';

/** Whether somebody is of a visit by now who was before: who treats may be another, and who helps may not be let do so any more. */
export async function isStillOf(context: FhirContext, visit: Visit, one: Participant): Promise<boolean> {
  if (one.reference === null) return true;
  if (!(await isWorking(context, visit.tenant, one.reference))) return false;
  return isInvited(one) || (await roleOf(context, visit, one.reference)) !== null;
}

/**
 * Who of a visit somebody is. Who has the record within reach and no part in the visit is told so; that it is within reach is for
 * the gate to say before.
 */
export async function participantOf(context: FhirContext, visit: Visit, caller: Caller): Promise<Result<Participant>> {
  const { tenant, id } = visit;
  const person = personOf(caller);
  if (person === null || !(await isWorking(context, tenant, person))) return noPart;
  const known = await findBy(context.database.byKey, tenant, id, 'reference', person);
  // Who treats may be another by now, and who helps may not be let do so any more.
  const role = await roleOf(context, visit, person);
  if (role === null) {
    if (known === null || !isInvited(known)) return noPart;
    await dropSecret(context.database, known);
    return ok(known);
  }
  if (known) return ok(known.role === role ? known : await setRole(context.database, known, role));
  const [type = '', ref = ''] = person.split('/');
  const found = await readOwn<Patient>(context, tenant, type as 'Patient', ref); // read for what all people have
  if (!found.ok) return noPart;
  const { resource } = found.value;
  const birthDate = type === 'Practitioner' ? null : (resource.birthDate ?? null);
  await addParticipant(context.database, {
    tenant,
    visit: id,
    id: secretText(),
    reference: person,
    role,
    name: nameOf(resource),
    birthDate,
  });
  const added = await findBy(context.database.byKey, tenant, id, 'reference', person);
  return added ? ok(added) : noPart;
}
