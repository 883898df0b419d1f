import type { Resource } from '../../src/fhir/context.ts';

/**
 * Harbour: twelve people, and everybody who has to do with them. Each resource carries a word of its own (`canaryOf`) where
 * people write free text, and each person a name that nobody else has, so that what came out can be told from the text alone.
 */

const loinc = 'http://loinc.org';
const icd = 'http://hl7.org/fhir/sid/icd-10-cm';
const snomed = 'http://snomed.info/sct';

/** The word that only this resource has. */
export const canaryOf = (resource: Pick<Resource, 'resourceType' | 'id'>): string =>
  `kanari-${resource.resourceType.toLowerCase()}-${resource.id}`;

type Person = {
  id: string;
  given: string;
  family: string;
  birthDate: string;
  employer: string;
  carrier: string;
  /** ICD-10 of their condition. */
  code: string;
};

/** The dates of birth of the minor and of the adolescent are held against the clock of the run. */
const year = new Date().getUTCFullYear();

export const people: readonly Person[] = [
  {
    id: 'ada',
    given: 'Ada',
    family: 'Quillfeather',
    birthDate: '1981-03-02',
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'F11.20',
  },
  {
    id: 'ben',
    given: 'Ben',
    family: 'Marrowstone',
    birthDate: '1975-07-14',
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'F32.2',
  },
  {
    id: 'cara',
    given: 'Cara',
    family: 'Thistledown',
    birthDate: '1977-11-30',
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'I10',
  },
  {
    id: 'dan',
    given: 'Dan',
    family: 'Pebblebrook',
    birthDate: `${year - 8}-05-05`,
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'J45.909',
  },
  {
    id: 'eve',
    given: 'Eve',
    family: 'Larkspur',
    birthDate: `${year - 15}-02-01`,
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'Z30.09',
  },
  {
    id: 'finn',
    given: 'Finn',
    family: 'Oakenshaw',
    birthDate: '1990-09-09',
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'E11.9',
  },
  {
    id: 'gus',
    given: 'Gus',
    family: 'Wrenfield',
    birthDate: '1968-01-21',
    employer: 'harbour-co',
    carrier: 'moon',
    code: 'M54.5',
  },
  {
    id: 'hana',
    given: 'Hana',
    family: 'Ironwood',
    birthDate: '1959-12-12',
    employer: 'bay-inc',
    carrier: 'moon',
    code: 'I21.9',
  },
  {
    id: 'ivo',
    given: 'Ivo',
    family: 'Saltmarsh',
    birthDate: '1985-04-18',
    employer: 'bay-inc',
    carrier: 'moon',
    code: 'K21.9',
  },
  {
    id: 'jun',
    given: 'Jun',
    family: 'Copperfall',
    birthDate: '1993-06-27',
    employer: 'bay-inc',
    carrier: 'moon',
    code: 'L20.9',
  },
  {
    id: 'kim',
    given: 'Kim',
    family: 'Drizzlewick',
    birthDate: '1988-08-08',
    employer: 'harbour-co',
    carrier: 'sun',
    code: 'B20',
  },
  {
    id: 'leo',
    given: 'Leo',
    family: 'Hazelgrove',
    birthDate: '1971-10-10',
    employer: 'bay-inc',
    carrier: 'moon',
    code: 'G43.909',
  },
];

const patient = (id: string) => ({ reference: `Patient/${id}` });
const coding = (system: string, code: string) => ({ coding: [{ system, code }] });

