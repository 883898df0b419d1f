-- Who used what, when and for what. Blocks of rows are added and never changed, each chained to the one before. A block holds its
-- rows as one text, so that to add it is one row; a moment later they are filed, one by one, where they are searched.

-- The last block of each tenant. Who adds one takes this row first, so that the chain is one chain for all processes.
create table ledger_head (
  tenant   int    not null,
  number   bigint not null,
  previous bytea  not null,
  hash     bytea  not null,
  primary key (tenant)
);

-- hash = sha256(previous || number || digest); digest: of `recorded` in ms, the content, and the digests of the shapes in it, with
-- line feeds between.
-- Rows are separated by U+001E, the fields of a row by U+001F, in the order of ledger_line below.
create table ledger_block (
  tenant   int         not null,
  number   bigint      not null,
  previous bytea       not null,
  digest   bytea       not null,
  hash     bytea       not null,
  rows     int         not null,
  recorded timestamptz not null,
  content  text        not null,
  primary key (tenant, number)
);
-- To compress it takes longer than to write it.
alter table ledger_block alter content set storage external;

-- What many rows have in common: who asked, by which app, for what, and how it was answered. `id` is of its digest.
create table ledger_shape (
  tenant  int      not null,
  id      bigint   not null,
  code    bigint,
  present int[]    not null,
  keys    bigint[] not null,
  content text     not null,
  primary key (tenant, id)
);

-- The rows that are filed. `content` with a shape: what the row adds to it; without one: the JSON of a whole AuditEvent.
create table ledger_entry (
  tenant          int         not null,
  id              text        collate "C" not null,
  block           bigint      not null,
  position        int         not null,
  recorded        timestamptz not null,
  patient         text        collate "C",
  shape           bigint,
  code            bigint,
  present         int[],
  keys            bigint[]    not null,
  suspended_until timestamptz,
  content         text        not null
);
create index ledger_patient on ledger_entry (tenant, patient, recorded desc nulls last, id) where patient is not null;
create index ledger_recorded on ledger_entry (tenant, recorded desc, id);
create index ledger_block_range on ledger_entry using brin (tenant, block) with (pages_per_range = 16);
-- Last, because of two indexes that cost the same the planner takes the younger one.
alter table ledger_entry add primary key (tenant, id);

-- The last block of each tenant whose rows are filed.
create table ledger_filed (
  tenant int    not null,
  number bigint not null,
  primary key (tenant)
);
create function ledger_begins() returns trigger language plpgsql as $$
begin
  insert into ledger_filed (tenant, number) values (new.tenant, 0) on conflict do nothing;
  return null;
end $$;
create trigger ledger_begins after insert on ledger_head for each row execute function ledger_begins();

-- Signed by the server every so often: where the chain was then.
create table ledger_checkpoint (
  tenant    int         not null,
  number    bigint      not null,
  hash      bytea       not null,
  recorded  timestamptz not null,
  signature text        not null,
  primary key (tenant, number)
);

create function ledger_is_kept() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only added to' using errcode = 'insufficient_privilege';
end $$;
create trigger ledger_kept before update or delete or truncate on ledger_entry
  for each statement execute function ledger_is_kept();
create trigger ledger_block_kept before update or delete or truncate on ledger_block
  for each statement execute function ledger_is_kept();
create trigger ledger_shape_kept before update or delete or truncate on ledger_shape
  for each statement execute function ledger_is_kept();
create trigger ledger_checkpoint_kept before update or delete or truncate on ledger_checkpoint
  for each statement execute function ledger_is_kept();

-- The rows of the blocks, taken apart: src/privacy/ledger/row.ts writes them.
create view ledger_line as
select b.tenant, x.field[1] as id, b.number as block, r.n::int as position,
  case when x.field[2] = '' then b.recorded else to_timestamp(x.field[2]::bigint / 1000.0) end as recorded,
  nullif(x.field[3], '') as patient, nullif(x.field[4], '')::bigint as shape, nullif(x.field[5], '')::bigint as code,
  case when x.field[4] = '' then ('{' || x.field[6] || '}')::int[] end as present, ('{' || x.field[7] || '}')::bigint[] as keys,
  case when x.field[8] <> '' then to_timestamp(x.field[8]::bigint / 1000.0) end as suspended_until, x.field[9] as content
