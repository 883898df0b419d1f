-- What employers have booked, and the figures that they are shown.

-- A part of the product that an employer has. No row: they have it not.
create table party_module (
  tenant        int   not null,
  organization  text  collate "C" not null,
  module        text  collate "C" not null,
  settings      jsonb not null,
  primary key (tenant, organization, module)
);

-- The figures of one month, counted once: who joins or leaves in between cannot be found out by asking twice.
create table party_report (
  tenant        int         not null,
  organization  text        collate "C" not null,
  -- The first day of the month.
  period        date        not null,
  -- For each cell that is published how many it stands for, before rounding; never shown.
  cells         jsonb       not null,
  made_at       timestamptz not null,
  primary key (tenant, organization, period)
);

-- How often an employer has asked on a day.
create table party_query (
  tenant        int  not null,
  organization  text collate "C" not null,
  day           date not null,
  asked         int  not null,
  primary key (tenant, organization, day)
);
