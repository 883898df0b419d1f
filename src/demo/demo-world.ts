import type { Resource } from '@medplum/fhirtypes';

import { appointmentResources } from './appointments.ts';
import { benefitResources } from './benefits.ts';
import { bookings } from './bookings.ts';
import { careResources } from './care.ts';
import { clinicalResources } from './clinical.ts';
import { consentResources } from './consents.ts';
import { encounterResources } from './encounters.ts';
import { laboratoryResources } from './laboratory.ts';
import { organizations } from './organizations.ts';
import { peopleResources } from './people.ts';
import { questionnaireResources } from './questionnaires.ts';
import { wearableResources } from './wearables.ts';
import { makeWorld } from './world.ts';

export type DemoWorldOptions = {
  /** YYYY-MM-DD. */
  today: string;
  /** The same seed and day make the same world, to the byte. */
  seed?: number;
  /** Where this server can be reached: in the addresses of visits by video. */
  origin?: string;
};

/**
 * Two clinics, an employer, a carrier, eight practitioners and twenty-four patients with all that happened to them. Every
 * name is invented. A resource comes after those it refers to.
 */
export function demoWorld({ today, seed = 1, origin = 'http://127.0.0.1:8103' }: DemoWorldOptions): Resource[] {
  const world = makeWorld(today, seed, origin);
  const booked = bookings(world);
  return [
    ...organizations(),
    ...peopleResources(world),
    ...clinicalResources(world),
    ...careResources(world),
    ...consentResources(world),
    ...appointmentResources(world, booked),
    ...encounterResources(world, booked),
    ...laboratoryResources(world, booked),
    ...questionnaireResources(world, booked),
    ...benefitResources(world, booked),
    ...wearableResources(world),
  ];
}
