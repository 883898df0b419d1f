-- Visits by video. What is medical of a visit is in FHIR: here is who waits, who is let in, and what their browsers say to each
-- other. Nothing of it is of use once the visit is over, but for the recordings and the times.

create table video_visit (
  tenant       int         not null,
  id           text        collate "C" not null,
  encounter    text        collate "C" not null,
  -- null: a visit that nobody booked.
  appointment  text        collate "C",
  patient      text        collate "C" not null,
  -- What media servers know it by: 128 random bits behind the number of the tenant. It is in no resource.
  room         text        collate "C" not null,
  provider     text        not null,
  state        text        not null,
  -- What was issued in an earlier epoch counts no more.
  epoch        int         not null default 0,
  starts_at    timestamptz not null,
  ends_at      timestamptz not null,
  -- Nobody is in it after this, whatever happens.
  hard_stop    timestamptz not null,
  -- Since when nobody who treats is in it.
  host_left_at timestamptz,
  -- Where the patient wants to be called if the line is poor.
  callback     text,
  created_at   timestamptz not null,
  primary key (tenant, id)
);
create unique index video_visit_encounter on video_visit (tenant, encounter);
create unique index video_visit_appointment on video_visit (tenant, appointment) where appointment is not null;
create unique index video_visit_room on video_visit (tenant, room);
create index video_visit_patient on video_visit (tenant, patient);

create table video_participant (
  tenant      int         not null,
  visit       text        collate "C" not null,
  -- 128 random bits.
  id          text        collate "C" not null,
  -- `Patient/x`, `Practitioner/x`, `RelatedPerson/x`; null: a guest.
  reference   text        collate "C",
  -- host, patient, companion, colleague, interpreter or guest.
  role        text        not null,
  -- What those inside are shown to tell them by.
  name        text        not null,
  birth_date  text,
  -- expected, waiting, admitted, held, denied, removed or left.
  state       text        not null,
  invite      text        collate "C",
  -- sha-256 of what a guest shows to come back, hex.
  secret_hash text        collate "C",
  admitted_by text,
  admitted_at timestamptz,
  -- What was confirmed by who let them in, as JSON: name, birth date, role.
  confirmed   text,
  joined_at   timestamptz,
  left_at     timestamptz,
  -- Which process has their socket, and which socket it is; null: none.
  node        text        collate "C",
  socket      text        collate "C",
  seen_at     timestamptz,
  primary key (tenant, visit, id)
);
-- A guest is found by what they show.
create unique index video_participant_secret on video_participant (tenant, secret_hash) where secret_hash is not null;
create unique index video_participant_reference on video_participant (tenant, visit, reference) where reference is not null;
create unique index video_participant_invite on video_participant (tenant, visit, invite) where invite is not null;
create index video_participant_seen on video_participant (tenant, seen_at) where socket is not null;

-- Each time somebody was connected.
create table video_attendance (
  tenant      int         not null,
  visit       text        collate "C" not null,
  participant text        collate "C" not null,
  socket      text        collate "C" not null,
  joined_at   timestamptz not null,
  left_at     timestamptz,
  primary key (tenant, visit, participant, socket)
);

-- Tokens that have opened a socket: none opens a second.
create table video_token_used (
  tenant     int         not null,
  jti        text        collate "C" not null,
  expires_at timestamptz not null,
  primary key (tenant, jti)
);

create table video_invite (
  tenant     int         not null,
  visit      text        collate "C" not null,
  id         text        collate "C" not null,
  -- sha-256 of the code in the link, hex.
  code_hash  text        collate "C" not null,
  role       text        not null,
  name       text        not null,
  -- Whom it is for, where they are a resource here.
  reference  text        collate "C",
  created_by text        not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  revoked_at timestamptz,
  primary key (tenant, visit, id)
);
create unique index video_invite_code on video_invite (tenant, code_hash);

-- What goes from one process to the sockets of another; kept for a minute.
create table video_message (
  tenant     int         not null,
  id         text        collate "C" not null,
  visit      text        collate "C" not null,
  -- A participant; null: all of them.
  target     text        collate "C",
  -- JSON.
  body       text        not null,
  created_at timestamptz not null,
  primary key (tenant, id)
);
create index video_message_age on video_message (tenant, created_at);

create table video_recording (
  tenant     int         not null,
  visit      text        collate "C" not null,
  id         text        collate "C" not null,
  -- recording, paused, stopped, stored or failed.
  state      text        not null,
  -- Who records: the id of a participant whose browser does; null: the media server.
  recorder   text        collate "C",
  -- What the media server calls it.
  reference  text        collate "C",
  -- The Consents that it began under, as JSON.
  consents   text        not null,
  started_at timestamptz not null,
  stopped_at timestamptz,
  content_type text,
  -- What has come of it so far, as JSON: [{sha256, size}], in order.
  parts      text        not null default '[]',
  -- The ids of what it became.
  binary_id  text        collate "C",
  document   text        collate "C",
  -- Why it is paused or stopped: asked, consent, held, left, over, full.
  reason     text,
  -- Since when it is so.
  changed_at timestamptz not null,
  -- The recording that it goes on from.
  follows    text        collate "C",
  primary key (tenant, visit, id)
);
create unique index video_recording_open on video_recording (tenant, visit) where state in ('recording', 'paused');
create unique index video_recording_reference on video_recording (tenant, reference) where reference is not null;

-- Who of those without a record here, or for themself beside the patient, agrees to be recorded: nobody does who has not said so.
create table video_recording_consent (
  tenant      int         not null,
  visit       text        collate "C" not null,
  participant text        collate "C" not null,
  given       boolean     not null,
  at          timestamptz not null,
  primary key (tenant, visit, participant)
);

-- Addresses at which a recording is played once, by who asked for them, within a minute.
create table video_recording_link (
  tenant     int         not null,
  -- sha-256 of the code in the address, hex.
  code_hash  text        collate "C" not null,
  visit      text        collate "C" not null,
  document   text        collate "C" not null,
  binary_id  text        collate "C" not null,
  -- Who asked, as JSON of a Caller: what they may see is decided anew.
  caller     text        not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, code_hash)
);
create index video_recording_link_visit on video_recording_link (tenant, visit);

-- What media servers have told us, so that nothing is told twice.
create table video_event_seen (
  tenant     int         not null,
  id         text        collate "C" not null,
  created_at timestamptz not null,
  primary key (tenant, id)
);

-- How a tenant holds its visits; without a row as src/video/visits/policy.ts says.
create table video_policy (
  tenant     int  not null,
  content    text not null,
  primary key (tenant)
);

-- A time that somebody is about to book.
create table slot_hold (
  tenant      int         not null,
  slot        text        collate "C" not null,
  holder      text        not null,
  appointment text        collate "C" not null,
  expires_at  timestamptz not null,
  primary key (tenant, slot)
);

-- How often something was tried from one place within a minute; a place is a keyed hash of an address or the name of a visit.
create table video_limit (
  tenant int         not null,
  source text        collate "C" not null,
  minute timestamptz not null,
  tried  int         not null,
  primary key (tenant, source, minute)
);
