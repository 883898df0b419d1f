import type { Json } from '../../fhir/context.ts';
import { escaped } from '../../fhir/search/escape.ts';
import type { DeviceHint, Item } from '../reading.ts';
import { clocksOf, itemOnClock } from './fhir-clock.ts';
import { hintOfDevice } from './fhir-device.ts';
import { itemOfMetric, metricsOf } from './fhir-metric.ts';
import { type Around, alone } from './fhir-observation.ts';
import type { Format } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';

const BESIDE: Readonly<Record<string, string>> = {
  Device: 'A Device is kept with the readings that name it',
  Patient: 'Readings are of a Patient who is here already',
};

/** The names that a resource of a Bundle is referred to by. */
function namesOf(entry: Json, resource: Json): string[] {
  const fullUrl = textOf(entry.fullUrl);
  const id = textOf(resource.id);
  return [...(fullUrl === null ? [] : [fullUrl]), ...(id === null ? [] : [`${resource.resourceType}/${id}`])];
}

/** `Patient?identifier=system|value` of a Patient of the Bundle; null: it has no identifier to look it up by. */
function conditional(resource: Json): string | null {
  const [identifier] = objectsOf(resource.identifier);
  const value = textOf(identifier?.value);
  const system = textOf(identifier?.system) ?? '';
  return value === null ? null : `Patient?identifier=${encodeURIComponent(`${escaped(system)}|${escaped(value)}`)}`;
}

/** What the Observations of a Bundle may refer to in it. */
export function aroundOf(entries: readonly Json[]): Around {
  const devices = new Map<string, DeviceHint>();
  const subjects = new Map<string, string>();
  for (const entry of entries) {
    const { resource } = entry;
    if (!isJson(resource)) continue;
    const names = namesOf(entry, resource);
    if (resource.resourceType === 'Device')
      for (const name of names) devices.set(name, hintOfDevice(resource, names[0] ?? null));
    const looked = resource.resourceType === 'Patient' ? conditional(resource) : null;
    // A reference by type and id is to one of ours, whatever stands in the Bundle.
    if (looked !== null) for (const name of names) if (!name.startsWith('Patient/')) subjects.set(name, looked);
  }
  const metrics = entries.flatMap((entry) =>
    isJson(entry.resource) && entry.resource.resourceType === 'DeviceMetric'
      ? [{ metric: entry.resource, names: namesOf(entry, entry.resource) }]
      : [],
  );
  return { devices, subjects, clocks: clocksOf(entries), metrics: metricsOf(metrics, devices) };
}

/** The item that a resource of any type is. */
export function itemOfResource(resource: unknown, path: string, around: Around): Item {
  if (!isJson(resource) || typeof resource.resourceType !== 'string')
    return unreadable(
      path === '' ? 'Observation' : path,
      'A FHIR resource is expected: an Observation, a Device or a DeviceMetric',
      'structure',
    );
  const { resourceType } = resource;
  if (resourceType === 'Observation') return itemOnClock(resource, path === '' ? 'Observation' : path, around);
  if (resourceType === 'DeviceMetric') return itemOfMetric(resource, path === '' ? resourceType : path, around.devices);
  const beside = BESIDE[resourceType];
  if (beside !== undefined) return { kind: 'nothing', path: path === '' ? resourceType : path, why: beside };
  const why = `A ${resourceType} is no reading: allowed are Observation, the Device that it names and its DeviceMetric`;
  return unreadable(path === '' ? resourceType : path, why, 'not-supported');
}

function* read(payload: unknown, path: string): Generator<Item> {
  if (Array.isArray(payload)) {
    for (const [index, one] of payload.entries()) yield itemOfResource(one, below(path, `[${index}]`), alone);
    return;
  }
  if (isJson(payload) && payload.resourceType === undefined && payload.resource !== undefined) {
    yield itemOfResource(payload.resource, below(path, 'resource'), alone);
    return;
  }
  if (!isJson(payload) || payload.resourceType !== 'Bundle') {
    yield itemOfResource(payload, path, alone);
    return;
  }
  const top = path === '' ? 'Bundle' : path;
  if (!Array.isArray(payload.entry)) {
    yield unreadable(below(top, 'entry'), 'A Bundle of readings needs entries', 'required');
    return;
  }
  const around = aroundOf(objectsOf(payload.entry));
  for (const [index, entry] of payload.entry.entries())
    yield itemOfResource(isJson(entry) ? entry.resource : entry, below(top, `entry[${index}].resource`), around);
}

/** @see https://hl7.org/fhir/R4/observation.html */
export const fhir: Format = {
  name: 'fhir',
  description: 'FHIR R4 Observations, alone or in a Bundle, with the Devices that they name',
  elements: [['entry'], []],
  read: (payload, path) => read(payload, path),
};
