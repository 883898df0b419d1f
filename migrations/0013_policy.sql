-- The privacy policy, each version of it that was ever published, as it was worded.

create table policy_version (
  tenant       int         not null,
  version      text        collate "C" not null,
  url          text        collate "C" not null,
  -- Of the text, in hex.
  sha256       text        collate "C" not null,
  -- Whether who has agreed to an earlier one must agree anew.
  material     boolean     not null,
  effective_at timestamptz not null,
  published_at timestamptz not null,
  text         text        not null,
  primary key (tenant, version)
);
