-- Readings of devices: what a patient has connected, what it sent, and the narrow tier of samples.

create table device_connection (
  tenant       int         not null,
  id           text        collate "C" not null,
  patient      text        collate "C" not null,
  -- vendor, app or gateway.
  kind         text        not null,
  -- Who sends, the same after a reconnection: `vendor:withings`, `app:<client>`, `gateway:<client>`.
  source       text        collate "C" not null,
  name         text        not null,
  -- pending, active, expired or revoked.
  state        text        not null,
  -- The ids of its Consent, Device and DeviceUseStatement.
  consent      text        collate "C",
  device       text        collate "C",
  statement    text        collate "C",
  -- The measures that it may bring; null: whichever.
  measures     text[],
  -- Of sources that overlap a summary is made of the lowest.
  priority     int         not null default 100,
  -- sha-256 of the vendor's id of the user, hex: by it a webhook finds whose it is.
  vendor_user  text        collate "C",
  -- Tokens of the vendor and its id of the user, sealed.
  secrets      bytea,
  -- How far a vendor that is asked was read, as JSON.
  cursor       text,
  last_sync    timestamptz,
  last_reading timestamptz,
  -- Why the last attempt failed: a word of ours.
  problem      text,
  created_at   timestamptz not null,
  ended_at     timestamptz,
  primary key (tenant, id)
);
create unique index device_connection_open on device_connection (tenant, patient, source) where state in ('active', 'expired');
create index device_connection_patient on device_connection (tenant, patient);
create index device_connection_vendor_user on device_connection (tenant, source, vendor_user) where vendor_user is not null;

-- What a browser comes back from a vendor with is held against this, once.
create table device_authorization (
  tenant     int         not null,
  -- sha-256 of `state`, hex.
  state_hash text        collate "C" not null,
  connection text        collate "C" not null,
  -- The PKCE verifier and where the browser goes afterwards, sealed.
  secrets    bytea       not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, state_hash)
);

-- What came, as it came, sealed: kept until it is worked off, and then as long as it may be asked for.
create table device_payload (
  tenant     int         not null,
  id         text        collate "C" not null,
  connection text        collate "C",
  patient    text        collate "C",
  format     text        not null,
  sha256     text        collate "C" not null,
  size       bigint      not null,
  -- The bytes, sealed; null: they are a blob under their hash.
  bytes      bytea,
  -- taken, done, discarded or failed.
  state      text        not null,
  -- What became of it, as JSON: how many were new, known, amended, refused.
  outcome    text,
  received   timestamptz not null,
  primary key (tenant, id)
);
create index device_payload_connection on device_payload (tenant, connection, received desc);
create index device_payload_patient on device_payload (tenant, patient);
create index device_payload_age on device_payload (tenant, received);

-- Webhooks that came already: none is taken twice.
create table device_event_seen (
  tenant     int         not null,
  source     text        collate "C" not null,
  id         text        collate "C" not null,
  created_at timestamptz not null,
  primary key (tenant, source, id)
);

-- The sender's own id of a record, and which version of it is stored: one row for each Observation that it became. A row whose
-- observation is the nil UUID says that the record was deleted.
create table device_record (
  tenant      int    not null,
  -- The first 16 bytes of sha-256 of patient, source and id.
  record      bytea  not null,
  -- Of a record that has many readings; empty: it has one, or all of them are meant.
  part        text   collate "C" not null,
  observation uuid   not null,
  patient     text   collate "C" not null,
  -- The source of the connection that sends it.
  source      text   collate "C" not null,
  measure     text   collate "C" not null,
  version     text   collate "C" not null,
  primary key (tenant, record, part, observation)
);
create index device_record_patient on device_record (tenant, patient);

-- Readings that are resources: the version that their sender wrote last, and what it sent. What somebody else has changed since,
-- its sender does not change any more.
create table device_written (
  tenant      int    not null,
  observation uuid   not null,
  patient     text   collate "C" not null,
  -- As that of a series.
  source      text   collate "C" not null,
  version     int    not null,
  -- The first 16 bytes of sha-256 of the reading.
  digest      bytea  not null,
  primary key (tenant, observation)
);
create index device_written_patient on device_written (tenant, patient);

-- Mapping templates that users define, as data.
create table device_template (
  tenant     int         not null,
  name       text        collate "C" not null,
  version    int         not null,
  content    text        not null,
  created_by text        not null,
  created_at timestamptz not null,
  ended_at   timestamptz,
  primary key (tenant, name, version)
);

-- The narrow tier. A series is what its samples have in common: whose they are, of what source, device and measure. Its columns are
-- those of `resource`, of an Observation without its value and its time.
create table series (
  tenant       int      not null,
  -- Drawn by lot: a sequence could not cross shards.
  id           int      not null,
  type         smallint not null default 96,
  patient      text     collate "C" not null,
  -- Who sent it and by which device: what tells overlapping sources apart.
  source       text     collate "C" not null,
  measure      text     collate "C" not null,
  device       text     collate "C",
  labels       bigint   not null default 0,
  code         bigint,
  present      int[]    not null,
  -- One list for each status: final, amended, entered-in-error.
  keys         bigint[] not null,
  keys_amended bigint[] not null,
  keys_error   bigint[] not null,
  -- A value in the base unit of its dimension is value * factor + shift, rounded.
  factor       float8   not null,
  shift        float8   not null,
  -- The text of its Observations: the rest of meta, what stands between status and time, and the unit.
  meta         text     not null,
  head         text     not null,
  unit         text     not null,
  primary key (tenant, id)
);
create unique index series_of on series (tenant, patient, source, measure);
create index series_code on series (tenant, code, patient);
create index series_keys on series using gin (keys);

