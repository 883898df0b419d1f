-- Side tables: what a row's own columns and keys cannot answer. `companion` is the hash of the other half of a composite.

create table resource_string (
  tenant    int      not null,
  type      smallint not null,
  id        text     collate "C" not null,
  param     int      not null,
  companion bigint   not null default 0,
  value     text     collate "C" not null
);
create index resource_string_value on resource_string (tenant, type, param, companion, value, id);
create index resource_string_trigram on resource_string using gin (value gin_trgm_ops);
create index resource_string_owner on resource_string (tenant, type, id);

create table resource_date (
  tenant    int         not null,
  type      smallint    not null,
  id        text        collate "C" not null,
  param     int         not null,
  companion bigint      not null default 0,
  low       timestamptz not null,
  high      timestamptz not null
);
create index resource_date_value on resource_date (tenant, type, param, companion, low, high, id);
create index resource_date_owner on resource_date (tenant, type, id);

create table resource_number (
  tenant    int      not null,
  type      smallint not null,
  id        text     collate "C" not null,
  param     int      not null,
  companion bigint   not null default 0,
  low       float8   not null,
  high      float8   not null,
  base_low  float8,
  base_high float8,
  unit      bigint   not null default 0
);
create index resource_number_value on resource_number (tenant, type, param, companion, low, high, id);
create index resource_number_base on resource_number (tenant, type, param, companion, unit, base_low) where base_low is not null;
create index resource_number_owner on resource_number (tenant, type, id);

create table resource_position (
  tenant    int      not null,
  type      smallint not null,
  id        text     collate "C" not null,
  param     int      not null,
  latitude  float8   not null,
  longitude float8   not null
);
create index resource_position_value on resource_position (tenant, type, param, latitude, longitude, id);
create index resource_position_owner on resource_position (tenant, type, id);

-- The distinct texts of tokens, so that code:text finds keys instead of rows.
create table concept_text (
  tenant int      not null,
  type   smallint not null,
  param  int      not null,
  value  text     collate "C" not null,
  key    bigint   not null,
  primary key (tenant, type, param, key)
);
create index concept_text_trigram on concept_text using gin (value gin_trgm_ops);

-- Of a table without statistics Postgres thinks that few rows have one tenant and one type, so that any index would do for
-- an id; plans that are made before the first analyze, and kept, would then read a whole type for each id. So it is told
-- at once that tenant and type choose little and ids choose one. The rows go, what was learnt of them stays.
insert into resource (tenant, type, id, version, last_updated, present, keys, content)
  select 1, type, place, 1, now(), '{}', '{}', '' from generate_series(1, 148) type, generate_series(1, 10) place;
insert into resource_history (tenant, type, id, version, last_updated, deleted, present, keys, content)
  select tenant, type, id, version, last_updated, false, present, keys, content from resource;
insert into resource_string (tenant, type, id, param, value) select tenant, type, id, 1, '' from resource;
insert into resource_date (tenant, type, id, param, low, high) select tenant, type, id, 1, now(), now() from resource;
insert into resource_number (tenant, type, id, param, low, high) select tenant, type, id, 1, 0, 0 from resource;
insert into resource_position (tenant, type, id, param, latitude, longitude) select tenant, type, id, 1, 0, 0 from resource;
analyze resource (tenant, type, id);
analyze resource_history (tenant, type, id);
analyze resource_string (tenant, type, id);
analyze resource_date (tenant, type, id);
analyze resource_number (tenant, type, id);
analyze resource_position (tenant, type, id);
truncate resource, resource_history, resource_string, resource_date, resource_number, resource_position;
