import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../resources.ts';
import { promote } from '../samples/promote.ts';
import { instants, numbers, texts } from './arrays.ts';
import { type Draft, sealable } from './draft.ts';
import { epochRaised } from './policy-epoch.ts';
import { sideInserts, sideTables } from './sides.ts';

/** `version` is the one written; `was` the one before it, 0 for none; null: what was asked for did not hold. */
export type Applied = { version: number; was: number } | Refused;

/**
 * `stale`: the version is not the expected one; `absent`: nothing to delete; `raced`: somebody wrote at the same instant;
 * `erased`: nothing may have the id any more.
 */
export type Refused = { refused: 'stale' | 'absent' | 'raced' | 'erased'; version: number };

export type Change = { draft: Draft /** null: whatever it is; 0: must not exist. */; expected: number | null };
export type Removal = { tenant: number; type: string; id: string; lastUpdated: Date; expected: number | null };

const columns = `tenant, type, id, last_updated, patient, patients, labels, code, date_start, date_end, quantity, quantity_base,
  present, keys`;

/** The batch as rows with their place `n`; `extra` are further columns behind `keys`. */
const batch = (extra: string, names: string): string => `select n, tenant, type, id, last_updated, patient,
    patients::text[] as patients, labels, code, date_start, date_end, quantity, quantity_base, present::int[] as present,
    keys::bigint[] as keys, ${names}
  from unnest($1::int[], $2::smallint[], string_to_array($3, chr(30)), $4::timestamptz[],
    string_to_array($5, chr(30), chr(29)), string_to_array($6, chr(30), chr(29)), $7::bigint[], $8::bigint[],
    $9::timestamptz[], $10::timestamptz[], $11::float8[], $12::float8[], string_to_array($13, chr(30)),
    string_to_array($14, chr(30)), ${extra})
  with ordinality u(${columns}, ${names}, n)`;

function batchParams(drafts: readonly Draft[]): string[] {
  const rows = drafts.map(({ row }) => row);
  return [
    numbers(drafts.map((one) => one.tenant)),
    numbers(drafts.map((one) => typeNumber(one.type))),
    texts(drafts.map((one) => one.id)),
    instants(drafts.map((one) => one.lastUpdated.getTime())),
    texts(rows.map((row) => row.patient)),
    texts(rows.map((row) => row.patients && `{${row.patients.join(',')}}`)),
    numbers(rows.map((row) => row.labels)),
    numbers(rows.map((row) => row.code)),
    instants(rows.map((row) => row.dateStart)),
    instants(rows.map((row) => row.dateEnd)),
    numbers(rows.map((row) => row.quantity)),
    numbers(rows.map((row) => row.quantityBase)),
    texts(rows.map((row) => numbers(row.present))),
    texts(rows.map((row) => numbers(row.keys))),
  ];
}

/** The ends of the texts as they are stored. */
const tailsOf = async (on: Queryable, drafts: readonly Draft[]): Promise<readonly string[]> =>
  on.seal ? on.seal(drafts.map(sealable)) : drafts.map(({ tail }) => tail);

const createAll = `insert into resource (version, ${columns}, content)
  select 1, ${columns}, content from (${batch('string_to_array($15, chr(30))', 'content')}) v`;

/** Writes new resources, version 1, whose ids the server has made. One statement, so all of them or none. */
export async function applyCreates(on: Queryable, drafts: readonly Draft[]): Promise<void> {
  const tails = await tailsOf(on, drafts);
  const params = [...batchParams(drafts), texts(drafts.map(({ head }, at) => `${head}1${tails[at] ?? ''}`))];
  const beside = [sideInserts(drafts, params), epochRaised(drafts, params)].filter((text) => text !== '').join(', ');
  await on.query(beside === '' ? createAll : `with ${beside} ${createAll}`, params);
}

const changeBatch = `with v as materialized (${batch(
  '$15::int[], string_to_array($16, chr(30)), string_to_array($17, chr(30))',
  'expected, head, tail',
)})`;

const removeSides = (owner: string): string =>
  sideTables
    .map(
      (table) => `, ${table}_out as (delete from ${table} s using ${owner} o
      where s.tenant = o.tenant and s.type = o.type and s.id = o.id)`,
    )
    .join('');

