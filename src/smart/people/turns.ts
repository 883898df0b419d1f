/** Does work when it is its turn. @returns null, at once, where too many wait already */
export type Turns = <T>(work: () => Promise<T>) => Promise<T | null>;

/** Work of which only so much is done at once, and so much waits; the rest is told to come again. */
export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (line.length >= waiting) return null;
      // Who ends hands its place to the next.
      await new Promise<void>((go) => line.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
