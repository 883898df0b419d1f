import type { FhirContext } from '../../fhir/context.ts';
import { eraseReadings } from '../erase/readings.ts';
import { holdsOn } from '../hold/hold.ts';
import { activityOf } from './bearing.ts';
import { endOfRule, longest } from './ends.ts';
import type { RetentionRule } from './retention-rules.ts';

/** Records that are looked at together. */
const PAGE = 200;

const patientsSql = `select distinct patient from series where tenant = $1 and patient > $2 order by patient limit ${PAGE}`;

/** Samples of a record whose time is over, and the rule that kept them for longest. `before`: when they were or came; null: all. */
export type PastSamples = { rule: string; before: Date | null };

/** What of the samples of a record is past every rule; null: nothing. */
export function pastOf(
  rules: readonly RetentionRule[],
  of: Pick<Parameters<typeof endOfRule>[1], 'patient' | 'activity'>,
  now: number,
): PastSamples | null {
  const about = rules.filter(({ types }) => types.includes('Observation'));
  const ended = { ...of, periodEnd: Number.NEGATIVE_INFINITY, isOpen: false };
  const byRecord = about.filter(({ trigger }) => trigger !== 'period-end');
  if (byRecord.some((rule) => (endOfRule(rule, ended) ?? now) > now)) return null;
  const bySample = about.filter((rule) => rule.trigger === 'period-end' && endOfRule(rule, ended) !== null);
  if (bySample.length === 0) {
    const last = longest(byRecord, 'Observation', ended);
    return last && { rule: last.rule.name, before: null };
  }
  const longestOf = bySample.reduce((a, b) => (b.years > a.years ? b : a));
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - longestOf.years);
  return { rule: longestOf.name, before };
}

/**
 * Deletes the samples of devices that need not be kept any more, as purgePast does with resources.
 *
 * @param counted told of each record how many went, or that a hold kept them
 */
export async function purgeSamples(
  context: FhirContext,
  tenant: number,
  rules: readonly RetentionRule[],
  counted: (rule: string, gone: number) => Promise<void>,
): Promise<void> {
  const { database, now } = context;
  for (let after = ''; ; ) {
    const page = (await database.query(patientsSql, [tenant, after])).map(([patient]) => String(patient));
    const records = await activityOf(database, tenant, page);
    for (const id of page) {
      const { activity = 0, patient = null } = records.get(id) ?? {};
      const past = pastOf(rules, { activity, patient }, now());
      if (past === null || (await holdsOn(database, tenant, [id], now())).length > 0) continue;
      const gone = await eraseReadings(database, tenant, id, past.before);
      if (gone > 0) await counted(past.rule, gone);
    }
    if (page.length < PAGE) return;
    after = page.at(-1) ?? '';
  }
}
