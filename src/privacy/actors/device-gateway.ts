import { everyRow } from '../../fhir/access.ts';
import type { ActorPolicy } from './actor.ts';
import { creating, reading } from './rows.ts';
import { allBut } from './types.ts';

const measured: ReadonlySet<string> = new Set(['Observation']);
const devices: ReadonlySet<string> = new Set(['Device']);

/** What brings in the measurements of wearables: it writes and does not read, but for the devices themselves. */
export const deviceGateway: ActorPolicy = {
  actor: 'device-gateway',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(measured, devices),
  consents: 'within',
  rules(type) {
    if (measured.has(type)) return [everyRow(creating)];
    return devices.has(type) ? [everyRow(reading)] : [];
  },
};
