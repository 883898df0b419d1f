import type { ActorPolicy } from './actor.ts';
import { noTypes } from './types.ts';

/** The command of the server itself, whose token only who has the server's secret can make. */
export const operator: ActorPolicy = {
  actor: 'operator',
  purposes: ['HOPERAT', 'HSYSADMIN', 'RECORDMGT', 'TREAT', 'PATRQT', 'HCOMPL', 'HPAYMT', 'HLEGAL'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'none',
  rules: () => null,
};
