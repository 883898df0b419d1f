import type { ActorPolicy } from './actor.ts';
import { creating, ofPatients, reading } from './rows.ts';
import { allBut } from './types.ts';

const measured: ReadonlySet<string> = new Set(['Observation']);
const devices: ReadonlySet<string> = new Set(['Device', 'DeviceMetric']);

/**
 * What brings in the measurements of wearables: it writes and does not read, but for the devices themselves; of the patient it
 * acts for, and of those who consent to it.
 */
export const deviceGateway: ActorPolicy = {
  actor: 'device-gateway',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(measured, devices),
  consents: 'bound',
  rules(type, { patient }, { consents }) {
    const agreed = consents.flatMap((one) => (one.permits.size > 0 ? [one.patient] : []));
    const theirs = [...new Set([...agreed, ...(patient === null ? [] : [patient])])];
    if (measured.has(type)) return [ofPatients(theirs, creating)];
    return devices.has(type) ? [ofPatients(theirs, reading)] : [];
  },
};
