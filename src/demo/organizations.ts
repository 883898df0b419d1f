import type {
  HealthcareService,
  InsurancePlan,
  Location,
  Organization,
  Practitioner,
  PractitionerRole,
  Resource,
  Schedule,
} from '@medplum/fhirtypes';

import { zone } from './calendar.ts';
import type { Clinic, DemoPractitioner } from './data/clinics.ts';
import { carrier, clinics, employer, plan, practitioners } from './data/clinics.ts';
import { coding, dollars, hl7, identifier, services, slug, snomed, systems, to } from './shapes.ts';

const address = (clinic: Clinic) => ({
  use: 'work' as const,
  line: [clinic.line],
  city: clinic.city,
  state: clinic.state,
  postalCode: clinic.postalCode,
  country: 'US',
});

function organization(id: string, name: string, type: 'prov' | 'bus' | 'ins', phone: string): Organization {
  return {
    resourceType: 'Organization',
    id,
    identifier: [identifier('organization', id)],
    active: true,
    type: [hl7('organization-type', type)],
    name,
    telecom: [
      { system: 'phone', value: phone, use: 'work' },
      { system: 'email', value: `hello@${id}.example`, use: 'work' },
    ],
  };
}

function clinicResources(clinic: Clinic): Resource[] {
  const managingOrganization = to<Organization>('Organization', clinic.id, clinic.name);
  const place: Location = {
    resourceType: 'Location',
    id: clinic.id,
    status: 'active',
    mode: 'instance',
    name: clinic.name,
    type: [hl7('v3-RoleCode', 'OF', 'Outpatient facility')],
    telecom: [{ system: 'phone', value: clinic.phone, use: 'work' }],
    address: address(clinic),
    physicalType: hl7('location-physical-type', 'bu', 'Building'),
    position: { longitude: clinic.longitude, latitude: clinic.latitude },
    managingOrganization,
  };
  const screen: Location = {
    resourceType: 'Location',
    id: `${clinic.id}-video`,
    status: 'active',
    mode: 'kind',
    name: `${clinic.name}, by video`,
    physicalType: hl7('location-physical-type', 'vi', 'Virtual'),
    managingOrganization,
  };
  const service = (id: string, name: string, where: Location): HealthcareService => ({
    resourceType: 'HealthcareService',
    id,
    active: true,
    providedBy: managingOrganization,
    category: [hl7('service-category', '17', 'General Practice')],
    type: [hl7('service-type', '124', 'General Practice')],
    location: [to<Location>('Location', where.id ?? '', where.name)],
    name,
    availableTime: [
      { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '09:00:00', availableEndTime: '16:30:00' },
    ],
  });
  return [
    { ...organization(clinic.id, clinic.name, 'prov', clinic.phone), address: [address(clinic)] },
    place,
    screen,
    service(`${clinic.id}-visits`, 'Visits at the clinic', place),
    service(`${clinic.id}-video-visits`, 'Visits by video', screen),
  ];
}

const languageNames: Readonly<Record<string, string>> = {
  en: 'English',
  fr: 'French',
  it: 'Italian',
  ta: 'Tamil',
  zh: 'Chinese',
  de: 'German',
  yo: 'Yoruba',
  sv: 'Swedish',
};

export const practitionerName = (one: DemoPractitioner): string =>
  [one.prefix, one.given, one.family].filter(Boolean).join(' ');

function practitionerResources(one: DemoPractitioner): Resource[] {
  const clinic = to<Organization>('Organization', one.clinic);
  const person: Practitioner = {
    resourceType: 'Practitioner',
    id: one.id,
    identifier: [identifier('practitioner', one.id)],
    active: true,
    name: [
      { use: 'official', family: one.family, given: [one.given], ...(one.prefix ? { prefix: [one.prefix] } : {}) },
    ],
    telecom: [{ system: 'email', value: `${slug(one.given)}.${slug(one.family)}@${one.clinic}.example`, use: 'work' }],
    gender: one.gender,
    qualification: [{ code: { coding: [coding(`${systems.hl7}v2-0360`, one.qualification)] } }],
    communication: one.languages.map((code) => ({
      coding: [{ system: 'urn:ietf:bcp:47', code, display: languageNames[code] ?? code }],
    })),
  };
  const role: PractitionerRole = {
    resourceType: 'PractitionerRole',
    id: one.id,
    active: true,
    practitioner: to<Practitioner>('Practitioner', one.id, practitionerName(one)),
    organization: clinic,
    code: [snomed(one.role)],
    specialty: [snomed(one.specialty)],
    location: [to<Location>('Location', one.clinic)],
    healthcareService: [
      to<HealthcareService>('HealthcareService', `${one.clinic}-visits`),
      ...(one.virtual ? [to<HealthcareService>('HealthcareService', `${one.clinic}-video-visits`)] : []),
    ],
    availableTime: [
      { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '09:00:00', availableEndTime: '16:30:00' },
    ],
  };
  const schedule: Schedule = {
    resourceType: 'Schedule',
    id: one.id,
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: zone }],
    active: true,
    serviceType: [...(one.virtual ? [services.video] : []), services.clinic],
    specialty: [snomed(one.specialty)],
    actor: [
      to<Practitioner>('Practitioner', one.id, practitionerName(one)),
      to<PractitionerRole>('PractitionerRole', one.id),
      to<Location>('Location', one.clinic),
    ],
  };
  return [person, role, schedule];
}

const copay = (value: number) => ({ value, unit: 'USD', system: 'urn:iso:std:iso:4217', code: 'USD' });

const insurancePlan: InsurancePlan = {
  resourceType: 'InsurancePlan',
  id: plan.id,
  identifier: [identifier('insurance-plan', plan.id)],
  status: 'active',
  type: [hl7('insurance-plan-type', 'medical', 'Medical')],
  name: plan.name,
  ownedBy: to<Organization>('Organization', carrier.id, carrier.name),
  administeredBy: to<Organization>('Organization', carrier.id, carrier.name),
  network: clinics.map(({ id, name }) => to<Organization>('Organization', id, name)),
  coverage: [
    {
      type: { text: 'Medical' },
      benefit: [
        { type: { text: 'Visit at the clinic' }, requirement: 'None' },
        { type: { text: 'Visit by video' }, requirement: 'None' },
      ],
    },
  ],
  plan: [
    {
      type: { text: 'Family' },
      generalCost: [
        { type: { text: 'Premium a month, each person' }, groupSize: 1, cost: dollars(31_500) },
        { type: { text: 'Deductible a year, each person' }, groupSize: 1, cost: dollars(50_000) },
      ],
      specificCost: [
        {
          category: { text: 'Visits' },
          benefit: [
            {
              type: { text: 'Visit at the clinic' },
              cost: [{ type: { text: 'Copay' }, value: copay(25) }],
            },
            {
              type: { text: 'Visit by video' },
              cost: [{ type: { text: 'Copay' }, value: copay(10) }],
            },
          ],
        },
      ],
    },
  ],
};

/** The two clinics and who works there, the employer, the carrier and its plan. */
export const organizations = (): Resource[] => [
  organization(employer.id, employer.name, 'bus', employer.phone),
  organization(carrier.id, carrier.name, 'ins', carrier.phone),
  ...clinics.flatMap(clinicResources),
  insurancePlan,
  ...practitioners.flatMap(practitionerResources),
];
