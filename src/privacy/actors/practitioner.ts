import { restrictedLabels } from '../gate/restricted.ts';
import type { ActorPolicy } from './actor.ts';
import { ledgerTypes } from './types.ts';

/** Somebody who treats patients: those they have to do with, and what is labelled where the patient agrees. */
export const practitioner: ActorPolicy = {
  actor: 'practitioner',
  purposes: ['TREAT', 'ETREAT', 'BTG', 'CAREMGT', 'HPAYMT', 'HOPERAT', 'COVERAGE'],
  implicit: 'permit',
  restricted: restrictedLabels,
  never: ledgerTypes,
  breaksGlass: true,
  rules: () => null,
};
