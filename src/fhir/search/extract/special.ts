import type { Draft, Slot } from './draft.ts';

/** Location.position; degrees, WGS 84. https://hl7.org/fhir/R4/location.html#positional */
export const special = {
  'Location.position'(x: Draft, slot: Slot, { latitude, longitude }: { latitude?: number; longitude?: number }): void {
    if (latitude === undefined || longitude === undefined) return;
    x.found++;
    x.positions.push({ param: slot.id, latitude, longitude });
  },
};