// What a statement sees and what it locks can differ when another process commits in between: then `seen` and `locked`
// disagree and nothing is written, because side rows of the newer version would be missed by the deletes.
const current = `
  seen as (select v.n, r.version from v join resource r using (tenant, type, id)),
  locked as (select v.n, r.* from (select * from v order by tenant, type, id) v join resource r using (tenant, type, id) for update of r),
  buried as (select v.n, max(h.version) as version from v join resource_history h using (tenant, type, id)
    where not exists (select from locked where locked.n = v.n) group by v.n),
  state as (select v.n, coalesce(locked.version, 0) as was, coalesce(locked.version, buried.version, 0) as last,
      coalesce(seen.version, 0) <> coalesce(locked.version, 0) as raced,
      locked.version is null and buried.version is null and exists (select from erased_id e where e.tenant = v.tenant
        and e.type = v.type and e.hash = sha256(convert_to(v.id, 'UTF8'))) as erased
    from v left join locked using (n) left join seen using (n) left join buried using (n))`;

const archive = `
  archived as (insert into resource_history (tenant, type, id, version, last_updated, deleted, patient, patients, labels, present,
      keys, content)
    select l.tenant, l.type, l.id, l.version, l.last_updated, false, l.patient, l.patients, l.labels, l.present, l.keys, l.content
    from locked l join written w using (n))`;

const changedColumns = `version, last_updated, patient, patients, labels, code, date_start, date_end, quantity, quantity_base,
  present, keys, content`;

/**
 * Writes updates, and creations under an id that the client chose. The version before goes to the history.
 * No two changes of one call may be to the same resource.
 */
export async function applyChanges(on: Queryable, changes: readonly Change[]): Promise<Applied[]> {
  const drafts = changes.map(({ draft }) => draft);
  await promote(on, drafts);
  const params = [
    ...batchParams(drafts),
    numbers(changes.map(({ expected }) => expected)),
    texts(drafts.map(({ head }) => head)),
    texts(await tailsOf(on, drafts)),
  ];
  const sides = [sideInserts(drafts, params, 'written'), epochRaised(drafts, params)]
    .filter((text) => text !== '')
    .join(', ');
  const sql = `${changeBatch}, ${current},
    written as (select v.*, s.was, s.last + 1 as version, head || (s.last + 1)::text || tail as content
      from v join state s using (n) where not s.raced and not s.erased and (v.expected is null or v.expected = s.was)),
    ${archive}${removeSides('written')}${sides === '' ? '' : `, ${sides}`},
    updated as (update resource r set (${changedColumns}) = row(${changedColumns.replaceAll(/(\w+)/g, 'w.$1')})
      from written w where w.was > 0 and r.tenant = w.tenant and r.type = w.type and r.id = w.id),
    inserted as (insert into resource (version, ${columns}, content) select version, ${columns}, content from written where was = 0)
    select s.n::int, s.was, w.version, s.raced, s.erased from state s left join written w using (n) order by s.n`;
  const rows = await on.query(sql, params);
  return rows.map(([, was, version, raced, erased]) =>
    erased === true
      ? { refused: 'erased', version: 0 }
      : applied(was as number, version as number | null, raced as boolean),
  );
}

/** Deletes: the version before and a tombstone go to the history, the rest goes. */
export async function applyRemovals(on: Queryable, removals: readonly Removal[]): Promise<Applied[]> {
  await promote(on, removals);
  const params = [
    numbers(removals.map((one) => one.tenant)),
    numbers(removals.map((one) => typeNumber(one.type))),
    texts(removals.map((one) => one.id)),
    instants(removals.map((one) => one.lastUpdated.getTime())),
    numbers(removals.map((one) => one.expected)),
  ];
  const epoch = epochRaised(removals, params);
  const sql = `with v as materialized (select * from unnest($1::int[], $2::smallint[], string_to_array($3, chr(30)),
      $4::timestamptz[], $5::int[]) with ordinality u(tenant, type, id, last_updated, expected, n)), ${current},
    written as (select v.n, v.tenant, v.type, v.id, v.last_updated, s.was, s.was + 1 as version
      from v join state s using (n) where not s.raced and s.was > 0 and (v.expected is null or v.expected = s.was)),
    ${archive}${removeSides('written')}${epoch === '' ? '' : `, ${epoch}`},
    tombstones as (insert into resource_history (tenant, type, id, version, last_updated, deleted, patient, patients, labels, present,
        keys, content)
      select w.tenant, w.type, w.id, w.version, w.last_updated, true, l.patient, l.patients, l.labels, l.present, l.keys, ''
      from written w join locked l using (n)),
    gone as (delete from resource r using written w where r.tenant = w.tenant and r.type = w.type and r.id = w.id)
    select s.n::int, s.was, w.version, s.raced from state s left join written w using (n) order by s.n`;
  const rows = await on.query(sql, params);
  return rows.map(([, was, version, raced]) => {
    if (was === 0 && raced === false) return { refused: 'absent', version: 0 };
    return applied(was as number, version as number | null, raced as boolean);
  });
}

function applied(was: number, version: number | null, raced: boolean): Applied {
  if (version !== null) return { version, was };
  return { refused: raced ? 'raced' : 'stale', version: was };
}
