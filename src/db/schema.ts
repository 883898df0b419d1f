import type { Line } from './line.ts';

// Everything that a migration can make and a person could change by hand, in an order that does not depend on when it was.
const CATALOGUE = `
  select 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
         coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attcollation::regcollation::text
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where c.relnamespace = current_schema::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  union all
  select 'index', tablename, indexname, indexdef, '', '', '' from pg_indexes where schemaname = current_schema
  union all
  select 'constraint', c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), '', '', ''
    from pg_constraint c where c.connamespace = current_schema::regnamespace and c.contype in ('p', 'u', 'c', 'f', 'x')
  union all
  select 'partition', i.inhparent::regclass::text, i.inhrelid::regclass::text, pg_get_expr(c.relpartbound, c.oid), '', '', ''
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where c.relnamespace = current_schema::regnamespace and c.relkind = 'r'
  union all
  select 'function', p.proname, md5(p.prosrc), '', '', '', '' from pg_proc p
   where p.pronamespace = current_schema::regnamespace
     and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;

/** A checksum of the tables, indexes, constraints and functions as the catalogue has them. */
export async function schemaChecksum(line: Line): Promise<string> {
  const [row] = await line.run(
    `select md5(coalesce(string_agg(x::text, chr(10) order by x::text collate "C"), '')) from (${CATALOGUE}) x`,
    [],
  );
  return String(row?.[0]);
}
