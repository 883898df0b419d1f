import type { Canonical } from './canonical.ts';
import { measureOf } from './measures.ts';
import type { Whole } from './reading.ts';

/** What a sample is made of; null: the reading is more than a sample has room for, and is a resource. */
export function sampleOf(
  reading: Canonical | Whole,
): { measure: string; value: number; start: number; zone: number; duration: number } | null {
  if (reading.kind !== 'reading') return null;
  const { measure, value, start, duration } = reading;
  if (measureOf(measure)?.tier !== 'sample' || typeof value !== 'number') return null;
  if (reading.components || reading.more || reading.metric || reading.untrustedClock || reading.selfReported)
    return null;
  if (duration > longest) return null;
  return { measure, value, start: start.at, zone: start.zone, duration };
}

/** ms: what the column of a sample holds, some 24 days. */
const longest = 2 ** 31 - 1;
