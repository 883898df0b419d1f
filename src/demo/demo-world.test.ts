import { expect, test } from 'vitest';
import { demoWorld } from './demo-world.ts';
import { people } from './world.ts';

const today = '2026-03-04';
const world = demoWorld({ today });
const text = JSON.stringify(world);

const ofType = (type: string): Record<string, unknown>[] =>
  world.filter(({ resourceType }) => resourceType === type).map((one) => ({ ...one }));

/** Every `reference` anywhere within. */
function references(within: unknown): string[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([name, value]) =>
    name === 'reference' && typeof value === 'string' ? [value] : references(value),
  );
}

test('the same day and seed make the same world, another seed other readings of the same people', () => {
  expect(JSON.stringify(demoWorld({ today }))).toBe(text);
  const other = demoWorld({ today, seed: 2 });
  expect(JSON.stringify(other)).not.toBe(text);
  expect(other.filter(({ resourceType }) => resourceType === 'Patient').map(({ id }) => id)).toEqual(
    people.map(({ id }) => id),
  );
});

test('the world is as large as promised', () => {
  expect(world.length).toBeGreaterThan(6000);
  expect(world.length).toBeLessThan(12_000);
  const counts = { Patient: 24, Practitioner: 8, PractitionerRole: 8, Schedule: 8, Coverage: 24, InsurancePlan: 1 };
  for (const [type, count] of Object.entries(counts)) expect(ofType(type), type).toHaveLength(count);
  expect(ofType('Organization').map(({ id }) => id)).toEqual([
    'ironleaf-foods',
    'meadowlark-health',
    'harbour-clinic',
    'northgate-clinic',
  ]);
  const kinds = new Set(world.map(({ resourceType }) => resourceType));
  for (const type of [
    'Location',
    'HealthcareService',
    'Slot',
    'RelatedPerson',
    'Condition',
    'AllergyIntolerance',
    'Immunization',
    'MedicationRequest',
    'Encounter',
    'Procedure',
    'DiagnosticReport',
    'Observation',
    'Questionnaire',
    'QuestionnaireResponse',
    'CarePlan',
    'CareTeam',
    'Goal',
    'Consent',
    'Claim',
    'ClaimResponse',
    'ExplanationOfBenefit',
    'Appointment',
    'Device',
  ]) {
    expect(kinds, type).toContain(type);
  }
});

test('every id is a FHIR id and is used once', () => {
  const names = world.map(({ resourceType, id }) => `${resourceType}/${id}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { id } of world) expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
});

test('every reference is to something that comes before it', () => {
  const known = new Set<string>();
  const dangling: string[] = [];
  for (const resource of world) {
    known.add(`${resource.resourceType}/${resource.id}`);
    for (const reference of references(resource)) if (!known.has(reference)) dangling.push(reference);
  }
  expect(dangling).toEqual([]);
});

test('visits lie before, on and after today, some by video', () => {
  const days = ofType('Appointment').map(({ start }) => String(start).slice(0, 10));
  expect(days.filter((day) => day < today).length).toBeGreaterThan(20);
  expect(days.filter((day) => day === today).length).toBe(6);
  expect(days.filter((day) => day > today).length).toBeGreaterThan(10);
  expect(ofType('Appointment').filter(({ extension }) => extension).length).toBeGreaterThan(10);
  const states = new Set(ofType('Appointment').map(({ status }) => status));
  expect([...states].sort()).toEqual(['arrived', 'booked', 'cancelled', 'checked-in', 'fulfilled', 'noshow']);
});

test('an appointment and its slot agree, and no practitioner has two at once', () => {
  const slots = new Map(ofType('Slot').map((slot) => [`Slot/${slot.id}`, slot]));
  const used = ofType('Appointment').flatMap((one) => references(one.slot).map((slot) => ({ one, slot })));
  expect(new Set(used.map(({ slot }) => slot)).size).toBe(used.length);
  for (const { one, slot } of used) {
    expect(slots.get(slot)).toMatchObject({ status: 'busy', start: one.start, end: one.end });
  }
  const busy = [...slots.values()].filter(({ status }) => status === 'busy');
  expect(busy).toHaveLength(used.length);
});

test('readings end yesterday, go back thirty days and have gaps', () => {
  const readings = ofType('Observation').filter(({ device }) => device);
  const days = new Set(
    readings.map(({ effectiveDateTime, effectivePeriod }) =>
      String(effectiveDateTime ?? (effectivePeriod as { end: string }).end).slice(0, 10),
    ),
  );
  expect([...days].sort().at(0)).toBe('2026-02-02');
  expect([...days].sort().at(-1)).toBe('2026-03-03');
  const heart = readings.filter(({ id }) => String(id).startsWith('amara-osei-heart-rate'));
  expect(heart.length).toBeGreaterThan(250);
  expect(heart.length).toBeLessThan(360);
});

test.each([
  ['heart-rate', 35, 190],
  ['oxygen', 86, 100],
  ['steps', 300, 20_000],
  ['weight', 7, 140],
  ['glucose', 60, 330],
])('every %s is one that a body can have', (name, low, high) => {
  const found = ofType('Observation').filter(({ id }) => String(id).includes(`-${name}`));
  const values = found.map(({ valueQuantity }) => (valueQuantity as { value: number }).value);
  expect(values.length).toBeGreaterThan(60);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
});

test('hearts beat slower at night than in the late afternoon', () => {
  const mean = (hours: readonly string[]): number => {
    const found = ofType('Observation').filter(({ id }) =>
      hours.some((hour) => String(id).includes(`heart-rate-h${hour}`)),
    );
    const values = found.map(({ valueQuantity }) => (valueQuantity as { value: number }).value);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  expect(mean(['17', '18']) - mean(['02', '03'])).toBeGreaterThan(15);
});

test.each(['2024-02-29', '2026-01-01', '2026-03-07', '2027-12-31'])('a world can be made on %s', (day) => {
  const made = demoWorld({ today: day });
  expect(made.length).toBeGreaterThan(6000);
  const births = made.flatMap((one) => (one.resourceType === 'Patient' ? [one.birthDate ?? ''] : []));
  for (const birth of births) expect(new Date(birth).toISOString().slice(0, 10)).toBe(birth);
  expect(made.filter((one) => one.resourceType === 'Appointment' && one.start?.startsWith(day))).toHaveLength(6);
});
