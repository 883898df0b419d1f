import { actorPolicies } from './actors/index.ts';

/** Whether a text names a class of actors. */
export const isActor = (text: string): boolean => actorPolicies.has(text);
