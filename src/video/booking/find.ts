import type { Appointment, CodeableConcept, Schedule, Slot } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { search } from '../../fhir/search/search.ts';
import { release } from '../../fhir/store/release.ts';
import type { Place } from './available.ts';
import { type Calendar, calendarOf, isOfPatient } from './calendar.ts';
import { proposalOf, serviceOf } from './proposed.ts';
import { searchOwn } from './search-own.ts';
import { isFree, overlaps, type Span, spanOf, type Taken, takenOfCalendar, takenOfPatient } from './taken.ts';

export type Sought = Span & {
  /** `Practitioner/x`, `Location/y`: those of one type are alternatives. */
  actors: readonly string[];
  /** As the search parameter has it: `system|code`. */
  specialty: string | null;
  services: readonly CodeableConcept[];
  /** The id of the patient; null: it is not said who. */
  patient: string | null;
  count: number;
};

/** Slots that are looked through; of what is left of them as many as were asked for are shown. */
const LOOKED = 1000;
const SCHEDULES = 200;

/** Slots as the caller may search them. */
async function slotsOf(
  context: FhirContext,
  grant: Grant,
  query: readonly (readonly [string, string])[],
): Promise<Result<(Slot & { id: string })[]>> {
  const asked = new URLSearchParams(query.map(([name, value]) => [name, value]));
  const base = context.settings.baseOf(grant.tenant);
  const page = await search(context, grant, { types: ['Slot'], query: asked.toString(), strict: true, base });
  if (!page.ok) return page;
  const rows = release(grant, page.value.found, 's');
  // What is stored has been checked to be of its type.
  return ok(rows.map(({ content }) => JSON.parse(content) as Slot & { id: string }));
}

function actorsByType(actors: readonly string[]): [string, string][] {
  const types = new Map<string, string[]>();
  for (const one of actors) {
    const [type = ''] = one.split('/');
    types.set(type, [...(types.get(type) ?? []), one]);
  }
  return [...types.values()].map((some) => ['actor', some.join()]);
}

/**
 * Schedules that times are booked in. The specification counts a Schedule among what is in a patient's record, because one
 * may be a patient's, so that of the others the server itself looks.
 */
export async function calendarsOf(
  context: FhirContext,
  tenant: number,
  { actors, specialty }: Pick<Sought, 'actors' | 'specialty'>,
): Promise<ReadonlyMap<string, Calendar>> {
  const schedules = await searchOwn<Schedule>(context, tenant, 'Schedule', [
    ...actorsByType(actors),
    ...(specialty === null ? [] : [['specialty', specialty] as const]),
    ['_count', String(SCHEDULES)],
  ]);
  const all = schedules.map(calendarOf).filter((one) => one.active && !isOfPatient(one));
  return new Map(all.map((one) => [`Schedule/${one.id}`, one]));
}

/** The span of all of them. */
const spanned = (places: readonly Place[]): Span => ({
  start: Math.min(...places.map(({ span }) => span.start)),
  end: Math.max(...places.map(({ span }) => span.end)),
});

/** Those that nobody has, by the Appointments of those who would have them. */
async function freeOf(context: FhirContext, tenant: number, places: readonly Place[]): Promise<Place[]> {
  const calendars = new Map(places.map(({ calendar }) => [calendar.id, calendar]));
  const taken = new Map<string, readonly Taken[]>();
  for (const calendar of calendars.values()) {
    const own = places.filter((one) => one.calendar.id === calendar.id);
    taken.set(calendar.id, await takenOfCalendar(context, tenant, calendar, spanned(own)));
  }
  return places.filter(({ span, calendar }) => isFree(span, taken.get(calendar.id) ?? [], calendar.buffer));
}

/**
 * Times that can be booked, the earliest first: Slots that are free, not sooner than their Schedules allow, and not when the
 * patient has another Appointment. Of who has the others nothing is told.
 */
export async function findTimes(context: FhirContext, grant: Grant, sought: Sought): Promise<Result<Appointment[]>> {
  const { tenant } = grant;
  const { patient, services, count } = sought;
  const calendars = await calendarsOf(context, tenant, sought);
  if (calendars.size === 0) return ok([]);
  const now = context.now();
  const slots = await slotsOf(context, grant, [
    ['schedule', [...calendars.keys()].join()],
    ['status', 'free'],
    ['start', `ge${new Date(Math.max(sought.start, now)).toISOString()}`],
    ['start', `lt${new Date(sought.end).toISOString()}`],
    ['_sort', 'start'],
    ['_count', String(LOOKED)],
  ]);
  if (!slots.ok) return slots;
  const places = slots.value.flatMap((slot): (Place & { offered: readonly CodeableConcept[] })[] => {
    const calendar = calendars.get(slot.schedule.reference ?? '');
    if (!calendar) return [];
    const place = { slot, version: 0, calendar, span: spanOf(slot) };
    const offered = serviceOf(place, services);
    return offered === null || place.span.start < now + calendar.lead ? [] : [{ ...place, offered }];
  });
  if (places.length === 0) return ok([]);
  const own = patient === null ? [] : await takenOfPatient(context, tenant, patient, spanned(places));
  const open = new Set((await freeOf(context, tenant, places)).map(({ slot }) => slot.id));
  const shown = places
    .filter(({ slot, span }) => open.has(slot.id) && !own.some((one) => overlaps(span, one)))
    .slice(0, count);
  return ok(shown.map((place) => proposalOf(place, place.offered, patient)));
}
