import { type Database, DatabaseError, type Param, type Queryable, type Row } from './database.ts';
import { databaseError, reads } from './faults.ts';
import { LineLost } from './line.ts';
import { byKeySettings } from './planning.ts';
import { openPool, type Pool, type PoolOptions, type Slot } from './pool.ts';
import { sleep } from './processes.ts';
import type { Target } from './target.ts';

export type ConnectOptions = Partial<PoolOptions>;

const defaults: PoolOptions = { lines: 4, deadline: 30_000, patience: 5000, log: () => {} };

/** Times a transaction is run again after a conflict, and a read after its connection was lost. */
const RETRIES = 5;

/**
 * A Database on one Postgres. Connections that end are replaced; while Postgres cannot be reached statements wait
 * `patience`, then fail as unavailable, and go through again as soon as it is back.
 *
 * A read whose connection was lost is sent again. A write is not, unless it was part of a transaction that had not come
 * to its commit: whether it took effect is `unknown`, and its caller has to look.
 *
 * @throws DatabaseError when Postgres cannot be reached now
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Database> {
  const [pool, keyed, planned] = await openPools(
    target,
    { ...defaults, ...options },
    // Reads by id and the batches of writes are a lane or two each.
    { lines: 4, settings: byKeySettings, log: () => {} },
    { settings: { plan_cache_mode: 'force_generic_plan' }, log: () => {} },
  );

  async function transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const slot = await pool.reserve();
      try {
        return await attemptOn(slot, work);
      } catch (error) {
        const failure = error instanceof DatabaseError ? error : null;
        const again = failure?.fault === 'conflict' || failure?.cause instanceof LineLost;
        if (!again || failure?.fault === 'unknown' || failure?.fault === 'timeout' || attempt >= RETRIES) throw error;
      } finally {
        pool.release(slot);
      }
      // Transactions that met must not meet again.
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }

  return {
    ...statements(pool),
    byKey: statements(keyed),
    planned: statements(planned),
    transaction,
    async close() {
      await Promise.all([pool.close(), keyed.close(), planned.close()]);
    },
  };
}

/** All three, or none: when one cannot be opened, those that could are closed again. */
async function openPools(
  target: Target,
  options: PoolOptions,
  keyed: Partial<PoolOptions>,
  planned: Partial<PoolOptions>,
): Promise<[Pool, Pool, Pool]> {
  const opened: Pool[] = [];
  const open = async (own: Partial<PoolOptions>): Promise<Pool> => {
    const pool = await openPool(target, { ...options, ...own });
    opened.push(pool);
    return pool;
  };
  try {
    return [await open({}), await open(keyed), await open(planned)];
  } catch (error) {
    await Promise.all(opened.map((pool) => pool.close()));
    throw databaseError(error, true);
  }
}

/** Statements outside transactions, each on the line that is least busy. */
function statements(pool: Pool): Queryable {
  return {
    async query(text, params = []) {
      const harmless = reads(text);
      for (let attempt = 0; ; attempt++) {
        const taken = pool.take();
        const slot = taken instanceof Promise ? await taken : taken;
        try {
          return await slot.line.run(text, params);
        } catch (error) {
          const again = harmless && error instanceof LineLost && !error.deadline && attempt < RETRIES;
          if (!again) throw databaseError(error, harmless);
        } finally {
          pool.done(slot);
        }
      }
    },
  };
}

/** One run of a transaction, from begin to commit or rollback. */
async function attemptOn<T>({ line }: Slot, work: (tx: Queryable) => Promise<T>): Promise<T> {
  let open = true;
  const run = async (text: string, params: readonly Param[] = []): Promise<Row[]> => {
    if (!open) throw new DatabaseError('fault', 'the transaction is over');
    // Until the commit nothing it did outlives the connection.
    return line.run(text, params).catch((error) => {
      throw databaseError(error, true);
    });
  };
  try {
    await run('begin');
    const value = await work({ query: run });
    open = false;
    const committed = await line.commit().catch((error) => {
      throw databaseError(error, false);
    });
    if (!committed) throw new DatabaseError('fault', 'a statement of the transaction failed and its error was dropped');
    return value;
  } catch (error) {
    open = false;
    if (line.alive) await line.run('rollback', []).catch(() => line.destroy('a transaction could not be rolled back'));
    throw error;
  }
}
