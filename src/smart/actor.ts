import type { Actor } from '../fhir/access.ts';
import type { Claims } from './tokens/tokens.ts';

/** The classes of actors that a token may be of. */
export const actors: readonly Actor[] = [
  'self',
  'proxy',
  'app',
  'practitioner',
  'concierge',
  'care-agent',
  'hr-admin',
  'carrier',
  'employer-feed',
  'provider-market',
  'device-gateway',
  'contractor',
  'analytics',
  'marketing',
  'privacy-officer',
  'legal',
  'sysadmin',
  'system',
  'operator',
];

/** Whether a text names a class of actors that a token may be of. */
export const isActor = (text: string): text is Actor => actors.some((actor) => actor === text);

/** The class of who bears a token: as it says, or as who they are and what acts for them tells. */
export function actorOf({ actor, clientId, fhirUser, patient }: Claims): Actor {
  if (actor !== null) return isActor(actor) ? actor : 'nobody';
  if (fhirUser?.startsWith('Practitioner/')) return 'practitioner';
  if (fhirUser?.startsWith('RelatedPerson/')) return clientId === null ? 'proxy' : 'app';
  if (fhirUser !== null || patient !== null) return clientId === null ? 'self' : 'app';
  return clientId === null ? 'operator' : 'system';
}
