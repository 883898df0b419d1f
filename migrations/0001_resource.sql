-- One row per current resource, and the versions it had before. Every key leads with the tenant.

create extension if not exists pg_trgm;

create table tenant (
  id   int primary key,
  name text not null unique
);
insert into tenant (id, name) values (1, 'default');

-- Deleted resources are not here: their last row is in resource_history, marked deleted.
create table resource (
  tenant        int         not null,
  type          smallint    not null,
  id            text        collate "C" not null,
  version       int         not null,
  last_updated  timestamptz not null,
  patient       text        collate "C",
  patients      text[]      collate "C",
  labels        bigint      not null default 0,
  code          bigint,
  date_start    timestamptz,
  date_end      timestamptz,
  quantity      float8,
  quantity_base float8,
  present       int[]       not null,
  keys          bigint[]    not null,
  content       text        not null
) partition by list (type);

-- Superseded versions, and the tombstones of deletes.
create table resource_history (
  tenant        int         not null,
  type          smallint    not null,
  id            text        collate "C" not null,
  version       int         not null,
  last_updated  timestamptz not null,
  deleted       boolean     not null,
  patient       text        collate "C",
  patients      text[]      collate "C",
  labels        bigint      not null default 0,
  present       int[]       not null,
  keys          bigint[]    not null,
  content       text        not null
);
create index resource_history_type on resource_history (tenant, type, last_updated desc, id);
create index resource_history_system on resource_history (tenant, last_updated desc, id);

-- Partitions. The number of a type is its place in the sorted list of R4 resource types, from 1; R4 is closed, so it stays.
create table resource_observation partition of resource for values in (96);
create table resource_encounter partition of resource for values in (44);
create table resource_condition partition of resource for values in (28);
create table resource_procedure partition of resource for values in (110);
create table resource_medication_request partition of resource for values in (79);
create table resource_diagnostic_report partition of resource for values in (40);
create table resource_claim partition of resource for values in (19);
create table resource_explanation_of_benefit partition of resource for values in (53);
create table resource_immunization partition of resource for values in (62);
create table resource_document_reference partition of resource for values in (42);
create table resource_audit_event partition of resource for values in (7);
create table resource_provenance partition of resource for values in (111);
create table resource_patient partition of resource for values in (103);
create table resource_other partition of resource default;

-- Newest first with the missing last, which is the order of a search. Rows with several codes have none here and are found by
-- their keys, so the null codes are in the index too.
create index resource_patient_code on resource (tenant, type, patient, code, date_start desc nulls last) where patient is not null;
create index resource_patient_date on resource (tenant, type, patient, date_start desc nulls last) where patient is not null;
create index resource_code_date on resource (tenant, type, code, date_start desc nulls last);
create index resource_code_updated on resource (tenant, type, code, last_updated desc, id) where code is not null;
create index resource_dated on resource (tenant, type, date_start desc nulls last, date_end);
create index resource_updated on resource (tenant, type, last_updated desc, id);
create index resource_quantity on resource (tenant, type, quantity) where quantity is not null;
create index resource_patients on resource using gin (patients) where patients is not null;
create index resource_keys on resource using gin (keys);

-- Last, because of two indexes that cost the same the planner takes the younger one.
alter table resource add primary key (tenant, type, id);
alter table resource_history add primary key (tenant, type, id, version);

-- A row with several codes, or with none, is found by its keys: few of the rows of these types.
create index resource_observation_uncoded on resource_observation using gin (keys) where code is null;
create index resource_encounter_uncoded on resource_encounter using gin (keys) where code is null;
create index resource_condition_uncoded on resource_condition using gin (keys) where code is null;
create index resource_procedure_uncoded on resource_procedure using gin (keys) where code is null;
create index resource_medication_request_uncoded on resource_medication_request using gin (keys) where code is null;
create index resource_diagnostic_report_uncoded on resource_diagnostic_report using gin (keys) where code is null;
create index resource_immunization_uncoded on resource_immunization using gin (keys) where code is null;
create index resource_document_reference_uncoded on resource_document_reference using gin (keys) where code is null;
create index resource_audit_event_uncoded on resource_audit_event using gin (keys) where code is null;
