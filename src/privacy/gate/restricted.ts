import type { Interaction, Rule, TypeGrant } from '../../fhir/access.ts';
import { labelBit, labels } from '../../fhir/search/labels.ts';
import type { Opened } from '../consents/said.ts';
import { common } from './rules.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const R = labelBit(confidentiality, 'R');
const V = labelBit(confidentiality, 'V');

/** Labels that say what else a row is: nothing is held back for them alone. */
const harmless: ReadonlySet<string> = new Set(['R', 'V', 'PREGNANT', 'VIP', 'CEL', 'EMP', 'HTEST', 'never-employer']);

/** The codes of what is sensitive by its matter: addiction, mind, HIV, violence, … */
export const sensitive = labels.reduce(
  (bits, [system, code]) => (harmless.has(code) ? bits : bits | labelBit(system, code)),
  0,
);

/** What F3, F6 and F25 hold back until the patient consents. */
export const restrictedLabels = R | V | sensitive;

const creating: ReadonlySet<Interaction> = new Set(['c']);

/**
 * The same rules without the rows that bear a restricted label, but for the labels that each patient has opened. Who opens a
 * sensitive matter opens what is Restricted because of it; what is Very restricted, or of another matter as well, needs to be
 * opened by name. What is created is not held back: it is the author who knows it.
 *
 * @param restricted labels, as bits
 */
export function restrict(rules: TypeGrant, restricted: number, opened: readonly Opened[]): TypeGrant {
  if (restricted === 0) return rules;
  return rules.flatMap((rule) => {
    const held: Rule[] = [];
    if (rule.interactions.has('c')) held.push({ ...rule, interactions: creating });
    const kept = { ...rule, interactions: rule.interactions.difference(creating) };
    if (kept.interactions.size === 0) return held;
    held.push(...shown(kept, restricted, rule.having));
    for (const { bits, patients } of opened) {
      const some = common(rule.patients, patients);
      if (some.length > 0) held.push(...shown({ ...kept, patients: some }, restricted, rule.having | bits));
    }
    return held;
  });
}

/** The rows of a rule that are seen where these labels are open. */
function shown(rule: Rule, restricted: number, open: number): Rule[] {
  const whole = { ...rule, without: rule.without | (restricted & ~open) };
  const matters = open & sensitive & (rule.having || sensitive);
  if (matters === 0 || (restricted & ~open & R) === 0) return [whole];
  const without = rule.without | (V & ~open) | (sensitive & ~open);
  return [whole, { ...rule, having: matters, without }];
}
