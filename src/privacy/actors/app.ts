import type { ActorPolicy } from './actor.ts';
import { noTypes } from './types.ts';

/** An app that a person has let into their record: what they have ticked. */
export const app: ActorPolicy = {
  actor: 'app',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'bound',
  rules: () => null,
};
