import type { Database } from '../../db/database.ts';
import { NotRecorded } from '../../fhir/audit/not-recorded.ts';
import { type Lane, lane } from '../../fhir/store/coalesce.ts';
import { appendBlock, fileBlocks } from './block.ts';
import type { LedgerRow } from './row.ts';

export type Ledger = {
  /**
   * Adds rows, in a block with those of others at the same time.
   *
   * @throws NotRecorded, where they could not be added: what they are about must not leave
   */
  append(tenant: number, rows: readonly LedgerRow[]): Promise<void>;
  /** The tenants that something was added for since this was asked last. */
  touched(): number[];
  /** Files before long what was added in a transaction. */
  later(tenant: number): void;
  /** Waits until what is being filed is. */
  settled(): Promise<void>;
};

const ledgers = new WeakMap<Database, Ledger>();

/** The ledger of a database: one in each process, so that what comes at the same time is one block. */
export function ledgerOf(database: Database, now: () => number): Ledger {
  let found = ledgers.get(database);
  if (!found) {
    found = openLedger(database, now);
    ledgers.set(database, found);
  }
  return found;
}

/** ms from the first block that is not filed until it is. */
const LATER = 250;

/** Rows in one block. */
const most = 500;

function openLedger(database: Database, now: () => number): Ledger {
  const lanes = new Map<number, Lane<readonly LedgerRow[], undefined>>();
  const touched = new Set<number>();
  const unfiled = new Set<number>();
  let filing: Promise<void> = Promise.resolve();
  let isPlanned = false;

  async function file(): Promise<void> {
    isPlanned = false;
    const tenants = [...unfiled];
    unfiled.clear();
    for (const tenant of tenants) {
      // What is not filed now is found all the same, and filed with the next.
      await fileBlocks(database.byKey, tenant).catch(() => undefined);
    }
  }
  function fileLater(tenant: number): void {
    unfiled.add(tenant);
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      filing = filing.then(file);
    }, LATER).unref();
  }

  const laneOf = (tenant: number): Lane<readonly LedgerRow[], undefined> => {
    let found = lanes.get(tenant);
    if (!found) {
      found = lane({
        // Blocks of one tenant follow each other; what comes while one is written is the next.
        width: 1,
        maxWeight: most,
        weight: (rows) => rows.length,
        // A row that Postgres does not take must not take the others with it.
        separable: (error) => error instanceof NotRecorded && (error.sqlstate?.startsWith('22') ?? false),
        async run(items) {
          try {
            await appendBlock(database.byKey, tenant, items.flat(), now());
          } catch (error) {
            throw new NotRecorded(error);
          }
          touched.add(tenant);
          fileLater(tenant);
          return new Array<undefined>(items.length);
        },
      });
      lanes.set(tenant, found);
    }
    return found;
  };
  return {
    append: (tenant, rows) => laneOf(tenant).push(rows),
    touched() {
      const all = [...touched];
      touched.clear();
      return all;
    },
    later: fileLater,
    settled: () => filing,
  };
}
