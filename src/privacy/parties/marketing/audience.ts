import type { Consent, Goal, Patient } from '@medplum/fhirtypes';

import type { FhirContext } from '../../../fhir/context.ts';
import { yearsAt } from '../aggregate/population.ts';
import { isCurrent, patientOf } from '../coverage.ts';
import { nameOf } from '../read-facts.ts';
import { resourcesOf } from '../rows.ts';

/** Whom a message may be sent to, in three keys; `patient` is for the ledger and is not told. */
export type Addressee = { patient: string; contact: string; firstName: string; tags: readonly string[] };

const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const goals = 'http://terminology.hl7.org/CodeSystem/goal-category';

const isForMarketing = ({ provision }: Consent): boolean =>
  provision?.purpose?.some(({ system, code }) => system === actReason && code === 'HMARKT') ?? false;

const isPrivacy = ({ scope }: Consent): boolean =>
  scope.coding?.some(({ code }) => code === 'patient-privacy') ?? false;

/** The Consents by which somebody has agreed to marketing, in force; by the id of the Patient. Who denies it as well has not. */
export async function agreedToMarketing(
  context: FhirContext,
  tenant: number,
  patient: string | null = null,
): Promise<ReadonlyMap<string, readonly Consent[]>> {
  const criteria = { status: 'active', purpose: `${actReason}|HMARKT` };
  const asked = { tenant, type: 'Consent', criteria, ...(patient === null ? {} : { patients: [patient] }) };
  const all = await resourcesOf<Consent>(context, asked);
  const agreed = new Map<string, Consent[]>();
  for (const one of all) {
    const owner = patientOf(one.patient);
    if (owner === null || !isPrivacy(one) || !isForMarketing(one) || !isCurrent(one.provision?.period, context.now()))
      continue;
    if (one.provision?.type === 'permit') agreed.set(owner, [...(agreed.get(owner) ?? []), one]);
  }
  for (const one of all) if (one.provision?.type === 'deny') agreed.delete(patientOf(one.patient) ?? '');
  return agreed;
}

const isReachable = (patient: Patient, now: number): boolean => {
  const years = yearsAt(patient.birthDate, now);
  const isGone = patient.active === false || patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined;
  // Of whom it is not known how old they are it is not known that they are of age.
  return !isGone && years !== null && years >= 18;
};

const mailOf = ({ telecom = [] }: Patient): string | null =>
  telecom.find(({ system, use }) => system === 'email' && use !== 'old')?.value ?? null;

/**
 * Whom a message may be sent to at this moment: who has agreed, is of age and has an e-mail address. Nobody is who has not
 * said so.
 */
export async function audienceOf(context: FhirContext, tenant: number): Promise<readonly Addressee[]> {
  const ids = [...(await agreedToMarketing(context, tenant)).keys()];
  if (ids.length === 0) return [];
  const [patients, wanted] = await Promise.all([
    resourcesOf<Patient>(context, { tenant, type: 'Patient', ids }),
    resourcesOf<Goal>(context, { tenant, type: 'Goal', patients: ids, criteria: { 'lifecycle-status': 'active' } }),
  ]);
  const tags = new Map<string, Set<string>>();
  for (const { subject, category = [] } of wanted) {
    const patient = patientOf(subject) ?? '';
    const codes = category.flatMap(({ coding = [] }) => coding.filter(({ system }) => system === goals));
    tags.set(patient, new Set([...(tags.get(patient) ?? []), ...codes.flatMap(({ code }) => code ?? [])]));
  }
  return patients.flatMap((patient) => {
    const contact = mailOf(patient);
    const { id = '' } = patient;
    if (contact === null || !isReachable(patient, context.now())) return [];
    return [{ patient: id, contact, firstName: nameOf(patient).given ?? '', tags: [...(tags.get(id) ?? [])].sort() }];
  });
}
