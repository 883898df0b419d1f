import { z } from 'zod';

import type { Queryable } from '../../db/database.ts';
import { isResourceType } from '../../fhir/resources.ts';
import { type RetentionRule, retentionRules } from './retention-rules.ts';

/** A rule as an operator may write it, without its name. */
export const ruleForm = z.strictObject({
  types: z.array(z.string().refine(isResourceType)).min(1),
  class: z.enum(['clinical', 'financial', 'personal']),
  jurisdiction: z.string().regex(/^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/),
  years: z.number().int().min(0).max(150),
  trigger: z.enum(['last-activity', 'period-end', 'death', 'majority', 'adjudication']),
  withstands: z.enum(['nothing', 'deletion', 'erasure']),
  source: z.string().min(1).max(500),
});

/** The rules of a tenant: ours, but for those that its operator has put others in the place of, or has taken off. */
export async function rulesInForce(on: Queryable, tenant: number): Promise<RetentionRule[]> {
  const rows = await on.query('select name, rule from retention_rule where tenant = $1', [tenant]);
  const byName = new Map<string, RetentionRule>(retentionRules.map((rule) => [rule.name, rule]));
  for (const [name, rule] of rows) {
    byName.delete(String(name));
    // What is in the table has passed ruleForm.
    if (rule !== null)
      byName.set(String(name), { name: String(name), ...(JSON.parse(String(rule)) as Omit<RetentionRule, 'name'>) });
  }
  return [...byName.values()];
}

/** Puts a rule in the place of the one of the same name; null takes that off. */
export async function setRule(
  on: Queryable,
  tenant: number,
  name: string,
  rule: Omit<RetentionRule, 'name'> | null,
  by: string,
  now: number,
): Promise<void> {
  await on.query(
    `insert into retention_rule (tenant, name, rule, changed_at, changed_by) values ($1, $2, $3, $4, $5)
     on conflict (tenant, name) do update set rule = excluded.rule, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
    [tenant, name, rule && JSON.stringify(rule), new Date(now), by],
  );
}
