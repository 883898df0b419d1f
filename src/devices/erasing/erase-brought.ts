import type { Observation } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import { instants, numbers } from '../../fhir/store/arrays.ts';
import { contentsOf, eraseRows } from '../../privacy/erase/erase-rows.ts';
import { eraseTexts } from '../../privacy/erase/texts-of-codes.ts';
import { spanOf } from '../rollups/span.ts';
import { lockReadings } from '../store.ts';
import { type Brought, isOf, paramsOf } from './brought.ts';
import { eraseRollUps, type Gone } from './erase-roll-ups.ts';

/** Samples, and resources, in one commit. */
const SAMPLES = 5000;
const RESOURCES = 500;

/** Looks whether something may still be erased, in the transaction in which it is. @throws where it must not */
export type Allowed = (tx: Queryable) => Promise<void>;

/** What some Observations say in all of their versions: what was rolled up of them, and by which texts they are found. */
async function lookInto(context: FhirContext, tx: Queryable, tenant: number, ids: readonly string[]) {
  const gone: Gone[] = [];
  const texts = new Set<number>();
  const names = ids.map((id) => ({ type: 'Observation', id }));
  for await (const { content } of contentsOf(tx, tenant, names)) {
    const resource = JSON.parse(content) as Resource; // what is stored is one
    const span = spanOf(resource as unknown as Observation); // of this type
    if (span !== null) gone.push(span);
    for (const { key } of context.index(tenant, resource).texts) texts.add(key);
  }
  return { names, gone, texts: [...texts] };
}

const writtenSql = `select w.observation::text from device_written w where ${isOf('w')} limit ${RESOURCES}`;

/** @returns whether there may be more */
async function eraseWritten(context: FhirContext, of: Brought, allowed: Allowed): Promise<boolean> {
  const { tenant, patient } = of;
  return context.database.transaction(async (tx) => {
    await lockReadings(tx, tenant, patient);
    await allowed(tx);
    const ids = (await tx.query(writtenSql, paramsOf(of))).map(([id]) => String(id));
    if (ids.length === 0) return false;
    const { names, gone, texts } = await lookInto(context, tx, tenant, ids);
    await eraseRollUps(tx, of, gone);
    await eraseRows(tx, tenant, names);
    await tx.query('delete from device_written where tenant = $1 and observation = any($2::uuid[])', [tenant, ids]);
    await eraseTexts(tx, tenant, texts);
    return true;
  });
}

const seriesSql = `select s.id, s.measure, array_to_json(s.keys)::text from series s where ${isOf('s')} order by s.id`;

type Series = { id: number; measure: string; texts: readonly number[] };

const samplesSql = `select start, duration, id::text, status from sample where tenant = $1 and series = $2
  order by start, duration limit ${SAMPLES} for update`;

const deleteSql = `with past as (delete from sample_history where tenant = $1 and id = any($5::uuid[]))
  delete from sample m using unnest($3::timestamptz[], $4::int[]) v(start, duration)
  where m.tenant = $1 and m.series = $2 and m.start = v.start and m.duration = v.duration`;

/** @returns whether there may be more */
async function eraseSamples(
  context: FhirContext,
  of: Brought,
  { id, measure, texts }: Series,
  allowed: Allowed,
): Promise<boolean> {
  const { tenant, patient } = of;
  return context.database.transaction(async (tx) => {
    await lockReadings(tx, tenant, patient);
    await allowed(tx);
    const rows = (await tx.query(samplesSql, [tenant, id])) as [Date, number, string, number][];
    const spans = rows.map(([start, duration]) => ({ measure, start: start.getTime(), duration }));
    // Those that have become resources.
    const moved = rows.flatMap(([, , sample, status]) => (status === 9 ? [sample] : []));
    const became = await lookInto(context, tx, tenant, moved);
    await eraseRollUps(tx, of, [...spans, ...became.gone]);
    await eraseRows(tx, tenant, became.names);
    const times = [instants(spans.map(({ start }) => start)), numbers(spans.map(({ duration }) => duration))];
    await tx.query(deleteSql, [tenant, id, ...times, rows.map(([, , sample]) => sample)]);
    await eraseTexts(tx, tenant, became.texts);
    if (rows.length === SAMPLES) return true;
    await tx.query('delete from sample_history where tenant = $1 and series = $2', [tenant, id]);
    await tx.query('delete from series where tenant = $1 and id = $2', [tenant, id]);
    await eraseTexts(tx, tenant, texts);
    return false;
  });
}

const connections = `select c.id from device_connection c where c.tenant = $1 and c.patient = $2 and c.source = $3`;
const payloadsSql = `select id, case when bytes is null then sha256 end from device_payload
  where tenant = $1 and connection in (${connections}) limit ${RESOURCES}`;

/** Files first: what is left of a row tells of its file. */
async function erasePayloads({ database, blobs }: FhirContext, of: Brought, allowed: Allowed): Promise<boolean> {
  await allowed(database);
  const rows = await database.query(payloadsSql, paramsOf(of));
  for (const [, blob] of rows) if (blob !== null) await blobs.delete(String(blob));
  const ids = rows.map(([id]) => String(id));
  await database.query('delete from device_payload where tenant = $1 and id = any($2::text[])', [of.tenant, ids]);
  return rows.length > 0;
}

const forgetSql = `update device_connection set last_reading = null, cursor = null where tenant = $1 and patient = $2 and source = $3`;
const recordsSql = 'delete from device_record where tenant = $1 and patient = $2 and source = $3';

/**
 * Erases what a source has brought as if it had never been, with its versions, what was rolled up of it, and what it came in. In
 * steps, each in a commit of its own: it can be begun again at any point, by another process as well.
 */
export async function eraseBrought(context: FhirContext, of: Brought, allowed: Allowed): Promise<void> {
  while (await eraseWritten(context, of, allowed));
  const rows = await context.database.query(seriesSql, paramsOf(of));
  for (const [id, measure, keys] of rows) {
    const series = { id: Number(id), measure: String(measure), texts: JSON.parse(String(keys)) as number[] }; // a bigint[]
    while (await eraseSamples(context, of, series, allowed));
  }
  while (await erasePayloads(context, of, allowed));
  await context.database.query(recordsSql, paramsOf(of));
  await context.database.query(forgetSql, paramsOf(of));
}
