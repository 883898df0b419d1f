import type { Rule } from '../../fhir/access.ts';
import { ofPatients, reading } from '../actors/rows.ts';
import { elementsOnly } from '../gate/shown-elements.ts';
import type { PartyFacts } from './facts.ts';
import { pointingTo } from './pointing.ts';

/** Amounts: not what was done, by whom, or why. */
const amounts = elementsOnly('amounts', [
  ...['status', 'use', 'patient', 'created', 'insurer', 'outcome', 'total', 'payment'],
]);

const elected = elementsOnly('elections', [
  ...['status', 'type', 'subscriber', 'beneficiary', 'relationship', 'period', 'payor', 'class'],
]);

/**
 * What of those on somebody's plan they may read who hold it, beside what is their own: the coverage, and what was spent, as
 * amounts. Of everything else nothing.
 */
export function dependentRules(type: string, { members, coverages }: PartyFacts, tenant: number): readonly Rule[] {
  if (members.length === 0) return [];
  if (type === 'Coverage') {
    const ids = coverages.map((one) => one.slice('Coverage/'.length));
    return [{ ...ofPatients(members, reading), ids, projection: elected }];
  }
  if (type !== 'ExplanationOfBenefit') return [];
  // What is spent under another plan of theirs is not of this one.
  const where = pointingTo(tenant, type, [['coverage', 'insurance.coverage']], coverages);
  return [{ ...ofPatients(members, reading), where, projection: amounts }];
}

/** Of an account that is shared: that there is one, and what it is called. */
const shared = elementsOnly('shared account', ['status', 'type', 'name', 'servicePeriod']);

/**
 * What a holder may do with accounts: with their own whatever they may; one that they share tells them nothing of who else
 * is in it.
 *
 * @param rules those of their own record
 */
export const accountRules = (rules: readonly Rule[]): readonly Rule[] =>
  rules.flatMap((rule) => [
    { ...rule, records: 'one' },
    { ...rule, interactions: rule.interactions.intersection(reading), projection: shared },
  ]);
