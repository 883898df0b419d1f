import { setImmediate, setTimeout } from 'node:timers/promises';

/** ms: answers of one kind leave at multiples of it from when they were asked for. */
const STEP = 2;

/**
 * Waits until a multiple of two milliseconds from the start. What is not there is answered then, and what is hidden: by how many
 * microseconds longer it took to look at what somebody may not see is not to be measured.
 *
 * @param started of performance.now()
 */
export async function evened(started: number): Promise<void> {
  const due = started + Math.ceil((performance.now() - started) / STEP) * STEP;
  // A timer is off by up to a millisecond, so the last of it is waited for turn by turn.
  if (due - performance.now() > 1.3) await setTimeout(1);
  while (performance.now() < due) await setImmediate();
}
