/**
 * Resources of the shapes and sizes of the HealthSamurai CRUD suite (WORKLOADS W1), about a person who does not exist.
 * Strings hold `{{name}}` where an iteration puts its own value: the id of another resource, or the field it changes.
 */

type Shape = { resourceType: string } & Record<string, unknown>;

const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] });
const money = (value: number) => ({ value, currency: 'USD' });
const reference = (type: string) => ({ reference: `{{${type}}}`, display: `The ${type} of this iteration` });

const address = (line: string, city: string) => ({
  use: 'home',
  type: 'both',
  text: `${line}, ${city}, ON N2L 3G1, CA`,
  line: [line],
  city,
  state: 'ON',
  postalCode: 'N2L 3G1',
  country: 'CA',
  period: { start: '2014-03-01' },
});

const narrative = (sentence: string, times: number) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${Array(times).fill(sentence).join(' ')}</p></div>`,
});

const identifier = (system: string, code: string, display: string) => ({
  use: 'official',
  type: { ...coding('http://terminology.hl7.org/CodeSystem/v2-0203', code, display), text: display },
  system,
  value: '{{unique}}',
  assigner: { display: `Office of the ${display}` },
});

export const patient: Shape = {
  resourceType: 'Patient',
  text: narrative('Ilse Marrow, born in 1971, lives in Waterloo and is seen at the Kestrel Street clinic.', 6),
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName',
      valueString: 'Tamsin Quillfeather',
    },
    {
      url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',
      valueAddress: { city: 'Halden', state: 'ON', country: 'CA' },
    },
  ],
  identifier: [
    identifier('https://portico.example/mrn', 'MR', 'Medical Record Number'),
    identifier('https://portico.example/member', 'MB', 'Member Number'),
    identifier('https://portico.example/licence', 'DL', "Driver's License Number"),
    identifier('https://portico.example/passport', 'PPN', 'Passport Number'),
  ],
  active: true,
  name: [
    { use: 'official', text: 'Mrs. Ilse Rowena Marrow', family: 'Marrow', given: ['Ilse', 'Rowena'], prefix: ['Mrs.'] },
    { use: 'maiden', text: 'Ilse Rowena Fenwick', family: 'Fenwick', given: ['Ilse', 'Rowena'] },
  ],
  telecom: [
    { system: 'phone', value: '555-0142', use: 'home', rank: 1 },
    { system: 'phone', value: '555-0177', use: 'mobile', rank: 2 },
    { system: 'email', value: 'ilse.marrow@mail.example', use: 'home' },
  ],
  gender: '{{gender}}',
  birthDate: '1971-08-09',
  deceasedBoolean: false,
  address: [address('14 Kestrel Street', 'Waterloo'), address('3 Old Mill Lane', 'Halden')],
  maritalStatus: coding('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'M', 'Married'),
  multipleBirthBoolean: false,
  contact: [
    {
      relationship: [coding('http://terminology.hl7.org/CodeSystem/v2-0131', 'C', 'Emergency Contact')],
      name: { use: 'official', family: 'Marrow', given: ['Edmund'] },
      telecom: [{ system: 'phone', value: '555-0199', use: 'mobile' }],
      address: address('14 Kestrel Street', 'Waterloo'),
      gender: 'male',
    },
    {
      relationship: [coding('http://terminology.hl7.org/CodeSystem/v2-0131', 'N', 'Next-of-Kin')],
      name: { use: 'official', family: 'Fenwick', given: ['Tamsin'] },
      telecom: [{ system: 'phone', value: '555-0111', use: 'home' }],
      address: address('3 Old Mill Lane', 'Halden'),
      gender: 'female',
    },
  ],
  communication: [
    { language: coding('urn:ietf:bcp:47', 'en', 'English'), preferred: true },
    { language: coding('urn:ietf:bcp:47', 'fr', 'French'), preferred: false },
  ],
};

export const location: Shape = {
  resourceType: 'Location',
  identifier: [{ use: 'official', system: 'https://portico.example/places', value: '{{unique}}' }],
  status: 'active',
  name: '{{name}}',
  description: 'Second floor, past the reading room; the lift is to the left of the door.',
  mode: 'instance',
  type: [coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'PC', 'Primary care clinic')],
  telecom: [{ system: 'phone', value: '555-0120', use: 'work' }],
  address: { ...address('20 Kestrel Street', 'Waterloo'), use: 'work' },
  physicalType: coding('http://terminology.hl7.org/CodeSystem/location-physical-type', 'ro', 'Room'),
  position: { longitude: -80.5204, latitude: 43.4643 },
};

export const organization: Shape = {
  resourceType: 'Organization',
  identifier: [{ use: 'official', system: 'https://portico.example/organizations', value: '{{unique}}' }],
  active: true,
  type: [coding('http://terminology.hl7.org/CodeSystem/organization-type', 'prov', 'Healthcare Provider')],
  name: '{{name}}',
  alias: ['The clinic on the corner', 'Kestrel'],
  telecom: [{ system: 'phone', value: '555-0120', use: 'work' }],
  address: [{ ...address('20 Kestrel Street', 'Waterloo'), use: 'work' }],
  contact: [{ name: { text: 'Front desk' }, telecom: [{ system: 'email', value: 'desk@kestrel.example' }] }],
};

export const practitioner: Shape = {
  resourceType: 'Practitioner',
  identifier: [{ use: 'official', system: 'http://hl7.org/fhir/sid/us-npi', value: '{{unique}}' }],
  active: true,
  name: [{ use: 'official', family: 'Fenn', given: ['Odile'], prefix: ['Dr.'] }],
  telecom: [
    { system: 'phone', value: '555-0121', use: 'work' },
    { system: 'email', value: 'odile.fenn@kestrel.example', use: 'work' },
  ],
  address: [{ ...address('20 Kestrel Street', 'Waterloo'), use: 'work' }],
  gender: '{{gender}}',
  birthDate: '1968-11-30',
  qualification: [
    {
      code: { ...coding('http://terminology.hl7.org/CodeSystem/v2-0360', 'MD', 'Doctor of Medicine'), text: 'MD' },
      period: { start: '1995-06-01' },
      issuer: { display: 'College of Physicians of Halden' },
    },
  ],
};

export const encounter: Shape = {
  resourceType: 'Encounter',
  text: narrative('A follow-up by appointment; blood pressure taken twice, medication reviewed.', 4),
  identifier: [{ use: 'official', system: 'https://portico.example/visits', value: '{{unique}}' }],
  status: '{{status}}',
  class: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: 'AMB',
    display: 'ambulatory',
  },
  type: [{ ...coding('http://snomed.info/sct', '185345009', 'Encounter for symptom'), text: 'Encounter for symptom' }],
  serviceType: coding('http://terminology.hl7.org/CodeSystem/service-type', '124', 'General Practice'),
  priority: coding('http://terminology.hl7.org/CodeSystem/v3-ActPriority', 'R', 'routine'),
  subject: reference('Patient'),
  participant: [
    {
      type: [coding('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'PPRF', 'primary performer')],
      period: { start: '2024-03-05T09:00:00Z', end: '2024-03-05T09:25:00Z' },
      individual: reference('Practitioner'),
    },
  ],
  period: { start: '2024-03-05T09:00:00Z', end: '2024-03-05T09:25:00Z' },
  reasonCode: [{ ...coding('http://snomed.info/sct', '38341003', 'Hypertensive disorder'), text: 'Blood pressure' }],
  location: [{ location: reference('Location'), status: 'completed' }],
  serviceProvider: reference('Organization'),
};

export const observation: Shape = {
  resourceType: 'Observation',
  status: 'final',
  category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs', 'Vital Signs')],
  code: { ...coding('http://loinc.org', '8480-6', 'Systolic blood pressure'), text: 'Systolic blood pressure' },
  subject: reference('Patient'),
  encounter: reference('Encounter'),
  effectiveDateTime: '{{effective}}',
  issued: '{{issued}}',
  valueQuantity: { value: '{{#value}}', unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  interpretation: [coding('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'N', 'Normal')],
  bodySite: coding('http://snomed.info/sct', '368209003', 'Right upper arm structure'),
  referenceRange: [
    {
      low: { value: 90, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      high: { value: 140, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
  ],
};

export const medicationRequest: Shape = {
  resourceType: 'MedicationRequest',
  status: '{{status}}',
  intent: 'order',
  medicationCodeableConcept: {
    ...coding('http://www.nlm.nih.gov/research/umls/rxnorm', '314076', 'lisinopril 10 MG Oral Tablet'),
    text: 'lisinopril 10 MG Oral Tablet',
  },
  subject: reference('Patient'),
  encounter: reference('Encounter'),
  authoredOn: '2024-03-05T09:20:00Z',
  requester: reference('Practitioner'),
  dosageInstruction: [
    {
      sequence: 1,
      text: 'One tablet in the morning',
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
    },
  ],
  dispenseRequest: { numberOfRepeatsAllowed: 3, quantity: { value: 30, unit: 'tablet' } },
};

const service = (code: string, display: string) => coding('http://snomed.info/sct', code, display);

export const claim: Shape = {
  resourceType: 'Claim',
  status: 'active',
  type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional', 'Professional'),
  use: 'claim',
  patient: reference('Patient'),
  billablePeriod: { start: '2024-03-05T09:00:00Z', end: '2024-03-05T09:25:00Z' },
  created: '{{created}}',
  provider: reference('Organization'),
  priority: coding('http://terminology.hl7.org/CodeSystem/processpriority', 'normal', 'Normal'),
  prescription: reference('MedicationRequest'),
  insurance: [{ sequence: 1, focal: true, coverage: { display: 'Alder Mutual, silver plan' } }],
  item: [
    {
      sequence: 1,
      productOrService: service('185345009', 'Encounter for symptom'),
      encounter: [reference('Encounter')],
      net: money(129.16),
    },
    { sequence: 2, productOrService: service('46973005', 'Blood pressure taking'), net: money(18.5) },
  ],
  total: money(147.66),
};

const adjudication = (code: string, display: string, value: number) => ({
  category: coding('https://bluebutton.cms.gov/resources/codesystem/adjudication', code, display),
  amount: money(value),
});

const item = (sequence: number) => ({
  sequence,
  category: coding('https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd', '1', 'Medical care'),
  productOrService: service('185345009', 'Encounter for symptom'),
  servicedPeriod: { start: '2024-03-05T09:00:00Z', end: '2024-03-05T09:25:00Z' },
  locationCodeableConcept: coding('http://terminology.hl7.org/CodeSystem/ex-serviceplace', '19', 'Off Campus'),
  net: money(129.16),
  encounter: [reference('Encounter')],
  adjudication: [
    adjudication('line_coinsrnc_amt', 'Line Beneficiary Coinsurance Amount', 25.83),
    adjudication('line_prvdr_pmt_amt', 'Line Provider Payment Amount', 103.33),
    adjudication('line_sbmtd_chrg_amt', 'Line Submitted Charge Amount', 129.16),
    adjudication('line_alowd_chrg_amt', 'Line Allowed Charge Amount', 129.16),
  ],
});

export const explanationOfBenefit: Shape = {
  resourceType: 'ExplanationOfBenefit',
  contained: [
    {
      resourceType: 'ServiceRequest',
      id: 'referral',
      status: 'completed',
      intent: 'order',
      subject: reference('Patient'),
      requester: reference('Practitioner'),
      performer: [reference('Practitioner')],
    },
    {
      resourceType: 'Coverage',
      id: 'coverage',
      status: 'active',
      type: { text: 'Alder Mutual, silver plan' },
      beneficiary: reference('Patient'),
      payor: [{ display: 'Alder Mutual' }],
    },
  ],
  identifier: [
    { system: 'https://portico.example/claims', value: '{{unique}}' },
    { system: 'https://portico.example/claim-groups', value: '{{unique}}' },
  ],
  status: 'active',
  type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional', 'Professional'),
  use: 'claim',
  patient: reference('Patient'),
  billablePeriod: { start: '2024-03-05T09:00:00Z', end: '2025-03-05T09:25:00Z' },
  created: '{{created}}',
  insurer: { display: 'Alder Mutual' },
  provider: reference('Practitioner'),
  referral: { reference: '#referral' },
  claim: reference('Claim'),
  outcome: 'complete',
  careTeam: [
    {
      sequence: 1,
      provider: reference('Practitioner'),
      role: coding('http://terminology.hl7.org/CodeSystem/claimcareteamrole', 'primary', 'Primary Care Practitioner'),
    },
  ],
  insurance: [{ focal: true, coverage: { reference: '#coverage', display: 'Alder Mutual, silver plan' } }],
  item: [item(1), item(2), item(3), item(4)],
  total: [
    {
      category: coding('http://terminology.hl7.org/CodeSystem/adjudication', 'submitted', 'Submitted Amount'),
      amount: money(516.64),
    },
  ],
  payment: { amount: money(413.32) },
};
