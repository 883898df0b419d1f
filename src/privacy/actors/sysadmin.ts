import type { ActorPolicy } from './actor.ts';
import { allBut } from './types.ts';

/** Who keeps the server running: the directory and the words that are used; of the patients nothing. */
export const sysadmin: ActorPolicy = {
  actor: 'sysadmin',
  purposes: ['HSYSADMIN'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(),
  consents: 'none',
  about: 'rules',
  rules: () => null,
};
