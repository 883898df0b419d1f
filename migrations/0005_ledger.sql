-- Who used what, when and for what. Rows are added and never changed: each block of them is chained to the one before.

-- The last block of each tenant. Who adds one takes this row first, so that the chain is one chain for all processes.
create table ledger_head (
  tenant   int    not null,
  number   bigint not null,
  previous bytea  not null,
  hash     bytea  not null,
  primary key (tenant)
);

-- hash = sha256(previous || number || digest); digest = sha256 of the digests of the block's rows, in their order.
create table ledger_block (
  tenant   int         not null,
  number   bigint      not null,
  previous bytea       not null,
  digest   bytea       not null,
  hash     bytea       not null,
  rows     int         not null,
  recorded timestamptz not null default now(),
  primary key (tenant, number)
);

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

-- `content` with a shape: what the row adds to it; without one: the JSON of a whole AuditEvent.
create table ledger (
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
  content         text        not null,
  -- The first 52 bits of the row's own: which row it is, where the digest of the block is another.
  digest          bigint      not null,
  primary key (tenant, id)
);
create index ledger_patient on ledger (tenant, patient, recorded desc nulls last, id) where patient is not null;
create index ledger_recorded on ledger (tenant, recorded desc, id);
create index ledger_block_range on ledger using brin (tenant, block) with (pages_per_range = 16);

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
create trigger ledger_kept before update or delete or truncate on ledger for each statement execute function ledger_is_kept();
create trigger ledger_block_kept before update or delete or truncate on ledger_block
  for each statement execute function ledger_is_kept();
create trigger ledger_shape_kept before update or delete or truncate on ledger_shape
  for each statement execute function ledger_is_kept();
create trigger ledger_checkpoint_kept before update or delete or truncate on ledger_checkpoint
  for each statement execute function ledger_is_kept();

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

-- AuditEvents that are resources still become the first block.
create temporary table old on commit drop as
  select r.tenant, r.id, (row_number() over (partition by r.tenant order by r.last_updated, r.id))::int as position,
    date_trunc('milliseconds', coalesce(r.date_start, r.last_updated)) as recorded, coalesce(r.patient, r.patients[1]) as patient,
    r.code, r.present, r.keys, r.content, null::bytea as digest
  from resource r where r.type = 7;
update old set digest = sha256(convert_to(concat_ws(chr(10), tenant, id, (extract(epoch from recorded) * 1000)::bigint,
  coalesce(patient, ''), '', coalesce(code::text, ''), array_to_string(present, ','), array_to_string(keys, ','), '', content), 'UTF8'));
insert into ledger_head (tenant, number, previous, hash)
  select tenant, 1, sha256(''), sha256(sha256('') || int8send(1) || sha256(string_agg(digest, ''::bytea order by position)))
  from old group by tenant;
insert into ledger_block (tenant, number, previous, digest, hash, rows)
  select o.tenant, 1, sha256(''), sha256(string_agg(o.digest, ''::bytea order by o.position)), h.hash, count(*)
  from old o join ledger_head h using (tenant) group by o.tenant, h.hash;
insert into ledger (tenant, id, block, position, recorded, patient, code, present, keys, content, digest)
  select tenant, id, 1, position, recorded, patient, code, present, keys, content,
    ('x' || left(encode(digest, 'hex'), 13))::bit(52)::bigint from old order by tenant, position;
delete from resource where type = 7;
delete from resource_history where type = 7;
delete from resource_string where type = 7;
delete from resource_date where type = 7;
delete from resource_number where type = 7;

-- As with resources (0002_search.sql): a tenant has many rows, a patient some, an id one.
insert into ledger_shape (tenant, id, present, keys, content) select 0, n, '{}', '{}', '' from generate_series(1, 50) n;
alter table ledger disable trigger ledger_kept;
alter table ledger_shape disable trigger ledger_shape_kept;
insert into ledger (tenant, id, block, position, recorded, patient, shape, keys, content, digest)
  select 0, n::text, n / 10, n % 10, now() - make_interval(secs => n), (n % 20)::text, n % 50 + 1, '{}', '', 0
  from generate_series(1, 1000) n;
analyze ledger;
analyze ledger_shape;
delete from ledger where tenant = 0;
delete from ledger_shape where tenant = 0;
alter table ledger enable trigger ledger_kept;
alter table ledger_shape enable trigger ledger_shape_kept;
