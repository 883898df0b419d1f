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
