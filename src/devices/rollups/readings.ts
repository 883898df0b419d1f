import type { Observation } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import type { Measure } from '../measures.ts';
import { inUnitOf } from '../units.ts';
import type { Piece } from './piece.ts';
import { devicesOf, measureIn, timeOf } from './span.ts';

export type Span = { from: number; to: number };
export type Rolled = { tenant: number; patient: string; measure: Measure };

type Source = Pick<Piece, 'source' | 'priority' | 'device' | 'security'>;

/** Of a source without a connection, as of a gateway that is gone. */
const LAST = 100;

// Until the roll-ups are written nobody erases what they are made of.
const seriesSql = `select s.id, s.source, s.device, s.meta, (select c.priority from device_connection c
    where c.tenant = s.tenant and c.patient = s.patient and (s.source = c.source or starts_with(s.source, c.source || '/'))
    order by c.state in ('active', 'expired') desc, length(c.source) desc, c.created_at desc limit 1)
  from series s where s.tenant = $1 and s.patient = $2 and s.measure = $3 for key share of s`;

/** Readings that are summed up together: of a week, one in each second are 600,000. */
export const MOST_READINGS = 800_000;

const samplesSql = `select series, start, duration, zone, value from sample
  where tenant = $1 and series = any($2::int[]) and start >= $3 and start < $4 and status in (0, 1)
  limit ${MOST_READINGS + 1}`;

const movedSql = `select series, id::text from sample
  where tenant = $1 and series = any($2::int[]) and start >= $3 and start < $4 and status = 9`;

const resourcesSql = `select id, content from resource where tenant = $1 and type = 96 and patient = $2
  and date_start >= $3 and date_start < $4 and (keys @> $5::bigint[]) is true`;

const sourcesSql = `select source, device, priority from device_connection
  where tenant = $1 and patient = $2 and device is not null order by created_at`;

function securityOf(meta: unknown): string[] {
  const { security = [] } = (meta ?? {}) as { security?: unknown[] }; // that of a checked Observation
  return security.map((label) => JSON.stringify(label));
}

/** Of which series readings of the measure are, by number. */
async function sources(on: Queryable, { tenant, patient, measure }: Rolled): Promise<Map<number, Source>> {
  const rows = await on.query(seriesSql, [tenant, patient, measure.id]);
  // The select list fixes the shape of a row.
  return new Map(
    (rows as [number, string, string | null, string, number | null][]).map(([id, source, device, meta, priority]) => [
      id,
      { source, device, priority: priority ?? LAST, security: securityOf(JSON.parse(`{${meta.slice(1)}}`)) },
    ]),
  );
}

async function ofSamples(on: Queryable, tenant: number, by: Map<number, Source>, span: Span): Promise<Piece[]> {
  const params = [tenant, numbers([...by.keys()]), new Date(span.from), new Date(span.to)];
  const rows = (await on.query(samplesSql, params)) as [number, Date, number, number, number][];
  return rows.flatMap(([series, start, duration, zone, value]) => {
    const source = by.get(series);
    return source ? [{ ...source, start: start.getTime(), duration, zone, value }] : [];
  });
}

const counted: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'preliminary']);

type Measured = Pick<Piece, 'start' | 'duration' | 'zone' | 'value'>;

/** When it was measured and how much, in the unit of the measure; null: it has no such value. */
function measured(observation: Observation, measure: Measure): Measured | null {
  const { valueQuantity: quantity, status } = observation;
  if (!counted.has(status) || measureIn(observation)?.id !== measure.id || quantity?.value === undefined) return null;
  const amount = inUnitOf(measure, { value: quantity.value, unit: quantity.code ?? quantity.unit ?? null });
  const time = timeOf(observation);
  if (quantity.comparator !== undefined || !amount.ok || time === null) return null;
  return { ...time, value: amount.value };
}

/** By the id of its Device; that of a connection only where no series tells more. */
async function devices(on: Queryable, of: Rolled, by: Map<number, Source>): Promise<Map<string, Source>> {
  const known = new Map<string, Source>();
  const rows = await on.query(sourcesSql, [of.tenant, of.patient]);
  for (const [source, device, priority] of rows as [string, string, number][])
    known.set(device, { source, device, priority, security: [] });
  for (const one of by.values()) if (one.device !== null) known.set(one.device, one);
  return known;
}

/** Readings that devices sent and that are resources, those among them that were changed since. */
async function ofResources(on: Queryable, of: Rolled, by: Map<number, Source>, span: Span): Promise<Piece[]> {
  const { tenant, patient, measure } = of;
  const [{ system, code } = {}] = measure.codings;
  const times = [new Date(span.from), new Date(span.to)];
  const codes = numbers([key(tenant, 'Observation', 'code', 's', `${system}|${code}`)]);
  const rows = (await on.query(resourcesSql, [tenant, patient, ...times, codes])) as [string, string][];
  if (rows.length === 0) return [];
  const moved = await on.query(movedSql, [tenant, numbers([...by.keys()]), ...times]);
  const seriesOf = new Map((moved as [number, string][]).map(([series, id]) => [id, series]));
  const known = await devices(on, of, by);
  return rows.flatMap(([id, content]) => {
    const observation = JSON.parse(content) as Observation; // what is stored has been checked
    const found = measured(observation, measure);
    const [device, gateway] = devicesOf(observation);
    const from = by.get(seriesOf.get(id) ?? -1) ?? known.get(device ?? '') ?? known.get(gateway ?? '');
    // What a person has written is not summed up with what devices measure.
    if (found === null || (from === undefined && device === null)) return [];
    const source = from ?? { source: `Device/${device}`, priority: LAST };
    return [{ ...source, ...found, device: device ?? gateway, security: securityOf(observation.meta) }];
  });
}

/** All readings of a measure that begin within a span, of both tiers. @param on in a transaction */
export async function readings(on: Queryable, of: Rolled, span: Span): Promise<Piece[]> {
  const by = await sources(on, of);
  return [...(await ofSamples(on, of.tenant, by, span)), ...(await ofResources(on, of, by, span))];
}
