import type { Queryable } from '../../db/database.ts';
import { admits, admitsChange, type GateRow, type Grant, type Interaction } from '../access.ts';
import { typeNumber } from '../resources.ts';
import { promote } from '../samples/promote.ts';
import { numbers, texts } from './arrays.ts';
import { type Stored, stored } from './release.ts';

/** A resource that a transaction is about to change. */
export type Target = { type: string; id: string; interaction: Interaction };

/** What is there: the current version, or nothing; a row that the caller may not see; one that is in another's record, too. */
export type Current = { kind: 'here'; row: Stored } | { kind: 'hidden' } | { kind: 'shared' } | { kind: 'absent' };

function kindOf(grant: Grant, { type, interaction }: Target, row: GateRow): 'here' | 'hidden' | 'shared' {
  if (!admits(grant, type, row, interaction)) return 'hidden';
  return admitsChange(grant, type, row, interaction) ? 'here' : 'shared';
}

const lockSql = `select v.n::int, r.version, r.last_updated, r.patient, r.patients, r.labels::float8, r.content
  from unnest($2::smallint[], string_to_array($3, chr(30))) with ordinality v(type, id, n)
  join resource r on r.tenant = $1 and r.type = v.type and r.id = v.id
  order by r.type, r.id for update of r`;

/**
 * The current versions of what a transaction will change, locked until it ends, in an order that is the same for all, so
 * that no two transactions wait for each other. Each is held against the grant.
 */
export async function lockRows(on: Queryable, grant: Grant, targets: readonly Target[]): Promise<Current[]> {
  const found: Current[] = targets.map(() => ({ kind: 'absent' }));
  if (targets.length === 0) return found;
  await promote(
    on,
    targets.map(({ type, id }) => ({ tenant: grant.tenant, type, id })),
  );
  const rows = await on.query(lockSql, [
    grant.tenant,
    numbers(targets.map(({ type }) => typeNumber(type))),
    texts(targets.map(({ id }) => id)),
  ]);
  for (const [n, ...columns] of rows) {
    const place = (n as number) - 1;
    const target = targets[place];
    if (!target) continue;
    const row = stored(target.type, target.id, columns);
    const kind = kindOf(grant, target, row);
    found[place] = kind === 'here' ? { kind, row } : { kind };
  }
  return found;
}
