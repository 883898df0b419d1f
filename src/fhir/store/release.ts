import { admits, type GateColumns, type Grant, type Interaction } from '../access.ts';

/** A row that left the database and has not been released yet, or has: see release. */
export type Stored = GateColumns & {
  type: string;
  id: string;
  version: number;
  lastUpdated: Date;
  /** The exact JSON text that is served. */
  content: string;
};

/**
 * A row of a statement that selects version, last_updated, patient, patients, labels::float8 and content, in this order.
 */
export function stored(type: string, id: string, row: readonly unknown[]): Stored {
  const [version, lastUpdated, patient, patients, labels, content] = row;
  // The select list fixes the shape of the row.
  return {
    type,
    id,
    version: version as number,
    lastUpdated: lastUpdated as Date,
    patient: patient as string | null,
    patients: patients as string[] | null,
    labels: labels as number,
    content: content as string,
  };
}

/** A row came out of the database that the grant does not cover: a Scan was wrong. It is our fault, never the caller's. */
export class GateMismatch extends Error {
  constructor(type: string) {
    super(`a scan of ${type} returned a row outside its grant`);
  }
}

/**
 * The last thing that happens to rows before their bytes may go out: each is held against the grant once more.
 * A mismatch is thrown, not dropped, so that a wrong Scan is found and not hidden.
 */
export function release<T extends GateColumns & { type: string }>(
  grant: Grant,
  rows: readonly T[],
  interaction: Interaction | ((row: T) => Interaction),
): readonly T[] {
  for (const row of rows) {
    const needed = typeof interaction === 'function' ? interaction(row) : interaction;
    if (!admits(grant, row.type, row, needed)) throw new GateMismatch(row.type);
  }
  return rows;
}
