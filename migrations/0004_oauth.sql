-- The authorization server: apps, people, sessions, what was granted. What is secret is hashed or sealed. Times that are
-- looked back to (created_at, last_used_at) are for people; those that decide (expires_at, revoked_at) are compared in SQL.

-- A tenant signs with one key of each algorithm at a time.
drop index signing_key_current;
create unique index signing_key_current on signing_key (tenant, algorithm) where retired_at is null;

-- Goes up by one whenever something that was granted ends early: what a process remembers of a token is good while it stands.
create table revocation_epoch (
  tenant int    primary key,
  epoch  bigint not null default 0
);

-- Access tokens that ended before their time, by their jti, until they would have ended anyway.
create table revoked_token (
  tenant     int         not null,
  jti        text        collate "C" not null,
  expires_at timestamptz not null,
  primary key (tenant, jti)
);

-- Identifiers that may be used once: `kind` says of what (client assertions, DPoP proofs, software statements).
create table used_identifier (
  tenant     int         not null,
  kind       text        collate "C" not null,
  owner      text        collate "C" not null,
  identifier text        collate "C" not null,
  expires_at timestamptz not null,
  primary key (tenant, kind, owner, identifier)
);
create index used_identifier_expiry on used_identifier (tenant, expires_at);

-- A registered app. `metadata` is JSON in the words of RFC 7591; see src/smart/clients/clients.ts.
create table client (
  tenant            int         not null,
  id                text        collate "C" not null,
  metadata          text        not null,
  secret_hash       text,
  -- Of the registration access token (RFC 7592).
  management_hash   text,
  -- The URI in the certificate of a client that registered by UDAP.
  certificate_uri   text        collate "C",
  -- Who registered it: a user's id, or null for the operator's command and the demo.
  owner             text        collate "C",
  registered_by     text        not null,
  created_at        timestamptz not null default now(),
  last_used_at      timestamptz,
  disabled_at       timestamptz,
  primary key (tenant, id)
);
create index client_owner on client (tenant, owner);
create unique index client_certificate on client (tenant, certificate_uri) where disabled_at is null;

-- One-time tokens that let somebody register an app.
create table initial_access_token (
  tenant     int         not null,
  hash       text        collate "C" not null,
  note       text        not null,
  -- Whether the app may have system/ scopes.
  system     boolean     not null default false,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, hash)
);

-- Somebody who can sign in. `fhir_user` is whose record they have: Patient/1, RelatedPerson/2, Practitioner/3.
create table user_account (
  tenant        int         not null,
  id            text        collate "C" not null,
  -- As typed at sign-in, folded to lower case.
  username      text        collate "C" not null,
  display_name  text        not null,
  email         text,
  fhir_user     text        collate "C",
  -- developer, operator
  roles         text[]      collate "C" not null default '{}',
  password_hash text,
  -- The TOTP secret, sealed, and the last step whose code was taken.
  totp          text,
  totp_step     bigint,
  language      text,
  -- Made for the demo, with a password that everybody is told: see src/smart/people/demo-door.ts.
  demo          boolean     not null default false,
  created_at    timestamptz not null default now(),
  disabled_at   timestamptz,
  primary key (tenant, id)
);
create unique index user_account_username on user_account (tenant, username);

create table user_passkey (
  tenant        int         not null,
  credential_id text        collate "C" not null,
  user_id       text        collate "C" not null,
  public_key    text        not null,
  counter       bigint      not null,
  transports    text[]      collate "C" not null default '{}',
  name          text        not null,
  created_at    timestamptz not null default now(),
  last_used_at  timestamptz,
  primary key (tenant, credential_id)
);
create index user_passkey_user on user_passkey (tenant, user_id);

create table user_recovery_code (
  tenant  int         not null,
  user_id text        collate "C" not null,
  hash    text        collate "C" not null,
  used_at timestamptz,
  primary key (tenant, user_id, hash)
);

-- Who a user is at an outside OpenID provider.
create table user_federation (
  tenant     int         not null,
  provider   text        collate "C" not null,
  subject    text        collate "C" not null,
  user_id    text        collate "C" not null,
  linked_at  timestamptz not null default now(),
  primary key (tenant, provider, subject)
);
create index user_federation_user on user_federation (tenant, user_id);

-- One-time links by which a user sets a password.
create table user_invitation (
  tenant     int         not null,
  hash       text        collate "C" not null,
  user_id    text        collate "C" not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, hash)
);

