import type { Queryable } from '../../db/database.ts';
import { instants, numbers, texts } from '../store/arrays.ts';

const HOUR = 3_600_000;

/** An interval that is longer has its first and its last hour rolled up: no summary by the hour is made of it. */
const mostHours = 200;

/** ms since 1970, and ms; 0: an instant. */
type Span = { start: number; duration: number };

/** The hours that a span touches, as the instants that they begin with. */
function hoursOf({ start, duration }: Span): number[] {
  const first = Math.floor(start / HOUR);
  const last = Math.floor((start + Math.max(duration - 1, 0)) / HOUR);
  if (last - first > mostHours) return [first * HOUR, last * HOUR];
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * HOUR);
}

// An hour that is due already is locked until the samples are committed: who rolls it up before would not see them, and take it
// off the list. In one order, so that two writers who wait for each other's hours do not wait for ever.
const noted = 'on conflict (tenant, patient, measure, hour) do update set hour = excluded.hour where false';
const insert = `insert into rollup_due (tenant, patient, measure, hour)
  select distinct $1::int, s.patient, s.measure, v.hour from unnest($2::int[], $3::timestamptz[]) v(series, hour)
  join series s on s.tenant = $1 and s.id = v.series order by 2, 3, 4 ${noted}`;

/** Notes the hours of samples that have changed. */
export async function markDue(
  on: Queryable,
  tenant: number,
  samples: readonly (Span & { series: number })[],
): Promise<void> {
  const due = new Map<string, [series: number, hour: number]>();
  for (const one of samples) for (const hour of hoursOf(one)) due.set(`${one.series}/${hour}`, [one.series, hour]);
  if (due.size === 0) return;
  const all = [...due.values()];
  await on.query(insert, [tenant, numbers(all.map(([series]) => series)), instants(all.map(([, hour]) => hour))]);
}

const insertOf = `insert into rollup_due (tenant, patient, measure, hour)
  select distinct $1::int, $2, v.* from unnest(string_to_array($3, chr(30)), $4::timestamptz[]) v(measure, hour)
  order by 3, 4 ${noted}`;

/** Notes the hours of readings that are resources. */
export async function markDueOf(
  on: Queryable,
  tenant: number,
  patient: string,
  readings: readonly (Span & { measure: string })[],
): Promise<void> {
  const due = readings.flatMap((one) => hoursOf(one).map((hour) => [one.measure, hour] as const));
  if (due.length === 0) return;
  await on.query(insertOf, [
    tenant,
    patient,
    texts(due.map(([measure]) => measure)),
    instants(due.map(([, hour]) => hour)),
  ]);
}
