import type { FhirContext } from '../../../fhir/context.ts';
import { ok, type Result, tooManyRequests } from '../../../fhir/outcome.ts';
import { moduleOf } from '../modules.ts';
import { enrolment, measures } from './grid.ts';
import { groupsOf } from './groups.ts';
import { populationOf } from './population.ts';
import { publishable } from './suppress.ts';

/** What is published of a month: how many each cell stands for, before rounding. */
export type Month = {
  /** `2026-02-01`, and its last day. */
  start: string;
  end: string;
  /** null: it is held back. */
  cells: ReadonlyMap<string, number | null>;
};

/** The fewest people that a figure stands for where nobody says otherwise. */
const K = 10;
/** Questions of an employer in a day. */
const BUDGET = 200;

function monthOf(now: number): { start: string; end: string } {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return { start: day(Date.UTC(year, month, 1)), end: day(Date.UTC(year, month + 1, 0)) };
}

// Stored by storeCells.
const cellsOf = (text: unknown): Map<string, number | null> =>
  new Map(Object.entries(JSON.parse(String(text)) as Record<string, number | null>));

async function storedCells({ database }: FhirContext, tenant: number, organization: string, start: string) {
  const [row] = await database.byKey.query(
    'select cells::text from party_report where tenant = $1 and organization = $2 and period = $3::date',
    [tenant, organization, start],
  );
  return row ? cellsOf(row[0]) : null;
}

/** What was published of each cell when it was last. */
async function cellsBefore({ database }: FhirContext, tenant: number, organization: string, start: string) {
  const rows = await database.query(
    'select cells::text from party_report where tenant = $1 and organization = $2 and period < $3::date order by period',
    [tenant, organization, start],
  );
  const before = new Map<string, number>();
  for (const [text] of rows) for (const [key, count] of cellsOf(text)) if (count !== null) before.set(key, count);
  return before;
}

/**
 * The figures of this month, counted when they are first asked for and not again: whoever asks twice is told the same, whoever
 * came or left in between.
 */
export async function monthlyFigures(context: FhirContext, tenant: number, organization: string): Promise<Month> {
  const month = monthOf(context.now());
  const known = await storedCells(context, tenant, organization, month.start);
  if (known) return { ...month, cells: known };
  const { k = K } = (await moduleOf(context, tenant, organization, 'aggregates')) ?? {};
  const people = await populationOf(context, tenant, organization);
  const codes = measures.map(({ code }) => code);
  const groups = groupsOf(people, codes);
  const before = await cellsBefore(context, tenant, organization, month.start);
  const published = new Map(publishable(groups, k, before).map(({ key, count }) => [key, count]));
  // Of an employer with fewer people not even the departments are told.
  const isShown = published.has(enrolment.code);
  const cells = [...groups.keys()].map((key) => [key, isShown ? (published.get(key) ?? null) : null] as const);
  await context.database.query(
    `insert into party_report (tenant, organization, period, cells, made_at) values ($1, $2, $3::date, $4::jsonb, $5)
     on conflict do nothing`,
    [
      tenant,
      organization,
      month.start,
      JSON.stringify(Object.fromEntries(isShown ? cells : [])),
      new Date(context.now()),
    ],
  );
  // What another process counted at the same moment is what counts.
  return { ...month, cells: (await storedCells(context, tenant, organization, month.start)) ?? new Map() };
}

/** Counts a question against what an employer may ask in a day. */
export async function withinBudget(context: FhirContext, tenant: number, organization: string): Promise<Result<null>> {
  const day = new Date(context.now()).toISOString().slice(0, 10);
  const [row] = await context.database.byKey.query(
    `insert into party_query (tenant, organization, day, asked) values ($1, $2, $3::date, 1)
     on conflict (tenant, organization, day) do update set asked = party_query.asked + 1 returning asked`,
    [tenant, organization, day],
  );
  return Number(row?.[0]) <= BUDGET
    ? ok(null)
    : tooManyRequests(`An employer may ask for its figures ${BUDGET} times a day; they are the same for a month`);
}
