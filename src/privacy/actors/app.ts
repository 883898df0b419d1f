import { everyRow } from '../../fhir/access.ts';
import { accountRules } from '../parties/dependents.ts';
import type { ActorPolicy } from './actor.ts';
import { everything } from './rows.ts';
import { noTypes } from './types.ts';

/** An app that a person has let into their record: what they have ticked. */
export const app: ActorPolicy = {
  actor: 'app',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'bound',
  // No app sees more of an account that is shared than who let it in.
  rules: (type) => (type === 'Account' ? accountRules([everyRow(everything)]) : null),
};
