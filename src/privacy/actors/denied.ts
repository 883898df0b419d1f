import type { Actor } from '../../fhir/access.ts';
import type { ActorPolicy } from './actor.ts';
import { everyType } from './types.ts';

/** A class that reads and writes no resource: what it may, it may by operations. */
export const denied = (actor: Actor, ...purposes: readonly string[]): ActorPolicy => ({
  actor,
  purposes,
  implicit: 'deny',
  restricted: 0,
  never: everyType,
  consents: 'none',
  rules: () => [],
});
