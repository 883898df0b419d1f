import type { Queryable } from '../../db/database.ts';
import type { Role } from '../signalling/messages.ts';

/** Somebody who is in a visit, as far as recording it goes. */
export type Present = {
  id: string;
  reference: string | null;
  role: Role;
  name: string;
  /** Whether their socket is open, or broke off a moment ago. */
  near: boolean;
};

/** ms in which somebody whose socket broke off is waited for. */
const LINGER = 60_000;

/**
 * Who can be heard or seen: who was let in, has come, and has neither left nor been sent away. That their socket broke off, however
 * long ago, makes nobody absent: between browsers sound and pictures go on without it.
 *
 * @param now ms since 1970
 */
export async function presentIn(on: Queryable, tenant: number, visit: string, now: number): Promise<Present[]> {
  const rows = await on.query(
    `select id, reference, role, name, socket is not null or coalesce(left_at > $3, false) from video_participant
     where tenant = $1 and visit = $2 and state in ('admitted', 'held') and (socket is not null or joined_at is not null)
     order by id`,
    [tenant, visit, new Date(now - LINGER)],
  );
  // The select list fixes the shape of the row.
  return rows.map(([id, reference, role, name, near]) => ({
    id: id as string,
    reference: reference as string | null,
    role: role as Role,
    name: name as string,
    near: near as boolean,
  }));
}
