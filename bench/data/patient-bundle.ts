import { randomOf } from './random.ts';
import * as records from './records.ts';
import { fill, type Template, template } from './template.ts';

/**
 * Records of invented people in the shape of Synthea's: a transaction for each, urn:uuid references within, conditional
 * references to clinics and practitioners, which come first, in a batch with ifNoneExist.
 */
export type Bundle = { text: string; entries: number };

const clinics = 8;
const npi = (number: number) => String(9999000000 + number);
const clinic = (number: number) => `bench-clinic-${number}`;

const templates = Object.fromEntries(
  Object.values(records).map((resource) => [resource.resourceType, template(resource)]),
);
const of = (type: string): Template => templates[type] ?? { parts: ['{}'], names: [] };

const entry = (text: string, url: string, fullUrl: string, ifNoneExist = ''): string =>
  `{"fullUrl":"${fullUrl}","resource":${text},"request":{"method":"POST","url":"${url}"${
    ifNoneExist === '' ? '' : `,"ifNoneExist":"${ifNoneExist}"`
  }}}`;

const bundle = (type: string, entries: readonly string[]): Bundle => ({
  text: `{"resourceType":"Bundle","type":"${type}","entry":[${entries.join(',')}]}`,
  entries: entries.length,
});

const uuids = (random: () => number) => () => {
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return `urn:uuid:${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
};

/** The clinics and practitioners that the people below were seen by. */
export function surroundings(): Bundle {
  const next = uuids(randomOf(1));
  const entries = Array.from({ length: clinics }, (_, at) => [
    entry(
      fill(of('Organization'), { unique: clinic(at), name: `Clinic ${at}` }),
      'Organization',
      next(),
      `identifier=https://portico.example/organizations|${clinic(at)}`,
    ),
    entry(
      fill(of('Location'), { unique: clinic(at), name: `Room ${at}` }),
      'Location',
      next(),
      `identifier=https://portico.example/places|${clinic(at)}`,
    ),
    entry(
      fill(of('Practitioner'), { unique: npi(at), gender: 'female' }),
      'Practitioner',
      next(),
      `identifier=http://hl7.org/fhir/sid/us-npi|${npi(at)}`,
    ),
  ]);
  return bundle('batch', entries.flat());
}

/**
 * One person: 1 + 12 entries for each visit (an Encounter, eight Observations, MedicationRequest, Claim and
 * ExplanationOfBenefit).
 */
export function patientBundle(seed: number, visits: number): Bundle {
  const random = randomOf(seed * 7919);
  const next = uuids(random);
  const at = Math.floor(random() * clinics);
  const known: Record<string, string> = {
    unique: `bench-${seed}`,
    gender: random() < 0.5 ? 'female' : 'male',
    Patient: next(),
    Practitioner: `Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|${npi(at)}`,
    Organization: `Organization?identifier=https://portico.example/organizations|${clinic(at)}`,
    Location: `Location?identifier=https://portico.example/places|${clinic(at)}`,
  };
  const entries = [entry(fill(of('Patient'), known), 'Patient', known.Patient ?? '')];
  const add = (type: string, values: Record<string, string>): void => {
    const fullUrl = next();
    known[type] = fullUrl;
    entries.push(entry(fill(of(type), { ...known, ...values }), type, fullUrl));
  };
  for (let visit = 0; visit < visits; visit++) {
    const day = new Date(Date.UTC(2012 + (visit % 12), Math.floor(random() * 12), 1 + Math.floor(random() * 28), 9));
    const when = day.toISOString();
    add('Encounter', { unique: `bench-${seed}-${visit}`, status: 'finished' });
    for (let i = 0; i < 8; i++) {
      const effective = new Date(day.getTime() + i * 60000).toISOString();
      add('Observation', { effective, issued: effective, value: String(90 + Math.floor(random() * 90)) });
    }
    add('MedicationRequest', { status: 'completed' });
    add('Claim', { created: when });
    add('ExplanationOfBenefit', { unique: `bench-${seed}-${visit}`, created: when });
  }
  return bundle('transaction', entries);
}
