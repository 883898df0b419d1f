import type { Queryable } from '../db/database.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import type { FromServer } from './signalling/messages.ts';

/** The channel of NOTIFY; its payload is `tenant/visit/id` of a video_message, for a payload ends at 8 kB. */
export const channel = 'portico_video';

/** Something for the sockets of a visit, in whichever process they are. */
export type Relayed = {
  tenant: number;
  /** The id of a visit. */
  visit: string;
  /** The id of a participant; null: everybody whose socket is open, those who wait as well. */
  target: string | null;
  body: FromServer;
};

/** Sends it; in a transaction, when that is committed and not else. @param id names it */
export async function publish(
  on: Queryable,
  { tenant, visit, target, body }: Relayed,
  now: number,
  id: string = uuid7(now),
): Promise<void> {
  await on.query(
    `with sent as (insert into video_message (tenant, id, visit, target, body, created_at) values ($1, $2, $3, $4, $5, $6) returning id)
     select pg_notify($7, $1::int || '/' || $3 || '/' || $2) from sent`,
    [tenant, id, visit, target, JSON.stringify(body), new Date(now), channel],
  );
}
