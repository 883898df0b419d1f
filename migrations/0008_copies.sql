-- Copies of a record that a person asked for, from the asking until their bytes are gone.

create table record_copy (
  tenant        int         not null,
  id            text        collate "C" not null,
  -- The request, a Task.
  task_id       text        collate "C" not null,
  -- Whose record it is.
  patient       text        collate "C" not null,
  -- Who asked: `sub` of their token or session, and JSON of who they were. What they may see is asked anew at every page.
  user_id       text        collate "C" not null,
  principal     text        not null,
  -- Made once its bytes are there: their address, and the key that they are encrypted with, sealed until it is used.
  sha256        text        collate "C",
  size          bigint,
  sealed_key    text,
  -- Of the key: the link holds it.
  key_hash      text        collate "C",
  requested_at  timestamptz not null,
  ready_at      timestamptz,
  expires_at    timestamptz,
  used_at       timestamptz,
  -- Why there will be none, or no more.
  ended_at      timestamptz,
  primary key (tenant, id)
);
create index record_copy_open on record_copy (tenant, user_id, patient) where ended_at is null;
create index record_copy_over on record_copy (tenant, expires_at) where sha256 is not null;

-- What an authority has ordered to be told of somebody, and who has agreed to it: here and not in the Task alone, because who may
-- write Tasks must not be able to write approvals.
create table disclosure_order (
  tenant          int         not null,
  -- The id of the Task.
  id              text        collate "C" not null,
  patient         text        collate "C" not null,
  -- JSON of src/privacy/disclosures/orders.ts
  scope           text        not null,
  requested_by    text        collate "C" not null,
  requested_at    timestamptz not null,
  -- Two people: one who answers authorities, one who answers for privacy.
  legal_by        text        collate "C",
  legal_at        timestamptz,
  officer_by      text        collate "C",
  officer_at      timestamptz,
  disclosed_by    text        collate "C",
  disclosed_at    timestamptz,
  primary key (tenant, id)
);

-- How many complaints came from where within an hour; where from is hashed.
create table complaint_source (
  tenant int    not null,
  source text   collate "C" not null,
  -- Hours since 1970.
  hour   bigint not null,
  filed  int    not null,
  primary key (tenant, source, hour)
);
