import { restrictedLabels } from '../gate/restricted.ts';
import type { ActorPolicy } from './actor.ts';
import { ledgerTypes } from './types.ts';

/** Another system that treats patients: what its registered scopes name, and what is labelled where the patient agrees. */
export const system: ActorPolicy = {
  actor: 'system',
  purposes: ['TREAT', 'ETREAT', 'CAREMGT', 'HPAYMT', 'HOPERAT', 'PUBHLTH'],
  implicit: 'permit',
  restricted: restrictedLabels,
  never: ledgerTypes,
  rules: () => null,
};
