-- By which rules the security labels of what is stored have been found, and how far a new version of them has come.

create table label_rules (
  tenant  int  not null,
  -- Of the rules that all rows are labelled by; empty: none yet.
  version text not null,
  -- Of the rules that are being applied.
  coming  text not null,
  -- The last row that they were applied to: the number of its type, and its id.
  type    int  not null,
  id      text collate "C" not null,
  primary key (tenant)
);