-- A browser in which somebody is signed in, or about to be: `user_id` is null until they are.
create table user_session (
  tenant       int         not null,
  -- Of the cookie's value.
  hash         text        collate "C" not null,
  -- Named in pages and tokens in its place.
  id           text        collate "C" not null,
  user_id      text        collate "C",
  -- What was shown: pwd, otp, hwk, rc, fed (RFC 8176 where it has a word).
  methods      text[]      collate "C" not null default '{}',
  signed_in_at timestamptz,
  -- JSON of what is under way: a challenge, the first of two factors, a visit to an outside provider.
  pending      text,
  user_agent   text,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  primary key (tenant, hash)
);
create index user_session_user on user_session (tenant, user_id) where ended_at is null;
create unique index user_session_id on user_session (tenant, id);

-- How often something secret was guessed wrongly, by what was guessed at; it is slowed down, never locked.
create table failed_attempt (
  tenant     int         not null,
  kind       text        collate "C" not null,
  subject    text        collate "C" not null,
  failures   int         not null,
  last_at    timestamptz not null,
  primary key (tenant, kind, subject)
);

-- An authorization request between its arrival (or its push, RFC 9126) and the answer to the app.
create table authorization_request (
  tenant     int         not null,
  -- Of the id in the page's address, or of the request_uri.
  hash       text        collate "C" not null,
  client_id  text        collate "C" not null,
  -- JSON of src/smart/authorize/request.ts.
  request    text        not null,
  -- JSON of what has been chosen so far.
  chosen     text,
  -- The session that it was taken up in: no other may go on with it.
  session_id text        collate "C",
  pushed     boolean     not null default false,
  expires_at timestamptz not null,
  ended_at   timestamptz,
  primary key (tenant, hash)
);

-- What an app was granted, by whom; every token names one.
create table app_grant (
  tenant         int         not null,
  id             text        collate "C" not null,
  client_id      text        collate "C" not null,
  -- null: the app itself (client_credentials).
  user_id        text        collate "C",
  -- The session for which it was made, where it ends with that (online_access, or no refresh at all).
  session_id     text        collate "C",
  scope          text        not null,
  -- Launch context as JSON: patient, encounter, intent, fhirContext, …
  context        text        not null,
  fhir_user      text        collate "C",
  patient        text        collate "C",
  -- Logical id of the Consent that says so in FHIR.
  consent_id     text        collate "C",
  -- When that Consent was made inactive, which follows the end of the grant.
  consent_ended_at timestamptz,
  -- Thumbprint of the key that every token of it is bound to (RFC 9449).
  dpop_jkt       text,
  created_at     timestamptz not null default now(),
  last_used_at   timestamptz,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  revoked_why    text,
  primary key (tenant, id)
);
create index app_grant_user on app_grant (tenant, user_id) where revoked_at is null;
create index app_grant_consent on app_grant (tenant, consent_id) where consent_id is not null and consent_ended_at is null;
create index app_grant_client on app_grant (tenant, client_id) where revoked_at is null;

create table authorization_code (
  tenant         int         not null,
  hash           text        collate "C" not null,
  grant_id       text        collate "C" not null,
  client_id      text        collate "C" not null,
  redirect_uri   text        not null,
  -- S256; null only for clients that registered by UDAP.
  code_challenge text,
  nonce          text,
  -- Seconds since 1970 at which the person signed in, for auth_time.
  signed_in_at   timestamptz,
  -- How they did, for amr.
  methods        text[]      collate "C" not null default '{}',
  expires_at     timestamptz not null,
  used_at        timestamptz,
  primary key (tenant, hash)
);

-- Each refresh token is used once and gives the next of its family, which is the grant.
create table refresh_token (
  tenant     int         not null,
  hash       text        collate "C" not null,
  grant_id   text        collate "C" not null,
  client_id  text        collate "C" not null,
  scope      text        not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, hash)
);
create index refresh_token_grant on refresh_token (tenant, grant_id);

-- What an EHR hands to an app that it starts: good for one use, by one user and one app.
create table launch (
  tenant     int         not null,
  hash       text        collate "C" not null,
  client_id  text        collate "C" not null,
  user_id    text        collate "C" not null,
  context    text        not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (tenant, hash)
);

-- Why an app was refused, told to its own developer.
create table app_refusal (
  tenant     int         not null,
  id         text        collate "C" not null,
  client_id  text        collate "C" not null,
  at         timestamptz not null default now(),
  place      text        not null,
  error      text        not null,
  reason     text        not null,
  primary key (tenant, id)
);
create index app_refusal_client on app_refusal (tenant, client_id, id desc);
