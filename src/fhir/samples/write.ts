import type { Queryable } from '../../db/database.ts';
import { instants, numbers } from '../store/arrays.ts';
import { markDue } from './due.ts';
import { type Sample, type Stored, sampleStatus } from './sample.ts';

/** What became of a sample. `version` is the one that is stored now. */
export type SampleWritten = { stored: Stored; version: number };

const statusOf = (one: Sample): number => (one.error ? sampleStatus.error : sampleStatus.final);

/** Every writer locks samples in this order. */
const byPlace = (a: Sample, b: Sample): number => a.series - b.series || a.start - b.start || a.duration - b.duration;

const placeOf = (series: number, start: number, duration: number): string => `${series}/${start}/${duration}`;

const places = 'unnest($2::int[], $3::timestamptz[], $4::int[])';

const placeParams = (samples: readonly Sample[]): string[] => [
  numbers(samples.map(({ series }) => series)),
  instants(samples.map(({ start }) => start)),
  numbers(samples.map(({ duration }) => duration)),
];

const stored = `select v.n::int, m.status, m.version, m.value
  from ${places} with ordinality v(series, start, duration, n)
  join sample m on m.tenant = $1 and m.series = v.series and m.start = v.start and m.duration = v.duration`;

// A row that another writer has come to in between is left as that one wrote it, where it says the same.
const upsert = `with w as (
    insert into sample as m (tenant, series, start, duration, zone, status, value, received, id)
    select $1, v.* from (select series, start, duration, zone, status, value, $8::timestamptz, id
      from unnest($2::int[], $3::timestamptz[], $4::int[], $5::smallint[], $6::smallint[], $7::float8[], $9::uuid[])
        v(series, start, duration, zone, status, value, id)) v
    on conflict (tenant, series, start, duration) do update set value = excluded.value, zone = excluded.zone,
      status = case excluded.status when 2 then 2 else 1 end, version = m.version + 1, received = excluded.received
      where m.status <> 9 and ((m.status = 2) <> (excluded.status = 2) or (m.status <> 2 and m.value <> excluded.value))
    returning with (old as o, new as n) n.series, n.start, n.duration, n.version, o.zone, o.status, o.version as was, o.value,
      o.received, o.id),
  past as (insert into sample_history (tenant, series, start, duration, zone, status, version, value, received, id)
    select $1, series, start, duration, zone, status, was, value, received, id from w where was is not null)
  select series, start, duration, version, was from w`;

/** Of samples at one place the last counts, as if they had come one after the other. */
function lastOfEach(samples: readonly Sample[]): Sample[] {
  const last = new Map<string, Sample>();
  for (const one of samples) last.set(placeOf(one.series, one.start, one.duration), one);
  return [...last.values()].sort(byPlace);
}

/**
 * Writes samples, in any order and as often as they come. What is known already costs a look and no write. The hours that
 * something new came into are to be rolled up anew.
 *
 * @param on in a transaction, for a sample and its last version are two rows
 * @param received when they came
 * @returns what became of each, in the order given
 */
export async function writeSamples(
  on: Queryable,
  tenant: number,
  samples: readonly Sample[],
  received: Date,
): Promise<readonly SampleWritten[]> {
  if (samples.length === 0) return [];
  const became = new Map<string, SampleWritten>();
  const changed: Sample[] = [];
  let left = lastOfEach(samples);
  while (left.length > 0) {
    const fresh = await unlike(on, tenant, left, became);
    const written = await put(on, tenant, fresh, received, became);
    changed.push(...written);
    // Another writer was there first: what it wrote is looked at.
    left = fresh.filter((one) => !written.includes(one));
  }
  await markDue(on, tenant, changed);
  return samples.map(
    (one) => became.get(placeOf(one.series, one.start, one.duration)) ?? { stored: 'known', version: 1 },
  );
}

/** Those of which something else is stored, or nothing; of the others it is noted what is. */
async function unlike(
  on: Queryable,
  tenant: number,
  samples: readonly Sample[],
  became: Map<string, SampleWritten>,
): Promise<Sample[]> {
  const rows = await on.query(stored, [tenant, ...placeParams(samples)]);
  const alike = new Set<Sample>();
  for (const row of rows) {
    // The select list fixes the shape of a row.
    const [n, status, version, value] = row as [number, number, number, number];
    const one = samples[n - 1];
    if (!one) continue;
    const isMoved = status === sampleStatus.moved;
    const isError = status === sampleStatus.error;
    const isAlike = isError === (one.error === true) && (isError || value === one.value);
    if (!isMoved && !isAlike) continue;
    alike.add(one);
    became.set(placeOf(one.series, one.start, one.duration), { stored: isMoved ? 'moved' : 'known', version });
  }
  return samples.filter((one) => !alike.has(one));
}

/** @returns those that were written */
async function put(
  on: Queryable,
  tenant: number,
  samples: readonly Sample[],
  received: Date,
  became: Map<string, SampleWritten>,
): Promise<Sample[]> {
  if (samples.length === 0) return [];
  const rows = await on.query(upsert, [
    tenant,
    ...placeParams(samples),
    numbers(samples.map(({ zone }) => zone)),
    numbers(samples.map(statusOf)),
    numbers(samples.map(({ value }) => value)),
    received,
    `{${samples.map(({ id }) => id).join()}}`,
  ]);
  const byName = new Map(samples.map((one) => [placeOf(one.series, one.start, one.duration), one]));
  return rows.flatMap((row) => {
    // The select list fixes the shape of a row.
    const [series, start, duration, version, was] = row as [number, Date, number, number, number | null];
    const name = placeOf(series, start.getTime(), duration);
    became.set(name, { stored: was === null ? 'created' : 'amended', version });
    return byName.get(name) ?? [];
  });
}
