import type { Queryable } from '../../db/database.ts';
import type { Role } from '../signalling/messages.ts';

/** Somebody who is in a visit, as far as recording it goes. */
export type Present = { id: string; reference: string | null; role: Role; name: string };

/** ms in which somebody whose socket broke off is taken to be there: sound and pictures go on without it. */
const LINGER = 60_000;

/**
 * Who can be heard or seen: who was let in, and whose socket is open or broke off a while ago.
 *
 * @param now ms since 1970
 */
export async function presentIn(on: Queryable, tenant: number, visit: string, now: number): Promise<Present[]> {
  const rows = await on.query(
    `select id, reference, role, name from video_participant
     where tenant = $1 and visit = $2 and state in ('admitted', 'held') and (socket is not null or left_at > $3) order by id`,
    [tenant, visit, new Date(now - LINGER)],
  );
  // The select list fixes the shape of the row.
  return rows.map(([id, reference, role, name]) => ({
    id: id as string,
    reference: reference as string | null,
    role: role as Role,
    name: name as string,
  }));
}
