import { everyRow } from '../../fhir/access.ts';
import { accountRules, dependentRules } from '../parties/dependents.ts';
import { noParties } from '../parties/facts.ts';
import type { ActorPolicy } from './actor.ts';
import { everything } from './rows.ts';
import { noTypes } from './types.ts';

/** A person in their own record: all of it, whatever is said of it to others. */
export const self: ActorPolicy = {
  actor: 'self',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'none',
  rules: (type) => (type === 'Account' ? accountRules([everyRow(everything)]) : null),
  beyond: (type, { tenant }, { parties = noParties }) => dependentRules(type, parties, tenant),
};
