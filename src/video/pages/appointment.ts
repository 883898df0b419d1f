import type { Appointment, ContactPoint, HumanName, Resource } from '@medplum/fhirtypes';

import { nameOfPerson } from '../../privacy/pages/names.ts';
import type { OpenedBy } from './video-page.ts';

/** A resource as whoever opened the page may see it, by way of the gate and the ledger; null: not there for them. */
export async function readAs<T extends Resource>(
  { deps, request, grant }: OpenedBy,
  type: T['resourceType'],
  id: string,
): Promise<(T & { id: string }) | null> {
  const { fhir } = deps;
  const answer = await fhir.dispatch({
    method: 'GET',
    path: [type, id],
    query: '',
    header: (name) => (name === 'accept' ? 'application/fhir+json' : request.header(name)),
    body: '',
    grant,
    base: fhir.settings.baseOf(request.tenant),
  });
  // What is stored has been checked to be of its type.
  return answer.ok ? (JSON.parse(String(answer.value.body)) as T & { id: string }) : null;
}

/** The ids of the participants of a type, in order. */
export const actorsOf = ({ participant }: Appointment, type: string): string[] =>
  participant.flatMap(({ actor }) => {
    const [kind, id] = actor?.reference?.split('/') ?? [];
    return kind === type && id !== undefined ? [id] : [];
  });

type Named = { id?: string; name?: HumanName[] | string; telecom?: ContactPoint[]; birthDate?: string };

/** Somebody or something that an Appointment names. */
export async function actorOf(
  opened: OpenedBy,
  appointment: Appointment,
  type: 'Patient' | 'Practitioner' | 'HealthcareService' | 'Location',
): Promise<Named | null> {
  const [id] = actorsOf(appointment, type);
  return id === undefined ? null : readAs(opened, type, id);
}

export const nameOf = (one: Named | null): string =>
  one === null ? '' : typeof one.name === 'string' ? one.name : nameOfPerson({ id: one.id, name: one.name });

const phoneOf = (one: Named | null): string | null =>
  one?.telecom?.find(({ system, value }) => system === 'phone' && value !== undefined)?.value ?? null;

/** What a patient calls if the visit cannot be held by video: the service, the place, or who treats. */
export async function phoneFor(opened: OpenedBy, appointment: Appointment): Promise<string | null> {
  for (const type of ['HealthcareService', 'Location', 'Practitioner'] as const) {
    const phone = phoneOf(await actorOf(opened, appointment, type));
    if (phone !== null) return phone;
  }
  return null;
}
