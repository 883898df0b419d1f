/** Ids that exist, by type: what reference parameters are searched with. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

type Group = { name: string; paths: readonly string[] };

const prefixes = ['', 'eq', 'lt', 'gt', 'ge', 'le', 'sa', 'eb'];
const numbersPrefixes = ['', 'lt', 'gt', 'ge', 'le', 'ne'];
const loinc = 'http://loinc.org';
const codes = ['8302-2', '29463-7', '8480-6', '8462-4', '8867-4', '39156-5', '72514-3', '718-7'];
const categories = 'http://terminology.hl7.org/CodeSystem/observation-category';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

const group = (type: string, parameter: string, values: readonly string[]): Group => ({
  name: `${type}.${parameter.replace(/:.*/, '')}`,
  paths: values.map((value) => {
    const [modifier, text] = value.startsWith(':') ? value.split(/=(.*)/s) : ['', value];
    return `/fhir/R4/${type}?${parameter}${modifier}=${encodeURIComponent(text ?? '')}&_count=20`;
  }),
});

const strings = (values: readonly string[]) => [...values, ...values.map((value) => `:contains=${value}`)];
/** Each value with one prefix, going round, so that every prefix and every value is there. */
const prefixed = (with_: readonly string[], values: readonly string[]) =>
  values.flatMap((value, at) => [`${with_[at % with_.length]}${value}`, `${with_[(at + 3) % with_.length]}${value}`]);

const births = ['1950', '1962-03', '1971-08-09', '1980', '1985-06', '1990-01-01', '1999', '2005-11', '2012', '2070'];
const dates = ['2010', '2012-05', '2014', '2015-07-04', '2016', '2017-01', '2018-09', '2019', '2020-03-15', '2070'];
const coded = (number: string) => `8867-4$${number}`;

/**
 * The (type, parameter) pairs of the HealthSamurai search suite (WORKLOADS W3), each with the queries that are drawn from.
 *
 * @see https://github.com/HealthSamurai/fhir-server-performance-benchmark
 */
export function searchPairs(ids: KnownIds): Group[] {
  const references = (type: string, parameter: string, target: string) =>
    group(
      type,
      parameter,
      (ids[target] ?? []).slice(0, 20).map((id) => `${target}/${id}`),
    );
  const observation = (parameter: string, values: readonly string[]) => group('Observation', parameter, values);
  const people = ['Smith', 'Jo', 'Mar', 'Rosenbaum', 'Medhurst', 'Sauer', 'Chi', 'Ilse', 'An', 'Nobodyatall'];
  const places = ['Boston', 'Main', 'Cambridge', 'Waterloo', 'Kestrel', 'MA', 'Street', '02138', 'Nowhereatall'];
  const all = [
    group('Patient', 'name', strings(people)),
    group('Patient', 'address', strings(places)),
    group('Organization', 'name', strings(['HOSPITAL', 'Clinic', 'MOUNT', 'CENTER', 'PC', 'Nothingatall'])),
    group('Patient', 'birthdate', prefixed(prefixes, births)),
    observation('date', prefixed(prefixes, dates)),
    group('Encounter', 'date', prefixed(prefixes, dates)),
    observation('category', [
      'laboratory',
      'vital-signs',
      'survey',
      'social-history',
      'procedure',
      'laboratory,vital-signs',
      `${categories}|laboratory`,
      `${categories}|vital-signs`,
      'survey,procedure',
    ]),
    observation('code', [...codes, `${loinc}|8867-4`, `${loinc}|718-7`, '8480-6,8462-4', '8302-2,29463-7,39156-5']),
    group('Encounter', 'status', ['planned', 'arrived', 'in-progress', 'finished', 'cancelled', 'finished,planned']),
    group('Encounter', 'class', ['AMB', 'IMP', 'EMER', 'VR', `${actCode}|AMB`, `${actCode}|IMP`, 'AMB,IMP', 'HH']),
    observation('value-quantity', prefixed(numbersPrefixes, ['60', '80.5', '100', '120', '140', '180'])),
    observation('component-value-quantity', prefixed(numbersPrefixes, ['60', '75', '90', '120', '140', '160'])),
    observation('combo-value-quantity', prefixed(numbersPrefixes, ['60', '75', '100', '120', '140', '180'])),
    observation('code-value-quantity', ['gt100', 'lt60', '72', 'ge80', 'le70'].map(coded).concat('29463-7$gt80')),
    observation('component-code-value-quantity', ['8480-6$gt140', `${loinc}|8480-6$gt140`, '8462-4$lt70', '8462-4$80']),
    observation('combo-code-value-quantity', ['8867-4$gt100', `${loinc}|8480-6$gt140`, '8462-4$lt70', '29463-7$le60']),
    references('Observation', 'subject', 'Patient'),
    references('Observation', 'encounter', 'Encounter'),
    references('Observation', 'performer', 'Practitioner'),
    references('Encounter', 'subject', 'Patient'),
    references('Encounter', 'participant', 'Practitioner'),
    references('MedicationRequest', 'subject', 'Patient'),
    references('MedicationRequest', 'encounter', 'Encounter'),
    references('MedicationRequest', 'requester', 'Practitioner'),
  ];
  return all.filter(({ paths }) => paths.length > 0);
}
