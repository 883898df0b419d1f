/** What is under way, or waits, by its key. */
const last = new Map<string, Promise<unknown>>();

/**
 * Does what has the same key one after the other within this process. Who would only wait for a lock of the database does not hold
 * a connection to it meanwhile, of which there are few.
 */
export async function inTurn<T>(key: string, run: () => Promise<T>): Promise<T> {
  const before = last.get(key);
  const own = before === undefined ? run() : before.then(run, run);
  last.set(key, own);
  try {
    return await own;
  } finally {
    if (last.get(key) === own) last.delete(key);
  }
}
