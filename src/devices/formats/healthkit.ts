import type { Item } from '../reading.ts';
import type { Format } from './format.ts';
import { itemOfHealthKitObservation } from './healthkit/on-fhir.ts';
import { itemsOfSample } from './healthkit/sample.ts';
import { below, isJson, unreadable } from './json.ts';

/** One sample, or the entry of a Bundle that one is in. */
function* one(payload: unknown, path: string, zone: number): Generator<Item> {
  if (!isJson(payload)) {
    yield unreadable(path, 'A sample of HealthKit, or an Observation of one, is a JSON object', 'structure');
    return;
  }
  const isEntry = payload.resourceType === undefined && isJson(payload.resource);
  const sample = isEntry && isJson(payload.resource) ? payload.resource : payload;
  const at = isEntry ? below(path, 'resource') : path;
  if (sample.resourceType === 'Observation') yield itemOfHealthKitObservation(sample, at || 'Observation');
  else if (sample.resourceType === undefined) yield* itemsOfSample(sample, at, zone);
  else yield unreadable(at, 'An Observation is expected, or a sample of HealthKit', 'not-supported');
}

/** The list in a payload, with what stands before the paths of its elements; null: it is one sample. */
function listOf(payload: unknown, path: string): { list: readonly unknown[]; at: string } | null {
  if (Array.isArray(payload)) return { list: payload, at: path };
  if (!isJson(payload)) return null;
  if (payload.resourceType === 'Bundle' && Array.isArray(payload.entry)) {
    return { list: payload.entry, at: below(path || 'Bundle', 'entry') };
  }
  const isEnvelope = payload.resourceType === undefined && payload.type === undefined;
  return isEnvelope && Array.isArray(payload.samples) ? { list: payload.samples, at: below(path, 'samples') } : null;
}

function* read(payload: unknown, path: string, zone: number): Generator<Item> {
  const found = listOf(payload, path);
  if (found === null) {
    yield* one(payload, path, zone);
    return;
  }
  for (const [index, element] of found.list.entries()) yield* one(element, `${found.at}[${index}]`, zone);
}

/** @see https://developer.apple.com/documentation/healthkit */
export const healthKit: Format = {
  name: 'healthkit',
  description: 'Samples of Apple HealthKit, as JSON or as the FHIR R4 Observations that HealthKitOnFHIR makes of them',
  elements: [['samples'], ['entry'], []],
  read: (payload, path, { zone }) => read(payload, path, zone),
};
