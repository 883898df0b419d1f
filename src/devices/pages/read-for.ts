import type { RollUpSpan } from '../../fhir/samples/roll-up-codes.ts';
import type { Measure } from '../measures.ts';
import type { Adding, RangeName } from './plot.ts';
import type { Point } from './point.ts';
import { glanceAt, type Looking, type Read, readingsOf } from './readings.ts';
import { rolledOf } from './rolled.ts';

/** Readings that are read one by one; of more it is drawn what the server has summed up. */
const FEW = 3000;

type Asked = { from: number; to: number; device: string | null; range: RangeName; adding: Adding };

const spanOf = ({ range, adding }: Asked): RollUpSpan | null => {
  if (range === 'month' || range === 'year') return 'daily';
  if (adding === 'sum') return range === 'day' ? 'hourly' : 'daily';
  return range === 'week' ? 'hourly' : null;
};

/** What was there before anything was summed up. */
async function readBefore(
  looking: Looking,
  measure: Measure,
  { from, to }: { from: number; to: number },
): Promise<Point[]> {
  if (from >= to) return [];
  const { points } = await readingsOf(looking, measure, { from, to, device: null });
  return points;
}

/**
 * What to draw of a time: its readings; or what was summed up of them, where they are many, or where they add up and several
 * sources may have counted the same.
 */
export async function readFor(looking: Looking, measure: Measure, asked: Asked): Promise<Read> {
  const { from, to, device, adding } = asked;
  const span = spanOf(asked);
  if (device !== null || span === null || measure.roll === null) return readingsOf(looking, measure, asked);
  const { count, devices } = await glanceAt(looking, measure, { from, to });
  if (count > FEW || (adding === 'sum' && devices.length > 1)) {
    const points = await rolledOf(looking, measure, { from, to, span });
    const [first] = points;
    if (first !== undefined) {
      const before = adding === 'mean' ? await readBefore(looking, measure, { from, to: first.start }) : [];
      return { rolled: true, devices, points: [...before, ...points], cut: false };
    }
  }
  return readingsOf(looking, measure, asked);
}
