import type { FhirContext } from '../../fhir/context.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { disconnected } from '../people/attendance.ts';
import { findParticipant } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { presenceChanged } from '../recording/presence.ts';
import { findVisit } from '../visits/visit.ts';
import type { Client } from './client.ts';

/** ms after which somebody is gone whose process has not said that they are there. */
const GONE = 90_000;
/** Rows of one statement. */
const BATCH = 1000;

/**
 * Says of sockets of this process that they are there.
 *
 * @returns those of whom the database does not know that, or that they are in another state by now
 */
export async function beat(context: FhirContext, tenant: number, clients: readonly Client[]): Promise<Client[]> {
  const others: Client[] = [];
  for (let at = 0; at < clients.length; at += BATCH) {
    const some = clients.slice(at, at + BATCH);
    const rows = await context.database.query(
      `update video_participant p set seen_at = $2
       from unnest($3::text[], $4::text[], $5::text[]) as s (visit, id, socket)
       where p.tenant = $1 and p.visit = s.visit and p.id = s.id and p.socket = s.socket returning p.socket, p.state`,
      [
        tenant,
        new Date(context.now()),
        some.map(({ participant }) => participant.visit),
        some.map(({ participant }) => participant.id),
        some.map(({ id }) => id),
      ],
    );
    const states = new Map(rows.map(([socket, state]) => [String(socket), String(state)]));
    others.push(...some.filter(({ id, participant }) => states.get(id) !== participant.state));
  }
  return others;
}

/** Those whose process ended without a word are gone; the others of the visit are told. */
export const absentJob = (providers: Providers): JobHandler => ({
  kind: 'video-absent',
  every: 30,
  async run(context, { tenant }) {
    const rows = await context.database.query(
      `select visit, id, node, socket from video_participant
       where tenant = $1 and socket is not null and seen_at < $2 order by seen_at limit 500`,
      [tenant, new Date(context.now() - GONE)],
    );
    for (const [visitId, id, node, socket] of rows.map((row) => row.map(String))) {
      const visit = await findVisit(context.database, tenant, 'id', visitId ?? '');
      const one = visit && (await findParticipant(context.database, tenant, visit.id, id ?? ''));
      if (!visit || !one) continue;
      await disconnected(context, visit, one, { id: socket ?? '', node: node ?? '', address: '' }, false);
      await presenceChanged(context, visit, providers);
    }
  },
});
