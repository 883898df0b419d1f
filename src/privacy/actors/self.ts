import type { ActorPolicy } from './actor.ts';
import { noTypes } from './types.ts';

/** A person in their own record: all of it, whatever is said of it to others. */
export const self: ActorPolicy = {
  actor: 'self',
  purposes: ['PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'none',
  rules: () => null,
};
