import type { Period, Timing } from '@medplum/fhirtypes';

import { parseInterval } from '../dates.ts';
import type { Draft, Slot } from './draft.ts';

/** Milliseconds since 1970, half open; infinite where a Period is open. */
export type Span = { low: number; high: number };

function textSpan(text: string): Span | null {
  const found = parseInterval(text);
  return found && { low: found.start, high: found.end };
}

function periodSpan({ start, end }: Period): Span | null {
  if (start === undefined && end === undefined) return null;
  const low = start === undefined ? null : parseInterval(start);
  const high = end === undefined ? null : parseInterval(end);
  return { low: low?.start ?? Number.NEGATIVE_INFINITY, high: high?.end ?? Number.POSITIVE_INFINITY };
}

/** Of a Timing only the outer limits count: a schedule includes the days between its own. */
function timingSpan({ event = [], repeat }: Timing): Span | null {
  let limits = repeat?.boundsPeriod ? periodSpan(repeat.boundsPeriod) : null;
  for (const text of event) {
    // An event may be null beside its extensions.
    const span = text === null ? null : textSpan(text);
    if (span === null) continue;
    limits = limits
      ? { low: Math.min(limits.low, span.low), high: Math.max(limits.high, span.high) }
      : { low: span.low, high: span.high };
  }
  return limits;
}

/**
 * The span each FHIR type covers; null where the value has no date.
 *
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export const spans = {
  date: textSpan,
  dateTime: textSpan,
  instant: textSpan,
  Period: periodSpan,
  Timing: timingSpan,
};

function add(x: Draft, slot: Slot, span: Span | null): void {
  if (span === null) return;
  x.found++;
  if (slot.column === 'date') x.periods.push({ ...span, slot });
  else x.dates.push({ param: slot.id, companion: 0, ...span });
}

const text = (x: Draft, slot: Slot, written: string): void => add(x, slot, textSpan(written));

/** How each FHIR type is searched as a date. */
export const date = {
  date: text,
  dateTime: text,
  instant: text,
  Period: (x: Draft, slot: Slot, period: Period): void => add(x, slot, periodSpan(period)),
  Timing: (x: Draft, slot: Slot, timing: Timing): void => add(x, slot, timingSpan(timing)),
};
