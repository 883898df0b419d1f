import fc from 'fast-check';

import type { Json, Resource } from '../../src/fhir/context.ts';
import * as values from './random-values.ts';

const { maybe, oneOf, referenceTo } = values;

const meta = maybe(
  fc.record({
    tag: maybe(fc.array(values.coding, { minLength: 1, maxLength: 2 })),
    profile: maybe(oneOf([['http://example.org/p|1'], ['http://example.org/p'], ['http://example.org/p/below']])),
    security: maybe(oneOf([[{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }]])),
  }),
);

const list = <T>(one: fc.Arbitrary<T>, maxLength = 2): fc.Arbitrary<T[] | undefined> =>
  maybe(fc.array(one, { minLength: 1, maxLength }));

const humanName = fc.record({ family: oneOf(values.families), given: list(oneOf(values.givens)) });
const address = fc.record({ city: oneOf(values.cities), state: maybe(oneOf(['NY', 'MA'])) });
const telecom = fc.record({ system: oneOf(['phone', 'email']), value: oneOf(['555', 'a@example.org']) });

const patientOrGroup = referenceTo('Patient', 'Patient', 'Patient', 'Group');

/** Each element of a value[x] by its JSON name. */
const observed: fc.Arbitrary<Json> = fc.oneof(
  values.quantity.map((valueQuantity) => ({ valueQuantity })),
  values.quantity.map((valueQuantity) => ({ valueQuantity })),
  values.concept.map((valueCodeableConcept) => ({ valueCodeableConcept })),
  oneOf(values.families).map((valueString) => ({ valueString })),
  oneOf(values.times).map((valueDateTime) => ({ valueDateTime })),
  fc.constant({}),
);

const effective: fc.Arbitrary<Json> = fc.oneof(
  values.dateTime.map((effectiveDateTime) => ({ effectiveDateTime })),
  values.period.map((effectivePeriod) => ({ effectivePeriod })),
  fc.array(oneOf(values.times), { minLength: 1, maxLength: 3 }).map((event) => ({ effectiveTiming: { event } })),
  fc.constant({}),
);

const onset: fc.Arbitrary<Json> = fc.oneof(
  values.dateTime.map((onsetDateTime) => ({ onsetDateTime })),
  values.period.map((onsetPeriod) => ({ onsetPeriod })),
  fc.constant({ onsetString: 'long ago' }),
  fc.constant({}),
);

const component = fc
  .record({ code: values.componentConcept, value: observed })
  .map(({ code, value }) => ({ code, ...value }));
const clinicalStatus = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
};

/** What a resource of each type has beside its id and meta. `spread` members are merged into it. */
const bodies: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  Patient: fc.record({
    identifier: list(values.identifier),
    active: maybe(fc.boolean()),
    name: list(humanName),
    telecom: list(telecom),
    gender: maybe(oneOf(['male', 'female'])),
    birthDate: maybe(oneOf(values.dates)),
    address: list(address),
    generalPractitioner: list(referenceTo('Organization')),
    managingOrganization: maybe(referenceTo('Organization')),
    spread: fc.oneof(
      fc.constant({}),
      fc.constant({ deceasedBoolean: true }),
      fc.constant({ deceasedDateTime: '2024-03-01' }),
    ),
  }),
  Observation: fc.record({
    identifier: list(values.identifier),
    status: oneOf(['final', 'amended']),
    category: list(values.concept),
    code: values.concept,
    subject: maybe(patientOrGroup),
    encounter: maybe(referenceTo('Encounter')),
    performer: list(referenceTo('Organization', 'Patient')),
    component: list(component),
    spread: fc.tuple(observed, effective).map(([a, b]) => ({ ...a, ...b })),
  }),
  Encounter: fc.record({
    identifier: list(values.identifier),
    status: oneOf(['planned', 'finished']),
    class: values.coding,
    type: list(values.concept),
    subject: maybe(patientOrGroup),
    period: maybe(values.period),
    partOf: maybe(referenceTo('Encounter')),
    serviceProvider: maybe(referenceTo('Organization')),
    location: list(fc.record({ location: referenceTo('Location'), period: maybe(values.period) })),
    length: maybe(oneOf([{ value: 30, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }])),
  }),
  Condition: fc.record({
    clinicalStatus: fc.constant(clinicalStatus),
    category: list(values.concept),
    code: maybe(values.concept),
    subject: patientOrGroup,
    encounter: maybe(referenceTo('Encounter')),
    recordedDate: maybe(values.dateTime),
    spread: onset,
  }),
  MedicationRequest: fc.record({
    status: oneOf(['active', 'stopped']),
    intent: oneOf(['order', 'plan']),
    subject: patientOrGroup,
    encounter: maybe(referenceTo('Encounter')),
    authoredOn: maybe(values.dateTime),
    requester: maybe(referenceTo('Organization', 'Patient')),
    spread: fc.oneof(
      values.concept.map((medicationCodeableConcept) => ({ medicationCodeableConcept })),
      fc.constant({ medicationReference: { reference: 'Medication/1' } }),
    ),
  }),
  Organization: fc.record({
    identifier: list(values.identifier),
    active: maybe(fc.boolean()),
    type: list(values.concept),
    name: oneOf(values.families),
    alias: list(oneOf(values.givens)),
    address: list(address),
    partOf: maybe(referenceTo('Organization')),
  }),
  Location: fc.record({
    status: maybe(oneOf(['active', 'inactive'])),
    name: oneOf(values.families),
    address: maybe(address),
    position: maybe(fc.record({ latitude: oneOf([42.35, 42.4, -33.9]), longitude: oneOf([-71.06, -71.5, 151.2]) })),
    managingOrganization: maybe(referenceTo('Organization')),
    partOf: maybe(referenceTo('Location')),
  }),
};

export const randomTypes = Object.keys(bodies);

/** A valid resource of one of `randomTypes`. */
export function randomResource(type: string): fc.Arbitrary<Resource> {
  const body = bodies[type];
  if (!body) throw new Error(`no generator for ${type}`);
  return fc.record({ at: fc.nat(4), meta, body }).map(({ at, meta, body: { spread, ...rest } }) => {
    // What json returns is what it was given, without the undefined.
    return values.json({
      resourceType: type,
      id: values.idOf(type, at),
      meta,
      ...rest,
      ...(spread as Json),
    }) as Resource;
  });
}

/** Resources of all the types, with different identities, that refer to each other. */
export const randomResources: fc.Arbitrary<Resource[]> = fc
  .array(oneOf(randomTypes).chain(randomResource), { minLength: 20, maxLength: 60 })
  .map((all) => [...new Map(all.map((one) => [`${one.resourceType}/${one.id}`, one])).values()]);
