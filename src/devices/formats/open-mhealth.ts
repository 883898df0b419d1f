import type { Item } from '../reading.ts';
import type { Format } from './format.ts';
import { below, isJson, unreadable } from './json.ts';
import { itemsOfDataPoint } from './open-mhealth/data-point.ts';

function* pointOf(payload: unknown, path: string, zone: number): Generator<Item> {
  if (isJson(payload)) yield* itemsOfDataPoint(payload, path, zone);
  else yield unreadable(path, 'A data point is a JSON object with a header and a body', 'structure');
}

function* read(payload: unknown, path: string, zone: number): Generator<Item> {
  if (Array.isArray(payload)) {
    for (const [index, one] of payload.entries()) yield* pointOf(one, below(path, `[${index}]`), zone);
    return;
  }
  yield* pointOf(payload, path, zone);
}

/** @see https://www.openmhealth.org and https://standards.ieee.org/ieee/1752.1/6982/ */
export const openMhealth: Format = {
  name: 'open-mhealth',
  description: 'Data points of Open mHealth and IEEE 1752.1: a header that names a schema, and a body of it',
  elements: [[]],
  read: (payload, path, { zone }) => read(payload, path, zone),
};
