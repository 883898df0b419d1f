import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, Item, Reading, Whole } from '../reading.ts';
import { deviceTime } from './device-time.ts';
import { hintOfReference } from './fhir-device.ts';
import { type Ahead, type Around, itemOfObservation } from './fhir-observation.ts';
import { codingsOf } from './fhir-value.ts';
import { isJson, objectsOf, textOf } from './json.ts';

const PHD = 'http://hl7.org/fhir/uv/phd/StructureDefinition';
const COINCIDENT = `${PHD}/CoincidentTimeStampReference`;

/** MDC_ATTR_TIME_ABS: what the clock of a device showed. */
const CLOCK = { system: 'urn:iso:std:iso:11073:10101', code: '67975' };

const isClock = ({ code, meta }: Json): boolean =>
  codingsOf(code).some((one) => one.system === CLOCK.system && one.code === CLOCK.code) ||
  (isJson(meta) && Array.isArray(meta.profile) && meta.profile.includes(`${PHD}/PhdCoincidentTimeStampObservation`));

function aheadOf({ effectiveDateTime, valueDateTime }: Json): Ahead {
  const gateway = deviceTime(effectiveDateTime);
  const device = deviceTime(valueDateTime);
  return gateway === null || device === null ? null : device.at - gateway.at;
}

/** The clocks that a gateway has read, by what their Observations are referred to by. */
export function clocksOf(entries: readonly Json[]): Map<string, Ahead> {
  const clocks = new Map<string, Ahead>();
  for (const { fullUrl, resource } of entries) {
    if (!isJson(resource) || resource.resourceType !== 'Observation' || !isClock(resource)) continue;
    const id = textOf(resource.id);
    const names = [textOf(fullUrl), id === null ? null : `Observation/${id}`];
    for (const name of names) if (name !== null) clocks.set(name, aheadOf(resource));
  }
  return clocks;
}

/** What a reading's extension refers to; undefined: its times are the gateway's own. */
function coincidentOf(observation: Json): string | undefined {
  const found = objectsOf(observation.extension).find(({ url }) => url === COINCIDENT);
  if (found === undefined) return undefined;
  return (isJson(found.valueReference) ? textOf(found.valueReference.reference) : null) ?? '';
}

/**
 * A reading that says how its device's clock stood: its time is the one that the gateway corrected it to, and it is told from others
 * by what the device's own clock showed, which stays the same however often the device is read out.
 */
function onItsClock(item: Reading | Whole, ahead: Ahead): Reading | Whole {
  const shown = ahead === null || item.start === null ? {} : { shown: item.start.at + ahead };
  return { ...item, untrustedClock: true, ...shown };
}

/** What the clock of a device showed when the gateway read it: an Observation about the device, kept in the record of who wears it. */
function clockItem(observation: Json, path: string, around: Around): Item {
  const { subject, device: _gateway, ...rest } = observation;
  const item = itemOfObservation(rest, path, around);
  if (item.kind !== 'whole') return item;
  const device: DeviceHint | null = hintOfReference(subject, around.devices);
  return { ...item, ...(device === null ? {} : { device }) };
}

/**
 * The item that an Observation is, of a personal health device or not.
 *
 * @see https://hl7.org/fhir/uv/phd/
 */
export function itemOnClock(observation: Json, path: string, around: Around): Item {
  if (isClock(observation)) return clockItem(observation, path, around);
  const { subject, extension, ...rest } = observation;
  const others = objectsOf(extension).filter(({ url }) => url !== COINCIDENT);
  const about = isJson(subject) ? (textOf(subject.reference) ?? '') : '';
  // A battery is the device's, and the device is that of who wears it.
  const isOfDevice = about.startsWith('Device/') || around.devices.has(about);
  const whose = isOfDevice ? { device: subject, ...rest } : { subject, ...rest };
  const item = itemOfObservation({ ...whose, ...(others.length === 0 ? {} : { extension: others }) }, path, around);
  const coincident = coincidentOf(observation);
  if (coincident === undefined || (item.kind !== 'reading' && item.kind !== 'whole')) return item;
  return onItsClock(item, around.clocks.get(coincident) ?? null);
}
