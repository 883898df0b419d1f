import { everyRow, type Rule } from '../../fhir/access.ts';
import { booking } from '../parties/booking.ts';
import { noParties } from '../parties/facts.ts';
import { pointingTo } from '../parties/pointing.ts';
import { bookingTypes } from '../parties/read-facts.ts';
import { relayed } from '../parties/relayed.ts';
import type { ActorPolicy } from './actor.ts';
import { ofIds, reading } from './rows.ts';
import { allBut } from './types.ts';

const directory: ReadonlySet<string> = new Set(['Organization', 'HealthcareService', 'Location', 'PractitionerRole']);

/** Where a booking names whom it is with. */
const withWhom: ReadonlyMap<string, string> = new Map([
  ['Appointment', 'participant.actor'],
  ['ServiceRequest', 'performer'],
  ['SupplyRequest', 'supplier'],
]);

const messages = [
  ['recipient', 'recipient'],
  ['sender', 'sender'],
] as const;

/** Who offers services on the marketplace: who comes, for what, and when. */
export const providerMarket: ActorPolicy = {
  actor: 'provider-market',
  purposes: ['HOPERAT'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(new Set([...bookingTypes.keys(), 'Communication'])),
  consents: 'bound',
  about: 'rules',
  rules(type, { tenant }, { parties = noParties }): readonly Rule[] {
    const { places, names } = parties;
    if (places.length === 0) return [];
    if (directory.has(type)) {
      const ids = places.filter((one) => one.startsWith(`${type}/`)).map((one) => one.slice(type.length + 1));
      return [ofIds(ids, reading)];
    }
    if (type === 'Communication')
      return [{ ...everyRow(reading), where: pointingTo(tenant, type, messages, places), projection: relayed(names) }];
    const [code, path] = [bookingTypes.get(type), withWhom.get(type)];
    if (code === undefined || path === undefined) return [];
    const where = pointingTo(tenant, type, [[code, path]], places);
    return [{ ...everyRow(reading), where, projection: booking(type, names) }];
  },
};
