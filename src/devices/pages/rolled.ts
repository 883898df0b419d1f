import type { Observation } from '@medplum/fhirtypes';

import { statisticsSystem } from '../../fhir/operations/stats-components.ts';
import { type RollUpSpan, rollUpCode, rollUpSystem } from '../../fhir/samples/roll-up-codes.ts';
import { searchPage } from '../../privacy/pages/ask.ts';
import type { Measure } from '../measures.ts';
import { clockOf, type Point, samplesOf } from './point.ts';
import type { Looking } from './readings.ts';

function statisticOf({ component = [] }: Observation, code: string): number | null {
  const found = component.find((one) =>
    one.code.coding?.some((coding) => coding.system === statisticsSystem && coding.code === code),
  );
  return found?.valueQuantity?.value ?? found?.valueInteger ?? null;
}

type Seen = Observation & { id: string };

/** A day as one point, an hour as the minutes that it has. */
function pointsOf({ roll }: Measure, observation: Seen, span: RollUpSpan): Point[] {
  const { effectivePeriod, valueSampledData } = observation;
  const [start, end] = [clockOf(effectivePeriod?.start ?? ''), clockOf(effectivePeriod?.end ?? '')];
  if (start === null || end === null) return [];
  const common = { zone: start.zone, said: null, device: observation.device?.reference ?? null, observation };
  if (span === 'hourly') {
    if (valueSampledData === undefined) return [];
    const { period } = valueSampledData;
    return samplesOf(valueSampledData).map(({ at, value }) => {
      const from = start.at + at;
      return { ...common, start: from, end: roll === 'sum' ? from + period : from, values: [value], spread: null };
    });
  }
  const value = statisticOf(observation, roll === 'sum' ? 'sum' : 'average');
  const [low, high] = [statisticOf(observation, 'minimum'), statisticOf(observation, 'maximum')];
  const count = statisticOf(observation, 'count') ?? 1;
  if (value === null) return [];
  const spread = { low: low ?? value, high: high ?? value, count };
  // The last millisecond of a day belongs to it.
  return [{ ...common, start: start.at, end: Math.ceil(end.at / 1000) * 1000, values: [value], spread }];
}

const DAY = 86_400_000;

/** What was summed up of a measure, each time of the one source that comes first: its hours or days within [from, to) of the clock; none where nothing was summed up. */
export async function rolledOf(
  looking: Looking,
  measure: Measure,
  { from, to, span }: { from: number; to: number; span: RollUpSpan },
): Promise<Point[]> {
  const query = new URLSearchParams({
    patient: `Patient/${looking.patient}`,
    code: `${rollUpSystem}|${rollUpCode(measure.id, span)}`,
    'status:not': 'entered-in-error',
    _sort: 'date',
    _count: '1000',
  });
  query.append('date', `ge${new Date(from - DAY).toISOString()}`);
  query.append('date', `lt${new Date(to + DAY).toISOString()}`);
  const { found } = await searchPage<Observation>(looking, 'Observation', query.toString());
  return found.flatMap((one) => pointsOf(measure, one, span)).filter(({ start }) => from <= start && start < to);
}
