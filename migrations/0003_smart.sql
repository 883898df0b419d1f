-- The keys that tokens are signed with, each tenant's own. The private half is sealed with a secret that is not in here.

create table signing_key (
  tenant      int         not null,
  kid         text        collate "C" not null,
  algorithm   text        not null,
  public_jwk  text        not null,
  private_key text        not null,
  created_at  timestamptz not null default now(),
  -- Signs no more; its public half is still believed until the last token it signed has expired.
  retired_at  timestamptz,
  primary key (tenant, kid)
);
create unique index signing_key_current on signing_key (tenant) where retired_at is null;