create table sample (
  tenant   int         not null,
  series   int         not null,
  start    timestamptz not null,
  -- ms; 0: an instant.
  duration int         not null,
  -- Minutes from UTC on the clock of the device.
  zone     smallint    not null,
  -- 0 final, 1 amended, 2 entered-in-error; 9: it has become a resource of its own.
  status   smallint    not null default 0,
  version  int         not null default 1,
  value    float8      not null,
  received timestamptz not null,
  id       uuid        not null,
  primary key (tenant, series, start, duration)
);
create unique index sample_id on sample (tenant, (id::text collate "C"));
create index sample_received on sample (tenant, series, received);

create table sample_history (
  tenant   int         not null,
  series   int         not null,
  start    timestamptz not null,
  duration int         not null,
  zone     smallint    not null,
  status   smallint    not null,
  version  int         not null,
  value    float8      not null,
  received timestamptz not null,
  id       uuid        not null,
  primary key (tenant, id, version)
);
create index sample_history_series on sample_history (tenant, series);

-- Hours and days that samples came into, and that are to be rolled up anew.
create table rollup_due (
  tenant  int         not null,
  patient text        collate "C" not null,
  measure text        collate "C" not null,
  -- The hour that it begins with.
  hour    timestamptz not null,
  primary key (tenant, patient, measure, hour)
);

-- In the base unit, to 12 digits as the indexer has it (src/fhir/search/ucum.ts).
create function sample_base(value float8, factor float8, shift float8) returns float8 language sql stable parallel safe as $$
  select case when factor = 1 and shift = 0 then value else to_char(value * factor + shift, '9.99999999999EEEE')::float8 end
$$;

create function sample_time(at timestamptz, zone smallint) returns text language sql stable parallel safe as $$
  select to_char(at at time zone 'UTC' + zone * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS')
    || case when zone = 0 then 'Z' else case when zone < 0 then '-' else '+' end || lpad((abs(zone) / 60)::text, 2, '0') || ':'
    || lpad((abs(zone) % 60)::text, 2, '0') end
$$;

create function sample_text(id uuid, version int, received timestamptz, status smallint, start timestamptz, duration int,
    zone smallint, value float8, meta text, head text, unit text) returns text language sql stable parallel safe as $$
  select '{"resourceType":"Observation","id":"' || id || '","meta":{"versionId":"' || version || '","lastUpdated":"'
    || to_char(received at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"' || meta || '},"status":"'
    || case status when 0 then 'final' when 1 then 'amended' else 'entered-in-error' end || '"' || head
    || case duration when 0 then ',"effectiveDateTime":"' || sample_time(start, zone) || '"'
       else ',"effectivePeriod":{"start":"' || sample_time(start, zone) || '","end":"'
         || sample_time(start + duration * interval '1 millisecond', zone) || '"}' end
    || ',"valueQuantity":{"value":' || value || unit || '}}'
$$;

-- As the rows of `resource`, for searches and reads.
create view sample_observation as
select m.tenant, s.type, m.id::text collate "C" as id, m.version, m.received as last_updated, s.patient, null::text[] as patients,
  s.labels, s.code, m.start as date_start, m.start + (m.duration + 1) * interval '1 millisecond' as date_end,
  m.value as quantity, sample_base(m.value, s.factor, s.shift) as quantity_base, s.present,
  case m.status when 0 then s.keys when 1 then s.keys_amended else s.keys_error end as keys,
  sample_text(m.id, m.version, m.received, m.status, m.start, m.duration, m.zone, m.value, s.meta, s.head, s.unit) as content,
  m.series
from series s join sample m on m.tenant = s.tenant and m.series = s.id
where m.status <> 9;

-- Observations of both tiers.
create view observation as
select tenant, type, id, version, last_updated, patient, patients, labels, code, date_start, date_end, quantity, quantity_base,
  present, keys, content from resource where type = 96
union all
select tenant, type, id, version, last_updated, patient, patients, labels, code, date_start, date_end, quantity, quantity_base,
  present, keys, content from sample_observation;

create view sample_observation_history as
select m.tenant, s.type, m.id::text collate "C" as id, m.version, m.received as last_updated, false as deleted, s.patient,
  null::text[] as patients, s.labels, s.present,
  case m.status when 0 then s.keys when 1 then s.keys_amended else s.keys_error end as keys,
  sample_text(m.id, m.version, m.received, m.status, m.start, m.duration, m.zone, m.value, s.meta, s.head, s.unit) as content
from series s join sample_history m on m.tenant = s.tenant and m.series = s.id;

-- As with resources (0002_search.sql): a tenant has many rows, a patient some, an id one.
insert into series (tenant, id, patient, source, measure, present, keys, keys_amended, keys_error, factor, shift, meta, head, unit)
  select 0, n, (n % 20)::text, n::text, 'x', '{}', '{}', '{}', '{}', 1, 0, '', '', '' from generate_series(1, 100) n;
insert into sample (tenant, series, start, duration, zone, value, received, id)
  select 0, n % 100 + 1, now() - make_interval(secs => n), 0, 0, 0, now() - make_interval(secs => n), gen_random_uuid()
  from generate_series(1, 10000) n;
analyze series;
analyze sample;
delete from series where tenant = 0;
delete from sample where tenant = 0;
