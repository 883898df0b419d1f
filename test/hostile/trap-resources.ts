import type { Resource } from '../../src/fhir/context.ts';

export const pdf = Buffer.from('%PDF-1.4 the discharge letter of the victim, which nobody else may read');

export const mrn = 'http://h.example/mrn';

const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
const icd = (code: string) => coding('http://hl7.org/fhir/sid/icd-10', code);
const loinc = (code: string) => coding('http://loinc.org', code);
const to = (reference: string) => ({ reference });
const patientA = { subject: to('Patient/pa') };
const patientB = { subject: to('Patient/pb') };
const security = (...codes: string[]) => ({
  security: codes.map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })),
});
const category = (code: string) => [coding('http://terminology.hl7.org/CodeSystem/observation-category', code)];
const when = { start: '2026-03-01T10:00:00Z', end: '2026-03-01T10:30:00Z' };
const visit = { status: 'finished', class: { code: 'AMB' } };

/** The record of the victim pb. */
export const victim: readonly Resource[] = [
  {
    resourceType: 'Patient',
    id: 'pb',
    identifier: [{ system: mrn, value: 'B-77' }],
    name: [{ family: 'Zyxworth', given: ['Bea'] }],
    birthDate: '1961-03-09',
    telecom: [{ system: 'phone', value: '+1-555-0177' }],
    generalPractitioner: [to('Practitioner/pr1')],
  },
  {
    resourceType: 'Observation',
    id: 'ob1',
    meta: security('PSY'),
    status: 'final',
    code: loinc('44261-6'),
    ...patientB,
    performer: [to('Practitioner/pr1')],
    valueQuantity: { value: 21, unit: '{score}' },
    device: to('Device/dv1'),
  },
  { resourceType: 'Condition', id: 'cb1', meta: security('PSY', 'R'), code: icd('F32.2'), ...patientB },
  { resourceType: 'Condition', id: 'cb2', meta: security('42CFRPart2', 'OPIOIDUD'), code: icd('F11.20'), ...patientB },
  {
    resourceType: 'MedicationRequest',
    id: 'mb1',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'Zyxworthine' },
    ...patientB,
  },
  {
    resourceType: 'Binary',
    id: 'bb1',
    contentType: 'application/pdf',
    securityContext: to('Patient/pb'),
    data: pdf.toString('base64'),
  },
  {
    resourceType: 'DocumentReference',
    id: 'db1',
    status: 'current',
    ...patientB,
    content: [{ attachment: { url: 'Binary/bb1' } }],
  },
  {
    resourceType: 'Claim',
    id: 'clb1',
    status: 'active',
    type: { text: 'x' },
    use: 'claim',
    patient: to('Patient/pb'),
    created: '2026-01-01',
    provider: to('Practitioner/pr1'),
    priority: { text: 'normal' },
    insurance: [{ sequence: 1, focal: true, coverage: to('Coverage/cov') }],
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'qb1',
    status: 'completed',
    ...patientB,
    item: [{ linkId: 'work', answer: [{ valueString: 'Zyxworth is bullied at work' }] }],
  },
  {
    resourceType: 'Appointment',
    id: 'apb',
    status: 'booked',
    ...when,
    comment: 'Zyxworth: crisis',
    participant: [{ actor: to('Patient/pb'), status: 'accepted' }],
  },
  { resourceType: 'Encounter', id: 'eb1', ...visit, ...patientB, reasonCode: [icd('F32.2')] },
  { resourceType: 'Encounter', id: 'eb2', ...visit, ...patientB, reasonCode: [icd('F32.2')] },
  {
    resourceType: 'Device',
    id: 'dv1',
    patient: to('Patient/pb'),
    deviceName: [{ name: 'Zyxworth pump', type: 'user-friendly-name' }],
  },
  {
    resourceType: 'AuditEvent',
    id: 'xb',
    type: { code: 'rest' },
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: to('Patient/pb'), requestor: true }],
    source: { observer: { display: 'x' } },
  },
];

/** The record of the attacker pa, with every link to the victim that could leak. */
export const attacker: readonly Resource[] = [
  {
    resourceType: 'Patient',
    id: 'pa',
    identifier: [{ system: mrn, value: 'A-1' }],
    name: [{ family: 'Alpha' }],
    link: [{ other: to('Patient/pb'), type: 'seealso' }],
    contact: [{ organization: to('Organization/o1') }],
    generalPractitioner: [to('Practitioner/pr1')],
  },
  {
    resourceType: 'Observation',
    id: 'oa1',
    status: 'final',
    category: category('vital-signs'),
    code: loinc('8867-4'),
    ...patientA,
    device: to('Device/dv1'),
  },
  {
    resourceType: 'Observation',
    id: 'oa-lab1',
    status: 'final',
    category: category('laboratory'),
    code: loinc('718-7'),
    ...patientA,
  },
  {
    resourceType: 'Observation',
    id: 'oa-focus',
    status: 'final',
    code: loinc('8867-4'),
    ...patientA,
    focus: [to('Patient/pb')],
    hasMember: [to('Observation/ob1')],
    derivedFrom: [to('Observation/oa-lab1')],
  },
  { resourceType: 'Encounter', id: 'ea', ...visit, ...patientA, partOf: to('Encounter/eb2') },
  {
    resourceType: 'List',
    id: 'la',
    status: 'current',
    mode: 'working',
    ...patientA,
    entry: [{ item: to('Observation/ob1') }, { item: to('Observation/oa1') }],
  },
  { resourceType: 'Device', id: 'da', patient: to('Patient/pa') },
  { resourceType: 'RelatedPerson', id: 'ra', patient: to('Patient/pa') },
  {
    resourceType: 'Task',
    id: 'ta',
    status: 'ready',
    intent: 'order',
    for: to('Patient/pa'),
    focus: to('Condition/cb1'),
  },
  {
    resourceType: 'Communication',
    id: 'ca',
    status: 'completed',
    ...patientA,
    payload: [{ contentReference: to('DocumentReference/db1') }],
  },
];

/** What names both, and what names nobody. */
const others: Resource[] = [
  {
    resourceType: 'Appointment',
    id: 'ab',
    status: 'booked',
    ...when,
    participant: [
      { actor: to('Patient/pa'), status: 'accepted' },
      { actor: to('Patient/pb'), status: 'accepted' },
    ],
  },
  {
    resourceType: 'Group',
    id: 'g1',
    type: 'person',
    actual: true,
    member: [{ entity: to('Patient/pa') }, { entity: to('Patient/pb') }],
  },
  {
    resourceType: 'Provenance',
    id: 'prov1',
    target: [to('Observation/oa1'), to('Observation/ob1')],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: to('Practitioner/pr1') }],
  },
  {
    resourceType: 'Coverage',
    id: 'cov',
    status: 'active',
    beneficiary: to('Patient/pa'),
    subscriber: to('Patient/pb'),
    payor: [to('Organization/o1')],
  },
  { resourceType: 'Practitioner', id: 'pr1', name: [{ family: 'Okafor' }] },
  { resourceType: 'Organization', id: 'o1', name: 'Clinic', partOf: to('Organization/o2') },
  { resourceType: 'Organization', id: 'o2', name: 'Clinics' },
];

export const trapResources: readonly Resource[] = [...victim, ...attacker, ...others];
