import type {
  DiagnosticReport,
  Encounter,
  Observation,
  Organization,
  Practitioner,
  Resource,
} from '@medplum/fhirtypes';

import type { Booking } from './bookings.ts';
import { at, dayAfter } from './calendar.ts';
import type { Analyte, Panel } from './data/records.ts';
import { panels } from './data/records.ts';
import { hl7, loinc, quantity, to } from './shapes.ts';
import type { World } from './world.ts';
import { toPatient } from './world.ts';

const category = [hl7('observation-category', 'laboratory', 'Laboratory')];

function interpretation(value: number, [low, high]: Analyte['usual']) {
  const code = value < low ? 'L' : value > high ? 'H' : 'N';
  return [hl7('v3-ObservationInterpretation', code, { L: 'Low', H: 'High', N: 'Normal' }[code])];
}

function result(booking: Booking, panel: Panel, analyte: Analyte, index: number, world: World): Observation {
  const id = `${booking.person.id}-${panel.key}-${index + 1}`;
  const factor = 10 ** analyte.decimals;
  const value = Math.round(world.randomFor(id).near(analyte.mean, analyte.spread) * factor) / factor;
  const [low, high] = analyte.usual;
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category,
    code: loinc(analyte.code),
    subject: toPatient(booking.person),
    encounter: to<Encounter>('Encounter', booking.id),
    effectiveDateTime: at(booking.date, booking.minutes + 18),
    issued: at(dayAfter(booking.date, 1), 900),
    performer: [to<Organization>('Organization', booking.person.clinicId)],
    valueQuantity: quantity(value, analyte.unit),
    interpretation: interpretation(value, analyte.usual),
    referenceRange: [{ low: quantity(low, analyte.unit), high: quantity(high, analyte.unit) }],
  };
}

function report(booking: Booking, panel: Panel, world: World): Resource[] {
  const results = panel.analytes.map((analyte, index) => result(booking, panel, analyte, index, world));
  const whole: DiagnosticReport = {
    resourceType: 'DiagnosticReport',
    id: `${booking.person.id}-${panel.key}`,
    status: 'final',
    category: [hl7('v2-0074', 'LAB', 'Laboratory')],
    code: loinc(panel.code),
    subject: toPatient(booking.person),
    encounter: to<Encounter>('Encounter', booking.id),
    effectiveDateTime: at(booking.date, booking.minutes + 18),
    issued: at(dayAfter(booking.date, 1), 900),
    performer: [to<Organization>('Organization', booking.person.clinicId)],
    resultsInterpreter: [to<Practitioner>('Practitioner', booking.practitionerId)],
    result: results.map(({ id }) => to<Observation>('Observation', id ?? '')),
  };
  return [...results, whole];
}

function isDue(booking: Booking, panel: Panel): boolean {
  if (panel.conditions.length === 0) return booking.person.age >= 40;
  return booking.person.conditions.some((key) => panel.conditions.includes(key));
}

/** Blood taken at a check-up: reports and their results. */
export const laboratoryResources = (world: World, booked: readonly Booking[]): Resource[] =>
  booked
    .filter(({ kind }) => kind === 'checkup')
    .flatMap((booking) =>
      panels.filter((panel) => isDue(booking, panel)).flatMap((panel) => report(booking, panel, world)),
    );