/** What is on file of everybody. */
function recordOf(one: Person): Resource[] {
  const { id, code } = one;
  const own = (resourceType: string, rest: object): Resource => {
    const made = { resourceType, id: `${id}-${short.get(resourceType) ?? resourceType.toLowerCase()}`, ...rest };
    return made;
  };
  const noted = (made: Resource): Resource => ({ ...made, note: [{ text: canaryOf(made) }] });
  const appointment = own('Appointment', {
    status: 'booked',
    start: '2030-03-01T10:00:00Z',
    end: '2030-03-01T10:30:00Z',
    participant: [{ actor: patient(id), status: 'accepted' }],
  });
  const encounter = own('Encounter', {
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
    subject: patient(id),
    period: { start: '2026-02-03T10:00:00Z', end: '2026-02-03T10:20:00Z' },
    reasonCode: [{ ...coding(icd, code) }],
  });
  const claim = own('Claim', {
    status: 'active',
    type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional'),
    use: 'claim',
    patient: patient(id),
    created: '2026-02-04',
    provider: { reference: 'Organization/clinic' },
    priority: coding('http://terminology.hl7.org/CodeSystem/processpriority', 'normal'),
    insurance: [{ sequence: 1, focal: true, coverage: { reference: `Coverage/${id}-coverage` } }],
    diagnosis: [{ sequence: 1, diagnosisCodeableConcept: coding(icd, code) }],
  });
  const eob = own('ExplanationOfBenefit', {
    status: 'active',
    type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional'),
    use: 'claim',
    patient: patient(id),
    created: '2026-02-05',
    insurer: { reference: `Organization/${one.carrier}` },
    provider: { reference: 'Organization/clinic' },
    outcome: 'complete',
    insurance: [{ focal: true, coverage: { reference: `Coverage/${id}-coverage` } }],
    diagnosis: [{ sequence: 1, diagnosisCodeableConcept: coding(icd, code) }],
    total: [
      {
        category: coding('http://terminology.hl7.org/CodeSystem/adjudication', 'submitted'),
        amount: { value: 80, currency: 'CAD' },
      },
    ],
  });
  const binary = own('Binary', {
    contentType: 'text/plain',
    securityContext: patient(id),
    data: Buffer.from(canaryOf({ resourceType: 'Binary', id: `${id}-binary` })).toString('base64'),
  });
  const self: Resource = {
    resourceType: 'Patient',
    id,
    identifier: [
      {
        type: coding('http://terminology.hl7.org/CodeSystem/v2-0203', 'EI'),
        system: `http://${one.employer}.example/employees`,
        value: `E-${one.family}`,
      },
    ],
    name: [{ use: 'official', family: one.family, given: [one.given] }],
    birthDate: one.birthDate,
    telecom: [{ system: 'email', value: `${one.family.toLowerCase()}@people.example` }],
    address: [{ text: `1 ${one.family} Lane` }],
  };
  return [
    self,
    own('Coverage', {
      status: 'active',
      beneficiary: patient(id),
      subscriber: patient(subscribers.get(id) ?? id),
      policyHolder: { reference: `Organization/${one.employer}` },
      payor: [{ reference: `Organization/${one.carrier}` }],
      subscriberId: canaryOf({ resourceType: 'Coverage', id: `${id}-coverage` }),
    }),
    { ...encounter, text: narrative(canaryOf(encounter)) },
    noted(
      own('Condition', {
        clinicalStatus: coding('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
        code: coding(icd, code),
        subject: patient(id),
        encounter: { reference: `Encounter/${id}-encounter` },
        recordedDate: '2026-02-03',
      }),
    ),
    noted(
      own('Observation', {
        status: 'final',
        category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')],
        code: coding(loinc, '8867-4'),
        subject: patient(id),
        encounter: { reference: `Encounter/${id}-encounter` },
        effectiveDateTime: '2026-02-03T10:05:00Z',
        valueQuantity: {
          value: 60 + people.findIndex((other) => other.id === id),
          unit: '/min',
          system: 'http://unitsofmeasure.org',
          code: '/min',
        },
      }),
    ),
    noted(
      own('MedicationRequest', {
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: coding('http://www.nlm.nih.gov/research/umls/rxnorm', '197361'),
        subject: patient(id),
        authoredOn: '2026-02-03',
      }),
    ),
    { ...claim, text: narrative(canaryOf(claim)) },
    { ...eob, text: narrative(canaryOf(eob)) },
    binary,
    own('DocumentReference', {
      status: 'current',
      subject: patient(id),
      date: '2026-02-03T10:20:00Z',
      description: canaryOf({ resourceType: 'DocumentReference', id: `${id}-document` }),
      content: [{ attachment: { contentType: 'text/plain', url: `Binary/${id}-binary` } }],
    }),
    { ...appointment, comment: canaryOf(appointment), reasonCode: [coding(icd, code)] },
    own('Communication', {
      status: 'completed',
      subject: patient(id),
      sent: '2026-02-04T08:00:00Z',
      payload: [{ contentString: canaryOf({ resourceType: 'Communication', id: `${id}-communication` }) }],
    }),
    own('QuestionnaireResponse', {
      status: 'completed',
      questionnaire: 'http://harbour.example/Questionnaire/health-profile',
      subject: patient(id),
      authored: '2026-02-01T08:00:00Z',
      item: [
        {
          linkId: '1',
          answer: [{ valueString: canaryOf({ resourceType: 'QuestionnaireResponse', id: `${id}-answers` }) }],
        },
      ],
    }),
  ];
}

const short = new Map([
  ['ExplanationOfBenefit', 'eob'],
  ['DocumentReference', 'document'],
  ['MedicationRequest', 'medication'],
  ['QuestionnaireResponse', 'answers'],
]);

/** Who is insured by whose plan. */
const subscribers = new Map([
  ['ben', 'cara'],
  ['dan', 'cara'],
]);

const narrative = (text: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`,
});

const organization = (id: string, name: string): Resource => ({ resourceType: 'Organization', id, active: true, name });
const practitioner = (id: string, family: string): Resource => ({
  resourceType: 'Practitioner',
  id,
  active: true,
  name: [{ family }],
});

const around: readonly Resource[] = [
  organization('clinic', 'Harbour Clinic'),
  organization('harbour-co', 'Harbour Company'),
  organization('bay-inc', 'Bay Incorporated'),
  organization('sun', 'Sun Insurance'),
  organization('moon', 'Moon Insurance'),
  organization('spa', 'Harbour Spa'),
  practitioner('treating', 'Treating'),
  practitioner('emergency', 'Emergency'),
  practitioner('agent', 'Agent'),
  practitioner('concierge', 'Concierge'),
  practitioner('hr', 'Personnel'),
  practitioner('officer', 'Officer'),
  practitioner('counsel', 'Counsel'),
  practitioner('admin', 'Admin'),
  {
    resourceType: 'RelatedPerson',
    id: 'guardian',
    active: true,
    patient: patient('eve'),
    relationship: [coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'MTH')],
    name: [{ family: 'Meadowsweet' }],
  },
  // Whom the clinician treats.
  ...['ada', 'eve', 'ivo'].map(
    (id): Resource => ({
      resourceType: 'CareTeam',
      id: `${id}-team`,
      status: 'active',
      subject: patient(id),
      participant: [{ member: { reference: 'Practitioner/treating' } }],
      note: [{ text: canaryOf({ resourceType: 'CareTeam', id: `${id}-team` }) }],
    }),
  ),
  // What staff has been asked for.
  ...[
    ['agent', 'ben'],
    ['concierge', 'finn'],
  ].map(
    ([owner, id]): Resource => ({
      resourceType: 'Task',
      id: `${id}-task`,
      status: 'in-progress',
      intent: 'order',
      for: patient(id ?? ''),
      owner: { reference: `Practitioner/${owner}` },
      description: canaryOf({ resourceType: 'Task', id: `${id}-task` }),
    }),
  ),
  // The booking of a massage.
  {
    resourceType: 'Appointment',
    id: 'gus-booking',
    status: 'booked',
    start: '2030-04-01T10:00:00Z',
    end: '2030-04-01T11:00:00Z',
    serviceType: [{ text: 'Massage, 60 minutes' }],
    reasonCode: [coding(icd, 'M54.5')],
    comment: canaryOf({ resourceType: 'Appointment', id: 'gus-booking' }),
    participant: [
      { actor: patient('gus'), status: 'accepted' },
      { actor: { reference: 'HealthcareService/massage' }, status: 'accepted' },
    ],
  },
  {
    resourceType: 'HealthcareService',
    id: 'massage',
    active: true,
    providedBy: { reference: 'Organization/spa' },
    name: 'Massage',
  },
  {
    resourceType: 'Group',
    id: 'steps',
    type: 'person',
    actual: true,
    name: 'Ten thousand steps',
    member: ['finn', 'gus'].map((id) => ({ entity: patient(id) })),
  },
  // What somebody keeps from the clinician who treats them: one visit.
  {
    resourceType: 'Consent',
    id: 'ivo-lock',
    status: 'active',
    scope: coding('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
    category: [coding(loinc, '59284-0')],
    patient: patient('ivo'),
    dateTime: '2026-02-10T00:00:00Z',
    performer: [patient('ivo')],
    policyRule: coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'OPTOUT'),
    provision: {
      type: 'deny',
      actor: [
        {
          role: coding('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
          reference: { reference: 'Practitioner/treating' },
        },
      ],
      data: [{ meaning: 'related', reference: { reference: 'Encounter/ivo-encounter' } }],
    },
  },
  // A visit in which two people's records meet, and what refers from one record into another.
  {
    resourceType: 'Observation',
    id: 'ada-about-leo',
    status: 'final',
    code: coding(snomed, '365508006'),
    subject: patient('ada'),
    focus: [{ reference: 'Condition/leo-condition' }],
    hasMember: [{ reference: 'Observation/leo-observation' }],
    effectiveDateTime: '2026-02-03',
    note: [{ text: canaryOf({ resourceType: 'Observation', id: 'ada-about-leo' }) }],
  },
];

/** Everything, in an order in which what is referred to comes first. */
export const harbour: readonly Resource[] = [
  ...around.filter(({ resourceType }) => /^(Organization|Practitioner|HealthcareService)$/.test(resourceType)),
  ...people.flatMap(recordOf),
  ...around.filter(({ resourceType }) => !/^(Organization|Practitioner|HealthcareService)$/.test(resourceType)),
];

/** A heart rate that a watch of each person has sent, which is in the narrow tier: it has no words of its own. */
export const sampled: readonly Resource[] = people.map(({ id }, n) => ({
  resourceType: 'Observation',
  id: `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`,
  status: 'final',
  category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')],
  code: coding(loinc, '8867-4'),
  subject: patient(id),
  effectiveDateTime: '2026-02-04T10:05:00.000Z',
  valueQuantity: { value: 160 + n, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
}));

const link = /"reference":"Patient\/([a-z]+)"/g;

/** In whose records a resource is, by a plain reading of its references. */
export function patientsOf(resource: Resource): string[] {
  if (resource.resourceType === 'Patient') return [String(resource.id)];
  if (resource.resourceType === 'Group') return [];
  const { insurance: _, focus: __, subscriber: ___, ...rest } = resource;
  return [...new Set([...JSON.stringify(rest).matchAll(link)].map(([, id]) => id ?? ''))];
}
