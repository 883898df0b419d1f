import { endLeftConsents } from './consents.ts';
import type { SmartContext } from './context.ts';
import { forgetExpired } from './forget.ts';

/** ms between two looks, and looks between two clearings. */
const EVERY = 60_000;
const CLEARING = 15;

async function endAllLeft(context: SmartContext): Promise<void> {
  const tenants = await context.database.query('select id from tenant');
  for (const [tenant] of tenants) {
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
    await endAllLeft(context);
    if (looks++ % CLEARING === 0) await forgetExpired(context.database);
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