from ledger_block b
  cross join lateral unnest(string_to_array(b.content, chr(30))) with ordinality r(line, n)
  cross join lateral (select string_to_array(r.line, chr(31)) as field offset 0) x;

-- Every row: those that are filed, and those of the last blocks, which are not yet.
create view ledger as
select tenant, id, block, position, recorded, patient, shape, code, present, keys, suspended_until, content from ledger_entry
union all
select v.tenant, v.id collate "C", v.block, v.position, v.recorded, v.patient collate "C", v.shape, v.code, v.present, v.keys,
  v.suspended_until, v.content
from ledger_filed f join ledger_line v on v.tenant = f.tenant and v.block > f.number;

-- As the rows of `resource`, for searches and reads. What a legal order hides is not here until its day.
create view audit_event as
select l.tenant, 7::smallint as type, l.id, 1 as version, l.recorded as last_updated, l.patient, null::text[] as patients,
  0::bigint as labels, coalesce(l.code, s.code) as code, l.recorded as date_start,
  l.recorded + interval '1 millisecond' as date_end, null::float8 as quantity, null::float8 as quantity_base,
  coalesce(l.present, s.present) as present,
  case when s.id is null then l.keys else l.keys || s.keys end as keys,
  case when s.id is null then l.content
    else '[' || s.content || ',' || l.content || ',"' || l.id || '",' || (extract(epoch from l.recorded) * 1000)::bigint || ',"'
      || coalesce(l.patient, '') || '"]' end as content
from ledger l left join ledger_shape s on s.tenant = l.tenant and s.id = l.shape
where l.suspended_until is null or l.suspended_until <= now();

-- AuditEvents that are resources still become the first block, and are filed when the server starts.
insert into ledger_head (tenant, number, previous, hash)
  select tenant, 1, sha256(''), sha256('') from resource where type = 7 group by tenant;
insert into ledger_block (tenant, number, previous, digest, hash, rows, recorded, content)
  select tenant, 1, sha256(''), sha256(''), sha256(''), count(*), date_trunc('milliseconds', now()), string_agg(concat_ws(chr(31), id,
    (extract(epoch from date_trunc('milliseconds', coalesce(date_start, last_updated))) * 1000)::bigint,
    coalesce(patient, patients[1], ''), '', coalesce(code::text, ''), array_to_string(present, ','), array_to_string(keys, ','), '',
    content), chr(30) order by last_updated, id)
  from resource where type = 7 group by tenant;
alter table ledger_block disable trigger ledger_block_kept;
update ledger_block set digest = sha256(convert_to(
  (extract(epoch from recorded) * 1000)::bigint || chr(10) || content || chr(10), 'UTF8'));
update ledger_block set hash = sha256(previous || int8send(number) || digest);
alter table ledger_block enable trigger ledger_block_kept;
update ledger_head h set hash = b.hash from ledger_block b where b.tenant = h.tenant;
delete from resource where type = 7;
delete from resource_history where type = 7;
delete from resource_string where type = 7;
delete from resource_date where type = 7;
delete from resource_number where type = 7;

-- As with resources (0002_search.sql): a tenant has many rows, a patient some, an id one.
insert into ledger_shape (tenant, id, present, keys, content) select 0, n, '{}', '{}', '' from generate_series(1, 50) n;
alter table ledger_entry disable trigger ledger_kept;
alter table ledger_shape disable trigger ledger_shape_kept;
insert into ledger_entry (tenant, id, block, position, recorded, patient, shape, keys, content)
  select 0, n::text, n / 10, n % 10, now() - make_interval(secs => n), (n % 20)::text, n % 50 + 1, '{}', ''
  from generate_series(1, 1000) n;
analyze ledger_entry;
analyze ledger_shape;
delete from ledger_entry where tenant = 0;
delete from ledger_shape where tenant = 0;
alter table ledger_entry enable trigger ledger_kept;
alter table ledger_shape enable trigger ledger_shape_kept;
