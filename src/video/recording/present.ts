import type { Queryable } from '../../db/database.ts';
import type { Role } from '../signalling/messages.ts';

/** Somebody who is in a visit, as far as recording it goes. */
export type Present = { id: string; reference: string | null; role: Role; name: string };

/**
 * Who can be heard or seen: who was let in, has come and has not left. That a socket broke off makes nobody absent, for sound and
 * pictures go on without it.
 */
export async function presentIn(on: Queryable, tenant: number, visit: string): Promise<Present[]> {
  const rows = await on.query(
    `select id, reference, role, name from video_participant
     where tenant = $1 and visit = $2 and state in ('admitted', 'held')
       and (socket is not null or (joined_at is not null and left_at is null)) order by id`,
    [tenant, visit],
  );
  // The select list fixes the shape of the row.
  return rows.map(([id, reference, role, name]) => ({
    id: id as string,
    reference: reference as string | null,
    role: role as Role,
    name: name as string,
  }));
}
