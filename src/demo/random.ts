/** Numbers that look random and are the same on every machine for the same seed. */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** Around `mean`; two thirds within `spread` of it, none further than three times. */
  near(mean: number, spread: number): number;
  chance(probability: number): boolean;
  /** One of a list, which is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
};

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/**
 * A stream of its own for each subject, so that a longer list of one thing does not change every other.
 *
 * @param subject what the numbers are for: `amara-osei heart-rate`
 * @see https://en.wikipedia.org/wiki/Weyl_sequence (the generator is mulberry32)
 */
export function random(seed: number, subject: string): Random {
  let state = (hash(subject) ^ seed) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    // The sum of six even draws is close enough to a bell, and has no tails to clamp.
    near: (mean, spread) => mean + (next() + next() + next() + next() + next() + next() - 3) * Math.SQRT2 * spread,
    chance: (probability) => next() < probability,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
  };
}
