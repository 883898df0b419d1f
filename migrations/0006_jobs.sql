-- Work for later: done once at least, by whichever of the servers takes it first.

create table job (
  tenant       int         not null,
  id           text        collate "C" not null,
  -- Which handler it is for.
  kind         text        collate "C" not null,
  -- Names work of which there is one at a time, as long as it is open.
  key          text        collate "C",
  -- JSON; ids and dates, never what is in a record.
  payload      text        not null,
  run_at       timestamptz not null,
  -- How often it was taken; what takes it again takes it away from who had it before.
  attempts     int         not null default 0,
  -- How often it was asked for by its key: work that is asked for while it is under way is done once more.
  asked        int         not null default 1,
  locked_until timestamptz,
  -- Of the last attempt, in words of ours; of one that is done: why it was given up.
  last_error   text,
  done_at      timestamptz,
  primary key (tenant, id)
);
create unique index job_key on job (tenant, kind, key) where key is not null and done_at is null;
create index job_due on job (tenant, run_at) where done_at is null;
create index job_done on job (tenant, done_at) where done_at is not null;
