import { type Arm, fenced, fewCodes, ordered } from './arms.ts';
import { type Condition, writeAll } from './condition.ts';
import { orderText, type SortKey } from './sort.ts';

/** What holds of a series as a whole. */
export const isOfSeries = (one: Condition): boolean =>
  one.kind === 'patient' || (one.kind === 'code' && one.any.length <= fewCodes);

/** A sample has a time, and was stored at one: where nothing can be missing, an index of the samples has the order. */
const nonNull = (key: SortKey): SortKey => (key.column ? { ...key, nullable: false } : key);

/**
 * A page of the samples that match, as SQL that stands in parentheses: the first of each series, where few series can match or an
 * index has the order within them.
 */
export function sampleArms(arm: Arm): string[] {
  const { conditions, scan } = arm;
  const of: Arm = { ...arm, order: arm.order.map(nonNull) };
  if (conditions.some(({ kind }) => kind === 'ids')) return [ordered(of, conditions, null)];
  const few = scan.patients !== null || conditions.some(isOfSeries);
  return [few || of.order[0]?.column ? bySeries(of) : fenced(of)];
}

function bySeries(arm: Arm): string {
  const { statement, scan, conditions, order, limit } = arm;
  const place = { statement, row: 'q', type: scan.type };
  let where = `q.tenant = ${statement.tenant}${writeAll(conditions.filter(isOfSeries), place)}`;
  if (scan.patients !== null) where += ` and q.patient = any(${statement.share(scan.patients, 'text[]')})`;
  const names = order.map((_, at) => `l.s${at}`);
  return (
    `(select l.* from series q cross join lateral ${ordered(arm, conditions, null, ' and r.series = q.id')} l` +
    ` where ${where} order by ${orderText(order, names, 'l.id')} limit ${limit})`
  );
}
