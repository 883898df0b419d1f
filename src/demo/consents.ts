import type {
  Consent,
  ConsentProvision,
  Organization,
  Patient,
  Reference,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';

import { at, dayAfter } from './calendar.ts';
import { employer } from './data/clinics.ts';
import { coding, hl7, loinc, slug, systems, to } from './shapes.ts';
import type { Person, World } from './world.ts';
import { carrierReference, people, subscriberOf, toPatient } from './world.ts';

/** Who answers: adults for themselves, a parent for a child. */
function performer(one: Person): Reference<Patient> | Reference<RelatedPerson> {
  if (one.role !== 'child' || one.age >= 18) return toPatient(one);
  return to<RelatedPerson>('RelatedPerson', `${subscriberOf(one).id}-for-${slug(one.given)}`);
}

function consent(
  one: Person,
  name: string,
  status: Consent['status'],
  daysAgo: number,
  organization: Reference<Organization>,
  provision: ConsentProvision,
  world: World,
): Consent {
  return {
    resourceType: 'Consent',
    id: `${one.id}-${name}`,
    status,
    scope: hl7('consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [loinc(['59284-0', 'Consent Document'])],
    patient: toPatient(one),
    dateTime: at(dayAfter(world.today, -daysAgo), 720),
    performer: [performer(one)],
    organization: [organization],
    policyRule: hl7('v3-ActCode', provision.type === 'permit' ? 'OPTIN' : 'OPTOUT'),
    provision,
  };
}

const recipient = (who: Reference<Organization>): ConsentProvision['actor'] => [
  { role: hl7('v3-ParticipationType', 'IRCP', 'information recipient'), reference: who },
];

const reason = (code: string, display: string) => [coding(`${systems.hl7}v3-ActReason`, [code, display])];

const typesOf = (...types: readonly string[]) =>
  types.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code }));

/** The clinic may treat, the carrier may pay, and the employer may not look; one person took a consent back. */
function consentsOf(one: Person, world: World): Consent[] {
  const clinic = to<Organization>('Organization', one.clinicId);
  const workplace = to<Organization>('Organization', employer.id, employer.name);
  const treatment: ConsentProvision = {
    type: 'permit',
    actor: recipient(clinic),
    purpose: reason('TREAT', 'treatment'),
  };
  const payment: ConsentProvision = {
    type: 'permit',
    period: { start: dayAfter(world.today, -200), end: dayAfter(world.today, 165) },
    actor: recipient(carrierReference),
    purpose: reason('HPAYMT', 'healthcare payment'),
    class: typesOf('Claim', 'ClaimResponse', 'ExplanationOfBenefit', 'Coverage'),
  };
  const work: ConsentProvision = { type: 'deny', actor: recipient(workplace) };
  const readings: ConsentProvision = {
    type: 'permit',
    actor: recipient(carrierReference),
    purpose: reason('HOPERAT', 'healthcare operations'),
    class: typesOf('Observation'),
  };
  return [
    consent(one, 'consent-treatment', 'active', 200, clinic, treatment, world),
    consent(one, 'consent-payment', 'active', 200, clinic, payment, world),
    ...(one.role === 'subscriber' ? [consent(one, 'consent-employer', 'active', 190, clinic, work, world)] : []),
    ...(one.id === 'femi-bellamy' ? [consent(one, 'consent-readings', 'inactive', 40, clinic, readings, world)] : []),
  ];
}

export const consentResources = (world: World): Resource[] => people.flatMap((one) => consentsOf(one, world));
