import type { Appointment, CodeableConcept, Practitioner } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { readOwn } from '../../privacy/made.ts';
import { nameOfPerson } from '../../privacy/pages/names.ts';
import { idOf } from './asked.ts';
import { placeOf } from './available.ts';
import { refersTo } from './calendar.ts';
import { calendarsOf } from './find.ts';
import { isSame } from './services.ts';

/** With whom times can be booked, and what for. */
export type Bookable = {
  people: readonly { reference: string; name: string }[];
  services: readonly CodeableConcept[];
};

/** Whose Schedules times are booked in; who works where is no secret. */
export async function bookable(context: FhirContext, tenant: number): Promise<Bookable> {
  const calendars = await calendarsOf(context, tenant, { actors: [], specialty: null });
  const references = new Set([...calendars.values()].flatMap(({ actors }) => refersTo(actors, 'Practitioner')));
  const people = await Promise.all(
    [...references].map(async (reference) => {
      const found = await readOwn<Practitioner>(
        context,
        tenant,
        'Practitioner',
        reference.slice('Practitioner/'.length),
      );
      return found.ok ? [{ reference, name: nameOfPerson(found.value.resource) }] : [];
    }),
  );
  const services: CodeableConcept[] = [];
  for (const one of [...calendars.values()].flatMap((calendar) => calendar.services))
    if (!services.some((other) => isSame(one, other))) services.push(one);
  return { people: people.flat().toSorted((a, b) => a.name.localeCompare(b.name)), services };
}

/** The zone in which an Appointment is: of its Schedule, else the offset that its start is written with. */
export async function zoneOf(context: FhirContext, tenant: number, { slot, start = '' }: Appointment): Promise<string> {
  const id = idOf('Slot', slot?.[0]?.reference, context.settings.baseOf(tenant));
  const place = id === null ? null : await placeOf(context, tenant, id);
  const zone = place?.ok ? place.value.calendar.zone : null;
  return zone ?? /[+-]\d\d:\d\d$/.exec(start)?.[0] ?? 'UTC';
}
