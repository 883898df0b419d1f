import type { Queryable } from '../../db/database.ts';
import { conflict, ok, type Result } from '../../fhir/outcome.ts';
import type { VideoProvider } from '../providers/provider.ts';
import { isInside, type Participant, participantsOf } from './participants.ts';

/** Where it is not known what carries the media, as few as any of them has. */
const FEWEST = 4;

/**
 * Whether there is a place for somebody among those who are in. Those who have left have none any more: they need one to come back.
 *
 * @returns 409 where all are taken
 */
export async function placeFor(
  on: Queryable,
  one: Participant,
  provider: VideoProvider | undefined,
): Promise<Result<null>> {
  if (isInside(one)) return ok(null);
  const places = provider?.caps.maxParticipants ?? FEWEST;
  const inside = (await participantsOf(on, one.tenant, one.visit)).filter(isInside);
  return inside.length < places ? ok(null) : conflict(`A visit has ${places} places, and all are taken`);
}
