-- What is held, kept and erased. See src/privacy/hold.ts, src/privacy/erase and src/privacy/retention.

-- As long as one stands, nothing of the patient's record goes. It is a Flag in FHIR, unless it is sealed: then nobody reads
-- of it but who may lift it.
create table legal_hold (
  tenant      int         not null,
  id          text        collate "C" not null,
  patient     text        collate "C" not null,
  -- What it is for, in the words of who placed it.
  matter      text        not null,
  sealed      boolean     not null,
  placed_at   timestamptz not null,
  placed_by   text        not null,
  -- When it ends by itself; null: when it is released.
  until       timestamptz,
  released_at timestamptz,
  released_by text,
  primary key (tenant, id)
);
create index legal_hold_patient on legal_hold (tenant, patient) where released_at is null;

-- A record that somebody wants erased. Once it is, the id of the patient stands for nobody, and there is nothing else.
create table erasure (
  tenant       int         not null,
  id           text        collate "C" not null,
  patient      text        collate "C" not null,
  -- The request, a Task.
  task_id      text        collate "C" not null,
  -- grace, deferred, erasing, erased, cancelled
  state        text        collate "C" not null,
  requested_at timestamptz not null,
  due_at       timestamptz not null,
  ended_at     timestamptz,
  -- Of what the link to the receipt holds; null where it was erased without anybody asking.
  secret_hash  text        collate "C",
  -- Accounts that were disabled by it.
  users        text[]      collate "C" not null default '{}',
  -- JSON, while it is under way: what is being erased, so that it can be finished by whoever comes after.
  work         text,
  -- JSON: what was erased, counted and signed.
  receipt      text,
  primary key (tenant, id)
);
create unique index erasure_open on erasure (tenant, patient) where state in ('grace', 'deferred', 'erasing');
create index erasure_patient on erasure (tenant, patient);

-- Ids that no resource of the type may have again, as their sha-256.
create table erased_id (
  tenant int      not null,
  type   smallint not null,
  hash   bytea    not null,
  primary key (tenant, type, hash)
);

-- What an operator has decided otherwise than src/privacy/retention/retention-rules.ts; JSON of such a rule, null: it is off.
create table retention_rule (
  tenant     int         not null,
  name       text        collate "C" not null,
  rule       text,
  changed_at timestamptz not null,
  changed_by text        not null,
  primary key (tenant, name)
);

-- What was purged because its time was over, by day and rule.
create table retention_purge (
  tenant int    not null,
  day    date   not null,
  rule   text   collate "C" not null,
  type   smallint not null,
  rows   int    not null,
  -- Not purged, because of a legal hold.
  held   int    not null,
  primary key (tenant, day, rule, type)
);

-- Versions of a patient, also of what is deleted.
create index resource_history_patient on resource_history (tenant, patient) where patient is not null;
create index resource_history_patients on resource_history using gin (patients) where patients is not null;
