import { admitting, type GateRow, type Grant, type Interaction, mayAdmit, type Projection } from '../access.ts';
import { expand } from '../audit/render.ts';

/** A row that left the database and has not been released yet, or has: see release. */
export type Stored = GateRow & {
  type: string;
  version: number;
  lastUpdated: Date;
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
    content: expand(type, content as string),
  };
}

/** A row came out of the database that the grant does not cover: a Scan was wrong. It is our fault, never the caller's. */
export class GateMismatch extends Error {
  constructor(type: string) {
    super(`a scan of ${type} returned a row outside its grant`);
  }
}

/** One interaction, or two of which either will do. */
type Needed = Interaction | readonly [Interaction, Interaction];

/**
 * The last thing that happens to rows before their bytes may go out: each is held against the grant once more, reduced to what
 * the grant shows of it, and noted for the ledger.
 * A mismatch is thrown, not dropped, so that a wrong Scan is found and not hidden. What is dropped are candidates: rows whose
 * columns say what a rule asks for, and whose text does not.
 */
export function release<T extends GateRow & { type: string }>(
  grant: Grant,
  rows: readonly T[],
  interaction: Needed | ((row: T) => Needed),
): readonly T[] {
  const released: T[] = [];
  for (const row of rows) {
    const needed = typeof interaction === 'function' ? interaction(row) : interaction;
    const [one, or] = typeof needed === 'string' ? [needed, needed] : needed;
    const rule = admitting(grant, row.type, row, one, or);
    if (rule === null) {
      if (!mayAdmit(grant, row.type, row, one, or)) throw new GateMismatch(row.type);
      continue;
    }
    note(grant, row, one);
    released.push(rule.projection === null ? row : { ...row, content: shownOf(rule.projection, row.content) });
  }
  return released;
}

/** As `release`, of one row that has been held against the grant already. */
export function released<T extends GateRow & { type: string }>(grant: Grant, row: T, interaction: Interaction): T {
  const [one] = release(grant, [row], interaction);
  if (!one) throw new GateMismatch(row.type);
  return one;
}

/** Of what was deleted there is no text. */
const shownOf = (projection: Projection, content: string): string => (content === '' ? '' : projection.of(content));

/** Notes for the ledger that rows of a patient were counted, which tells of them without showing one. */
export function noteCount(grant: Grant, type: string, patient: string, counted: number): void {
  // Of somebody who is out of reach nothing was counted.
  const rules = grant.types.get(type) ?? [];
  if (!rules.some(({ patients }) => patients === 'all' || patients.includes(patient))) return;
  grant.seen?.push({ type, id: '', patient, patients: null, labels: 0, interaction: 's', counted });
}

/** Notes for the ledger that a row was let go, or written. */
export function note(grant: Grant, row: GateRow & { type: string }, interaction: Interaction): void {
  const { type, id, patient, patients, labels } = row;
  grant.seen?.push({ type, id, patient, patients, labels, interaction });
}
