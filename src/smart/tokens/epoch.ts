import type { Queryable } from '../../db/database.ts';

/** The revocation epoch of a tenant, as it stands after the call: '0' where nothing was ever revoked. */
export type Epochs = (tenant: number) => Promise<string>;

type Batch = { tenants: Set<number>; answer: Promise<Map<number, string>>; start: () => void };

/**
 * Requests that are in flight together share one statement. It always starts after the last of them has asked: an answer
 * that was under way already could be older than a revocation that came before the request.
 */
export function createEpochs(database: Queryable): Epochs {
  let running = false;
  let waiting: Batch | null = null;

  async function read(tenants: Set<number>): Promise<Map<number, string>> {
    const rows = await database.query('select tenant, epoch from revocation_epoch where tenant = any($1)', [
      [...tenants],
    ]);
    return new Map(rows.map(([tenant, epoch]) => [Number(tenant), String(epoch)]));
  }

  function next(): void {
    const batch = waiting;
    waiting = null;
    running = batch !== null;
    batch?.start();
  }

  function newBatch(): Batch {
    const tenants = new Set<number>();
    const { promise, resolve, reject } = Promise.withResolvers<Map<number, string>>();
    const start = (): void => {
      read(tenants).then(resolve, reject);
      promise.then(next, next);
    };
    return { tenants, answer: promise, start };
  }

  return async (tenant) => {
    const first = waiting === null;
    waiting ??= newBatch();
    const batch = waiting;
    batch.tenants.add(tenant);
    // What arrives in the same turn of the loop comes along.
    if (first && !running) {
      running = true;
      setImmediate(next);
    }
    return (await batch.answer).get(tenant) ?? '0';
  };
}
