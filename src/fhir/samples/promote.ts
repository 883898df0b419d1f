import type { Queryable } from '../../db/database.ts';
import type { Seal, Sealable } from '../../db/sealing.ts';
import { numbers, texts } from '../store/arrays.ts';

/** A resource that is about to be changed. */
type Point = { tenant: number; type: string; id: string };

/** Whether an id can be one of a sample: those are UUIDs that follow from what they are of. */
export const isSampleId = (type: string, id: string): boolean =>
  type === 'Observation' && /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id);

const row = (sample: string, keys: string): string =>
  `${sample}.tenant, s.type, ${sample}.id::text, ${sample}.version, ${sample}.received, s.patient, s.labels, ${keys}, s.present,
    sample_text(${sample}.id, ${sample}.version, ${sample}.received, ${sample}.status, ${sample}.start, ${sample}.duration,
      ${sample}.zone, ${sample}.value, s.meta, s.head, s.unit)`;

const keysOf = (sample: string): string =>
  `case ${sample}.status when 0 then s.keys when 1 then s.keys_amended else s.keys_error end`;

// Its hours are rolled up anew each time that it changes.
const promoteSql = `with v as (select * from unnest($1::int[], string_to_array($2, chr(30))) v(tenant, id)),
  held as materialized (select m.* from sample m join v on m.tenant = v.tenant and m.id::text collate "C" = v.id
    where m.status <> 9 order by m.tenant, m.series, m.start for update of m),
  due as (insert into rollup_due (tenant, patient, measure, hour)
    select distinct m.tenant, s.patient, s.measure, h.hour
    from v join sample m on m.tenant = v.tenant and m.id::text collate "C" = v.id join series s on s.tenant = m.tenant and s.id = m.series
      cross join lateral generate_series(date_bin('1 hour', m.start, timestamptz 'epoch'),
        m.start + greatest(least(m.duration, 93600000) - 1, 0) * interval '1 millisecond', interval '1 hour') h(hour)
    order by 1, 2, 3, 4 on conflict (tenant, patient, measure, hour) do update set hour = excluded.hour where false),
  past as (delete from sample_history h using held where h.tenant = held.tenant and h.id = held.id returning h.*),
  moved as (update sample m set status = 9 from held
    where m.tenant = held.tenant and m.series = held.series and m.start = held.start and m.duration = held.duration),
  kept as (insert into resource_history (tenant, type, id, version, last_updated, patient, labels, keys, present, content, deleted)
    select ${row('p', keysOf('p'))}, false from past p join series s on s.tenant = p.tenant and s.id = p.series)
  insert into resource (tenant, type, id, version, last_updated, patient, labels, keys, present, content, code, date_start, date_end,
      quantity, quantity_base)
    select ${row('m', keysOf('m'))}, s.code, m.start, m.start + (m.duration + 1) * interval '1 millisecond', m.value,
      sample_base(m.value, s.factor, s.shift)
    from held m join series s on s.tenant = m.tenant and s.id = m.series
    returning tenant, id`;

const versionsSql = `select r.tenant, r.id, r.version, r.patient, r.content
  from unnest($1::int[], string_to_array($2, chr(30))) v(tenant, id)
    cross join lateral (select tenant, id, version, patient, content from resource
      where tenant = v.tenant and type = 96 and id = v.id
      union all select tenant, id, version, patient, content from resource_history
      where tenant = v.tenant and type = 96 and id = v.id) r`;

const sealSql = `with v as (select * from unnest($1::int[], string_to_array($2, chr(30)), $3::int[], string_to_array($4, chr(30)))
    v(tenant, id, version, content)),
  now as (update resource r set content = v.content from v
    where r.tenant = v.tenant and r.type = 96 and r.id = v.id and r.version = v.version)
  update resource_history r set content = v.content from v
    where r.tenant = v.tenant and r.type = 96 and r.id = v.id and r.version = v.version`;

type Version = [tenant: number, id: string, version: number, patient: string, content: string];

/** The text of a sample has been put together by SQL in the order of a draft: version, rest of meta, body. */
function sealable([tenant, id, , patient, content]: Version): Sealable & { head: string } {
  const at = content.indexOf('","lastUpdated":"');
  const tail = content.slice(at);
  const bodyAt = tail.indexOf('},"status":"') + 1;
  return { tenant, type: 'Observation', id, patient, head: content.slice(0, at), tail, bodyAt };
}

/** SQL has moved the texts as they are. */
async function sealed(on: Queryable, seal: Seal, moved: string[]): Promise<void> {
  const versions = (await on.query(versionsSql, moved)) as Version[]; // As its select list says
  const all = versions.map(sealable);
  const tails = await seal(all);
  await on.query(sealSql, [
    numbers(versions.map(([tenant]) => tenant)),
    texts(versions.map(([, id]) => id)),
    numbers(versions.map(([, , version]) => version)),
    texts(all.map(({ head }, at) => `${head}${tails[at]}`)),
  ]);
}

/**
 * What is about to be changed as a resource becomes one, with its versions, where it is a sample. Its sender does not change it
 * any more.
 */
export async function promote(on: Queryable, points: readonly Point[]): Promise<void> {
  const some = points.filter(({ type, id }) => isSampleId(type, id));
  if (some.length === 0) return;
  const params = [numbers(some.map(({ tenant }) => tenant)), texts(some.map(({ id }) => id))];
  const moved = await on.query(promoteSql, params);
  if (on.seal && moved.length > 0) await sealed(on, on.seal, params);
}
