import type { CodeableConcept, Duration, Extension, Schedule, Slot } from '@medplum/fhirtypes';

import { isZone } from './time-zones.ts';

/** https://hl7.org/fhir/extensions/StructureDefinition-timezone.html */
export const zoneUrl = 'http://hl7.org/fhir/StructureDefinition/timezone';
/** A Duration that stays free before and after each Appointment. */
export const bufferUrl = 'https://portico.dev/fhir/StructureDefinition/schedule-buffer';
/** A Duration: nobody books a time that begins sooner. */
export const leadUrl = 'https://portico.dev/fhir/StructureDefinition/schedule-lead-time';

/** How a Schedule is booked. Durations are ms. */
export type Calendar = {
  /** The id of the Schedule. */
  id: string;
  /** IANA; null: times are kept as the Slots have them. */
  zone: string | null;
  buffer: number;
  lead: number;
  active: boolean;
  /** `Practitioner/x`, as Schedule.actor has them. */
  actors: Schedule['actor'];
  services: readonly CodeableConcept[];
};

const units: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms; 0 where there is none, or it is in no unit of time. */
function durationOf(extension: readonly Extension[], url: string): number {
  const duration: Duration | undefined = extension.find((one) => one.url === url)?.valueDuration;
  const ms = (duration?.value ?? 0) * (units[duration?.code ?? duration?.unit ?? ''] ?? 0);
  return Math.max(0, ms);
}

export function calendarOf(schedule: Schedule & { id: string }): Calendar {
  const { id, extension = [], active = true, actor, serviceType = [] } = schedule;
  const zone = extension.find(({ url }) => url === zoneUrl)?.valueCode ?? null;
  return {
    id,
    zone: zone !== null && isZone(zone) ? zone : null,
    buffer: durationOf(extension, bufferUrl),
    lead: durationOf(extension, leadUrl),
    active,
    actors: actor,
    services: serviceType,
  };
}

/** The services of a Slot are its own where it says any, and else those of its Schedule. */
export const servicesOf = ({ serviceType = [] }: Slot, { services }: Calendar): readonly CodeableConcept[] =>
  serviceType.length > 0 ? serviceType : services;

export const refersTo = (actors: Schedule['actor'], type: string): string[] =>
  actors.flatMap(({ reference = '' }) => (reference.startsWith(`${type}/`) ? [reference] : []));

/** Whether a Schedule is of somebody whose record it is in: nobody books there. */
export const isOfPatient = ({ actors }: Pick<Calendar, 'actors'>): boolean =>
  actors.some(({ reference = '' }) => /^(Patient|RelatedPerson|Device)\//.test(reference));
