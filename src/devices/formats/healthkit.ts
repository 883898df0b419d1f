import type { Item } from '../reading.ts';
import type { Format } from './format.ts';
import { itemOfHealthKitObservation } from './healthkit/on-fhir.ts';
import { itemsOfSample } from './healthkit/sample.ts';
import { below, isJson, unreadable } from './json.ts';

function* read(payload: unknown, path: string, zone: number): Generator<Item> {
  if (Array.isArray(payload)) {
    for (const [index, one] of payload.entries()) yield* read(one, below(path, `[${index}]`), zone);
    return;
  }
  if (!isJson(payload)) {
    yield unreadable(path, 'A sample of HealthKit, or an Observation of one, is a JSON object', 'structure');
    return;
  }
  if (payload.resourceType === 'Bundle' && Array.isArray(payload.entry)) {
    for (const [index, one] of payload.entry.entries())
      yield* read(one, below(path || 'Bundle', `entry[${index}]`), zone);
    return;
  }
  if (payload.resourceType === undefined && isJson(payload.resource)) {
    yield* read(payload.resource, below(path, 'resource'), zone);
    return;
  }
  if (Array.isArray(payload.samples) && payload.type === undefined) {
    yield* read(payload.samples, below(path, 'samples'), zone);
    return;
  }
  if (payload.resourceType === 'Observation') yield itemOfHealthKitObservation(payload, path || 'Observation');
  else if (payload.resourceType === undefined) yield* itemsOfSample(payload, path, zone);
  else yield unreadable(path, 'An Observation is expected, or a sample of HealthKit', 'not-supported');
}

/** @see https://developer.apple.com/documentation/healthkit */
export const healthKit: Format = {
  name: 'healthkit',
  description: 'Samples of Apple HealthKit, as JSON or as the FHIR R4 Observations that HealthKitOnFHIR makes of them',
  elements: [['samples'], ['entry'], []],
  read: (payload, path, { zone }) => read(payload, path, zone),
};
