import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, Item, Reading, Whole } from '../reading.ts';
import { deviceTime } from './device-time.ts';
import { aroundOf, itemOfResource } from './fhir.ts';
import { hintOfReference } from './fhir-device.ts';
import { type Around, itemOfObservation } from './fhir-observation.ts';
import { codingsOf } from './fhir-value.ts';
import type { Format } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';

const PHD = 'http://hl7.org/fhir/uv/phd/StructureDefinition';
const COINCIDENT = `${PHD}/CoincidentTimeStampReference`;

/** MDC_ATTR_TIME_ABS: what the clock of a device showed. */
const CLOCK = { system: 'urn:iso:std:iso:11073:10101', code: '67975' };

/** ms that a device's clock is ahead of the gateway's; null: it had a fault, or was set in between. */
type Ahead = number | null;

const isClock = ({ code, meta }: Json): boolean =>
  codingsOf(code).some((one) => one.system === CLOCK.system && one.code === CLOCK.code) ||
  (isJson(meta) && Array.isArray(meta.profile) && meta.profile.includes(`${PHD}/PhdCoincidentTimeStampObservation`));

function aheadOf({ effectiveDateTime, valueDateTime }: Json): Ahead {
  const gateway = deviceTime(effectiveDateTime);
  const device = deviceTime(valueDateTime);
  return gateway === null || device === null ? null : device.at - gateway.at;
}

/** The clocks that were read, by what their Observations are referred to by. */
function clocksOf(entries: readonly Json[]): Map<string, Ahead> {
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

function itemOf(resource: unknown, path: string, around: Around, clocks: ReadonlyMap<string, Ahead>): Item {
  if (!isJson(resource) || resource.resourceType !== 'Observation') return itemOfResource(resource, path, around);
  if (isClock(resource)) return clockItem(resource, path, around);
  const { subject, extension, ...rest } = resource;
  const others = objectsOf(extension).filter(({ url }) => url !== COINCIDENT);
  const about = isJson(subject) ? (textOf(subject.reference) ?? '') : '';
  // A battery is the device's, and the device is that of who wears it.
  const isOfDevice = about.startsWith('Device/') || around.devices.has(about);
  const whose = isOfDevice ? { device: subject, ...rest } : { subject, ...rest };
  const item = itemOfObservation({ ...whose, ...(others.length === 0 ? {} : { extension: others }) }, path, around);
  const coincident = coincidentOf(resource);
  if (coincident === undefined || (item.kind !== 'reading' && item.kind !== 'whole')) return item;
  return onItsClock(item, clocks.get(coincident) ?? null);
}

function* read(payload: unknown, path: string): Generator<Item> {
  if (!isJson(payload) || payload.resourceType !== 'Bundle') {
    const alone = isJson(payload) ? [{ resource: payload }] : [];
    const type = isJson(payload) ? (textOf(payload.resourceType) ?? 'Observation') : 'Observation';
    yield itemOf(payload, path === '' ? type : path, aroundOf(alone), new Map());
    return;
  }
  const top = path === '' ? 'Bundle' : path;
  if (!Array.isArray(payload.entry)) {
    yield unreadable(below(top, 'entry'), 'A Bundle of readings needs entries', 'required');
    return;
  }
  const entries = objectsOf(payload.entry);
  const around = aroundOf(entries);
  const clocks = clocksOf(entries);
  for (const [index, entry] of payload.entry.entries())
    yield itemOf(isJson(entry) ? entry.resource : entry, below(top, `entry[${index}].resource`), around, clocks);
}

/** @see https://hl7.org/fhir/uv/phd/ */
export const ieee11073: Format = {
  name: 'ieee-11073',
  description:
    'Observations of IEEE 11073 personal health devices, alone or in a Bundle, as the HL7 Personal Health Device guide 1.1 writes them',
  read: (payload, path) => read(payload, path),
};
