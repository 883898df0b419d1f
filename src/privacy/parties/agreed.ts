import type { Consent } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { isCurrent, patientOf } from './coverage.ts';
import { resourcesOf } from './rows.ts';

type Provision = NonNullable<Consent['provision']>;

const names = (provision: Provision, actor: string): boolean =>
  provision.actor?.some(({ reference }) => reference?.reference === actor) ?? false;

/** Whether a Consent that is in force lets this be told to the actor, without an exception that could be meant. */
const permits = ({ policy, provision }: Consent, uri: string, actor: string, now: number): boolean =>
  (policy?.some((one) => one.uri === uri) ?? false) &&
  provision?.type === 'permit' &&
  names(provision, actor) &&
  isCurrent(provision.period, now) &&
  !provision.provision?.some(({ type }) => type !== 'permit');

const denies = ({ provision }: Consent, actor: string, now: number): boolean =>
  provision?.type === 'deny' && names(provision, actor) && isCurrent(provision.period, now);

/**
 * Who has agreed that an actor is told, by the id of the Patient, and the Consent by which. Where one Consent denies it to the
 * actor, another that permits it does not count.
 *
 * @param actor `Organization/1`, `Group/1`
 * @param patient one of whom alone it is asked
 */
export async function whoAgreed(
  context: FhirContext,
  tenant: number,
  uri: string,
  actor: string,
  patient: string | null = null,
): Promise<ReadonlyMap<string, string>> {
  const criteria = { status: 'active', actor };
  const asked = { tenant, type: 'Consent', criteria, ...(patient === null ? {} : { patients: [patient] }) };
  const consents = await resourcesOf<Consent>(context, asked);
  const now = context.now();
  const agreed = new Map<string, string>();
  for (const one of consents) {
    const owner = patientOf(one.patient);
    if (owner !== null && permits(one, uri, actor, now)) agreed.set(owner, one.id ?? '');
  }
  for (const one of consents) if (denies(one, actor, now)) agreed.delete(patientOf(one.patient) ?? '');
  return agreed;
}
