import type { CodeableConcept } from '@medplum/fhirtypes';

import type { Operation } from '../../fhir/operations/operation.ts';
import { invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import { localName } from '../../privacy/consents/references.ts';
import { appointments } from '../booking/answer.ts';
import { idOf } from '../booking/asked.ts';
import { findTimes } from '../booking/find.ts';

const DAY = 86_400_000;
/** ms of the time that is looked through, where no end is said and at most. */
const USUAL = 14 * DAY;
const LONGEST = 62 * DAY;
const MOST = 200;
/** Instants have years of four digits. */
const LAST = Date.UTC(9999, 0);

/** A reference, whether it comes as a Reference or as a URI. */
export function referenceOf(parameters: Parameters, name: string): string | null {
  const value = parameters.value(name, 'Reference');
  const reference = typeof value === 'object' && value !== null && 'reference' in value ? value.reference : null;
  return typeof reference === 'string' ? reference : parameters.text(name);
}

/** A concept, whether it comes whole or as `system|code`. */
function conceptOf(parameters: Parameters, name: string): CodeableConcept | null {
  const value = parameters.value(name, 'CodeableConcept');
  // A part that is not as it should be is equal to no service.
  if (typeof value === 'object' && value !== null) return value as CodeableConcept;
  const [, system, code] = /^([^|]+)\|(.+)$/.exec(parameters.text(name) ?? '') ?? [];
  return system === undefined ? null : { coding: [{ system, code: code ?? '' }] };
}

function timeOf(parameters: Parameters, name: string): Result<number | null> {
  const text = parameters.text(name);
  if (text === null) return ok(null);
  const at = Date.parse(text);
  return Number.isNaN(at) || Math.abs(at) > LAST
    ? invalid(`${name} is not a time: 2026-03-02T09:00:00-05:00 is one`, name)
    : ok(at);
}

function actorsOf(parameters: Parameters, base: string): Result<string[]> {
  const all: string[] = [];
  for (const name of ['provider', 'location']) {
    const values = parameters.texts(name).length > 0 ? parameters.texts(name) : [referenceOf(parameters, name)];
    for (const value of values) {
      if (value === null) continue;
      const local = localName(value, base);
      if (local === null) return invalid(`${name} must be a reference to a resource here`, name);
      all.push(local);
    }
  }
  return ok(all);
}

/** Times that can be booked, as Appointments that are proposed. */
export const findOperation: Operation = {
  code: 'find',
  definition: 'https://portico.dev/fhir/OperationDefinition/Appointment-find',
  description: 'Finds times that can be booked, as Appointments that are proposed',
  on: { types: ['Appointment'] },
  affectsState: false,
  parameters: [
    { name: 'start', use: 'in', min: 0, max: '1', type: 'dateTime', documentation: 'Not before; else now' },
    { name: 'end', use: 'in', min: 0, max: '1', type: 'dateTime', documentation: 'Before; else 14 days after start' },
    { name: 'provider', use: 'in', min: 0, max: '*', type: 'uri', documentation: 'Practitioners, any of whom will do' },
    { name: 'location', use: 'in', min: 0, max: '*', type: 'uri', documentation: 'Locations, any of which will do' },
    { name: 'specialty', use: 'in', min: 0, max: '1', type: 'CodeableConcept' },
    {
      name: 'visit-type',
      use: 'in',
      min: 0,
      max: '1',
      type: 'CodeableConcept',
      documentation: 'Appointment.serviceType',
    },
    {
      name: 'patient',
      use: 'in',
      min: 0,
      max: '1',
      type: 'uri',
      documentation: 'Whose own Appointments are in the way',
    },
    { name: '_count', use: 'in', min: 0, max: '1', type: 'integer', documentation: `At most ${MOST}; else 50` },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const { grant, base } = request;
    const read = requestParameters(request, 'resource');
    if (!read.ok) return read;
    const parameters = read.value;
    const [from, until] = [timeOf(parameters, 'start'), timeOf(parameters, 'end')];
    if (!from.ok) return from;
    if (!until.ok) return until;
    const start = from.value ?? context.now();
    const end = until.value ?? start + USUAL;
    if (end <= start || end - start > LONGEST)
      return invalid('end must be after start, and at most 62 days after it', 'end');
    const actors = actorsOf(parameters, base);
    if (!actors.ok) return actors;
    const asked = referenceOf(parameters, 'patient');
    const patient = asked === null ? grant.caller.patient : idOf('Patient', asked, base);
    if (asked !== null && patient === null) return invalid('patient must be a reference to a Patient', 'patient');
    if (asked !== null && patient !== null) {
      // When somebody has Appointments is told by what is left out, so their record must be within reach.
      const seen = await context.store.read(grant, 'Patient', patient);
      if (!seen.ok) return seen;
    }
    const service = conceptOf(parameters, 'visit-type');
    const [specialty] = conceptOf(parameters, 'specialty')?.coding ?? [];
    const count = Math.trunc(Number(parameters.text('_count') ?? 50));
    if (!(count > 0)) return invalid('_count must be a number above 0', '_count');
    const found = await findTimes(context, grant, {
      start,
      end,
      actors: actors.value,
      specialty: specialty ? `${specialty.system ?? ''}|${specialty.code ?? ''}` : null,
      services: service === null ? [] : [service],
      patient,
      count: Math.min(count, MOST),
    });
    return found.ok ? appointments(found.value.map((one) => JSON.stringify(one))) : found;
  },
};
