import type { Grant } from '../access.ts';
import { Scan } from './scan.ts';
import { Statement } from './statement.ts';

/** Behind which sample a page begins; the times are texts of Postgres. */
export type SamplePlace = { series: number; start: string; end: string };

type PageOfSamples = {
  patient: string;
  /** The select list, of a row r; series, start and end of a place come behind it. */
  columns: string;
  /** ` and …`: what else must hold of a row r. */
  more(statement: Statement): string;
  after: SamplePlace | null;
  limit: number;
};

/**
 * The samples in the record of a patient by series and time, under the grant for reading or searching: in the order of their ids
 * all of them would have to be sorted for each page. Null where the grant allows no Observation.
 */
export function samplePage(grant: Grant, { patient, columns, more, after, limit }: PageOfSamples): Statement | null {
  const scan = Scan.of(grant, 'Observation', 'r', 's');
  if (!scan) return null;
  const statement = new Statement(grant.tenant);
  const of = statement.bind(patient, 'text');
  const rows = statement.bind(limit, 'int');
  const from = scan.from(statement, 'r', [], 'sample_observation');
  let [begun, rest] = ['', ''];
  if (after) {
    const series = statement.bind(after.series, 'int');
    const [start, end] = [after.start, after.end].map((time) => statement.bind(time, 'timestamptz'));
    begun = ` and q.id >= ${series}`;
    rest = ` and (r.series > ${series} or r.date_start >= ${start} and (r.date_start, r.date_end) > (${start}, ${end}))`;
  }
  statement.text =
    `select l.* from series q cross join lateral (select ${columns}, r.series, r.date_start::text as start,` +
    ` r.date_end::text as ends ${from} and r.series = q.id${rest}${more(statement)}` +
    ` order by r.date_start, r.date_end limit ${rows}) l` +
    ` where q.tenant = ${statement.tenant} and q.patient = ${of}${begun} order by l.series, l.start::timestamptz,` +
    ` l.ends::timestamptz limit ${rows}`;
  return statement;
}

/** The place of a row of such a page. */
export function placeOf(row: readonly unknown[]): SamplePlace {
  // The select list ends with these.
  const [series, start, end] = row.slice(-3) as [number, string, string];
  return { series, start, end };
}
