import { endLeftConsents } from './consents/consents.ts';
import { endWithdrawn } from './consents/withdrawn-consents.ts';
import type { SmartContext } from './context.ts';
import { forgetExpired } from './forget.ts';

/** ms between two looks, and looks between two clearings. */
const EVERY = 60_000;
const CLEARING = 15;

/** Minutes that one looks back for Consents that were withdrawn; and after a start, for nobody looked while nothing ran. */
const BACK = 10;
const WEEK = 7 * 24 * 60;

async function endAllLeft(context: SmartContext, back: number): Promise<void> {
  const tenants = await context.database.query('select id from tenant');
  for (const [tenant] of tenants) {
    await endWithdrawn(context, Number(tenant), back);
    // Each takes a few at most; the rest is there at the next look.
    for (let i = 0; i < 50 && (await endLeftConsents(context, Number(tenant))) > 0; i++);
  }
}

/**
 * What nobody waits for: Consents follow their grants within a minute of their end, and what has expired is deleted.
 *
 * @returns ends it, once what is under way is done
 */
export function keepHouse(context: SmartContext): () => Promise<void> {
  let looks = 0;
  let underWay: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const first = looks === 0;
    const clears = looks % CLEARING === 0;
    looks += 1;
    // What is wrong with one of them must not keep the others waiting for ever.
    await endAllLeft(context, first ? WEEK : BACK).catch(context.onFault);
    if (clears) await forgetExpired(context.database);
  };
  const timer = setInterval(() => {
    underWay = underWay.then(look).catch(context.onFault);
  }, EVERY);
  timer.unref();
  return () => {
    clearInterval(timer);
    return underWay;
  };
}
