/** What may be done within a second, and how much of it at once. */
export type Rate = { perSecond: number; most: number };

/** What is left of it. Times are ms of any clock that does not go back. */
export type Bucket = { left: number; at: number };

export const fullBucket = ({ most }: Rate, now: number): Bucket => ({ left: most, at: now });

/** Whether there was as much left; then it is taken. */
export function takeFrom(bucket: Bucket, { perSecond, most }: Rate, now: number, amount = 1): boolean {
  bucket.left = Math.min(most, bucket.left + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
  if (bucket.left < amount) return false;
  bucket.left -= amount;
  return true;
}

/** Sockets that are asked for from one network: a clinic has one address, and all of it comes back after a restart. */
const asking: Rate = { perSecond: 5, most: 300 };
/** Networks that are remembered. */
const REMEMBERED = 10_000;

/** Counts in this process, so that who asks without end costs the database nothing. */
export function createAttempts(rate: Rate = asking): (network: string, now: number) => boolean {
  const buckets = new Map<string, Bucket>();
  return (network, now) => {
    const bucket = buckets.get(network) ?? fullBucket(rate, now);
    // Who asked last is the last to be forgotten.
    buckets.delete(network);
    buckets.set(network, bucket);
    if (buckets.size > REMEMBERED)
      for (const [oldest] of [...buckets].slice(0, REMEMBERED / 10)) buckets.delete(oldest);
    return takeFrom(bucket, rate, now);
  };
}
