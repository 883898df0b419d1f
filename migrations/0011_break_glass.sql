-- Emergencies in which a clinician opened a record that was not theirs to see, and what the privacy officer found of each.

create table break_glass (
  tenant       int         not null,
  id           text        collate "C" not null,
  -- `Practitioner/1`
  practitioner text        collate "C" not null,
  -- The id of the Patient.
  patient      text        collate "C" not null,
  -- In the words of the clinician.
  reason       text        not null,
  begun_at     timestamptz not null,
  ends_at      timestamptz not null,
  -- The Task of the review.
  task         text        collate "C" not null,
  reviewed_at  timestamptz,
  reviewed_by  text,
  -- justified or unjustified.
  finding      text,
  primary key (tenant, id)
);
create index break_glass_open on break_glass (tenant, practitioner, ends_at);
create index break_glass_patient on break_glass (tenant, patient);
create unique index break_glass_task on break_glass (tenant, task);

-- Whose they are who work for somebody: the id of an Organization.
alter table user_account add column organization text;

-- What a client is to patients, where the operator said so: a class of actors, and the Organization that it acts for. No client
-- says it of itself.
alter table client add column actor text;
alter table client add column organization text;
-- JSON: { purpose, types, elements, approvedBy }
alter table client add column registered_for text;
