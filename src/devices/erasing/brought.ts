import type { Queryable } from '../../db/database.ts';
import type { Connection } from '../connections/connection.ts';

/** What one source has brought into one record, by whichever of its devices and over whichever connections. */
export type Brought = Pick<Connection, 'tenant' | 'patient' | 'source'>;

export const paramsOf = ({ tenant, patient, source }: Brought): [number, string, string] => [tenant, patient, source];

/** Which rows of a table are of a source. $1 is the tenant, $2 the patient, $3 the source; another may begin as it does. */
export const isOf = (s: string): string => `${s}.tenant = $1 and ${s}.patient = $2 and (${s}.source = $3
  or (starts_with(${s}.source, $3 || '/') and not exists (select from device_connection o where o.tenant = $1 and o.patient = $2
    and starts_with(o.source, $3 || '/') and (${s}.source = o.source or starts_with(${s}.source, o.source || '/')))))`;

/** How much was brought: samples, and readings that are resources. */
export type Amount = { samples: number; observations: number };

const countSql = `select (select count(*)::int from series s join sample m on m.tenant = $1 and m.series = s.id
    where ${isOf('s')} and m.status <> 9),
  (select count(*)::int from (select w.observation from device_written w where ${isOf('w')}
    union select m.id from series s join sample m on m.tenant = $1 and m.series = s.id where ${isOf('s')} and m.status = 9) r)`;

export async function countBrought(on: Queryable, of: Brought): Promise<Amount> {
  const [[samples, observations] = []] = await on.query(countSql, paramsOf(of));
  return { samples: Number(samples), observations: Number(observations) };
}
