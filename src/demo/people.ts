import type { Coverage, Organization, Patient, Practitioner, RelatedPerson, Resource } from '@medplum/fhirtypes';

import { bornOn } from './calendar.ts';
import { clinics, employer, plan } from './data/clinics.ts';
import { hl7, identifier, slug, to } from './shapes.ts';
import type { Person, World } from './world.ts';
import { carrierReference, people, subscriberOf, toPatient } from './world.ts';

const languageNames = { en: 'English', fr: 'French', es: 'Spanish', ar: 'Arabic' } as const;

const isChild = (one: Person): boolean => one.age < 18;

function patient(one: Person, world: World): Patient {
  const dice = world.randomFor(`${one.id} patient`);
  const { household } = one;
  const clinic = clinics.find(({ id }) => id === one.clinicId);
  const family = one.family ?? household.family;
  return {
    resourceType: 'Patient',
    id: one.id,
    identifier: [
      {
        ...identifier('mrn', `P-${String(people.indexOf(one) + 1001)}`),
        use: 'usual',
        type: hl7('v2-0203', 'MR', 'Medical record number'),
        assigner: to<Organization>('Organization', one.clinicId, clinic?.name),
      },
    ],
    active: true,
    name: [{ use: 'official', text: one.name, family, given: [one.given] }],
    telecom: [
      { system: 'phone', value: household.phone, use: isChild(one) ? 'home' : 'mobile' },
      ...(isChild(one)
        ? []
        : [{ system: 'email' as const, value: `${slug(one.given)}@${slug(family)}.example`, use: 'home' as const }]),
    ],
    gender: one.gender,
    birthDate: bornOn(world.today, one.age, dice.whole(3, 340)),
    address: [
      {
        use: 'home',
        line: [household.line],
        city: household.city,
        state: clinic?.state,
        postalCode: clinic?.postalCode,
        country: 'US',
      },
    ],
    maritalStatus: hl7('v3-MaritalStatus', one.role === 'spouse' || hasSpouse(one) ? 'M' : 'S'),
    communication: [
      {
        language: {
          coding: [{ system: 'urn:ietf:bcp:47', code: household.language, display: languageNames[household.language] }],
        },
        preferred: true,
      },
    ],
    generalPractitioner: [to<Practitioner>('Practitioner', one.doctorId)],
    managingOrganization: to<Organization>('Organization', one.clinicId, clinic?.name),
  };
}

const hasSpouse = (one: Person): boolean =>
  one.role === 'subscriber' && one.household.members.some(({ role }) => role === 'spouse');

/** Parents of the children, and the daughter or son who helps an older relative. */
export function relatedPersons(one: Person): RelatedPerson[] {
  const role = one.role === 'child' ? 'PRN' : 'CHILD';
  const helpers = people.filter(
    (other) =>
      other.household === one.household &&
      ((one.role === 'child' && (other.role === 'subscriber' || other.role === 'spouse')) ||
        (one.role === 'parent' && other.role === 'subscriber')),
  );
  return helpers.map((helper) => ({
    resourceType: 'RelatedPerson',
    id: `${helper.id}-for-${slug(one.given)}`,
    identifier: [identifier('related-person', `${helper.id}-for-${one.id}`)],
    active: true,
    patient: toPatient(one),
    relationship: [hl7('v3-RoleCode', role, role === 'PRN' ? 'parent' : 'child')],
    name: [{ use: 'official', text: helper.name, family: helper.household.family, given: [helper.given] }],
    telecom: [{ system: 'phone', value: helper.household.phone, use: 'mobile' }],
    gender: helper.gender,
  }));
}

const relationships = { subscriber: 'self', spouse: 'spouse', child: 'child', parent: 'self' } as const;

/** One for each person; the dependents' name the subscriber. An older relative has a policy of their own. */
function coverage(one: Person, world: World): Coverage {
  const subscriber = one.role === 'parent' ? one : subscriberOf(one);
  const year = world.today.slice(0, 4);
  const dependents = one.household.members.filter(({ role }) => role !== 'parent');
  const dependent = dependents.findIndex(({ given }) => given === one.given);
  return {
    resourceType: 'Coverage',
    id: one.id,
    identifier: [identifier('member', `ML-${people.indexOf(subscriber) + 70_001}-${Math.max(dependent, 0) + 1}`)],
    status: 'active',
    type: hl7('v3-ActCode', 'EHCPOL', 'extended healthcare'),
    ...(one.role === 'parent' ? {} : { policyHolder: to<Organization>('Organization', employer.id, employer.name) }),
    subscriber: toPatient(subscriber),
    subscriberId: `ML-${people.indexOf(subscriber) + 70_001}`,
    beneficiary: toPatient(one),
    ...(dependent > 0 ? { dependent: String(dependent).padStart(2, '0') } : {}),
    relationship: hl7('subscriber-relationship', relationships[one.role]),
    period: { start: `${year}-01-01`, end: `${year}-12-31` },
    payor: [carrierReference],
    class: [
      { type: hl7('coverage-class', 'group'), value: plan.group, name: employer.name },
      { type: hl7('coverage-class', 'plan'), value: plan.id, name: plan.name },
    ],
    network: 'Meadowlark',
  };
}

/** Patients, who speaks for whom, and who is covered by what. */
export const peopleResources = (world: World): Resource[] =>
  people.flatMap((one) => [patient(one, world), ...relatedPersons(one), coverage(one, world)]);
