import { type Refusal, tooManyRequests } from '../fhir/outcome.ts';

/** ms for which is counted. */
const WINDOW = 60_000;
/** Senders that are remembered at a time. */
const REMEMBERED = 10_000;

export type LimitsOf = {
  /** Requests of one sender in a minute. */
  requests: number;
  /** Readings of one sender in a minute. */
  readings: number;
};

/** What one sender may ask for within a minute, counted in this process. */
export type Limits = {
  /** Counts one request; a 429 with the seconds to wait where there were too many requests or readings already. */
  admit(sender: string, now: number): Refusal | null;
  /** Counts readings that came. */
  count(sender: string, readings: number, now: number): void;
};

export const usualLimits: LimitsOf = { requests: 600, readings: 3_000_000 };

type Counted = { since: number; requests: number; readings: number };

export function createLimits({ requests, readings }: LimitsOf = usualLimits): Limits {
  const known = new Map<string, Counted>();
  const countedOf = (sender: string, now: number): Counted => {
    const found = known.get(sender);
    if (found !== undefined && now - found.since < WINDOW) return found;
    known.delete(sender);
    if (known.size >= REMEMBERED) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    const counted = { since: now, requests: 0, readings: 0 };
    known.set(sender, counted);
    return counted;
  };
  return {
    admit(sender, now) {
      const counted = countedOf(sender, now);
      counted.requests += 1;
      if (counted.requests <= requests && counted.readings < readings) return null;
      const wait = Math.max(1, Math.ceil((counted.since + WINDOW - now) / 1000));
      const text = `A sender may submit ${requests} times and ${readings} readings in a minute; wait ${wait} seconds`;
      return { ...tooManyRequests(text), headers: { 'Retry-After': String(wait) } };
    },
    count(sender, came, now) {
      countedOf(sender, now).readings += came;
    },
  };
}
