import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { auditVisit, type By } from '../audit.ts';
import { publish } from '../relay.ts';
import { policyOf } from '../visits/policy.ts';
import { writeEncounter } from '../visits/resources.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { findParticipant, isInside, type Participant, peerOf } from './participants.ts';

/** The job that ends a visit which those who treat have left. */
export const GRACE_JOB = 'video-grace';

const byOf = (one: Participant, address: string): By =>
  one.reference === null ? { reference: null, name: one.name, address } : { reference: one.reference, address };

type Socket = { id: string; node: string; address: string };

/** Whether somebody who treats is in it; since when not is kept, and ends it after a while. */
async function hostsChanged(context: FhirContext, { tenant, id }: Visit): Promise<void> {
  const { graceMinutes } = await policyOf(context, tenant);
  const now = context.now();
  await context.database.transaction(async (tx) => {
    const visit = await findVisit(tx, tenant, 'id', id, 'lock');
    if (visit === null) return;
    const [row] = await tx.query(
      `select 1 from video_participant where tenant = $1 and visit = $2 and role = 'host' and socket is not null limit 1`,
      [tenant, id],
    );
    if (row && visit.hostLeftAt !== null)
      await tx.query('update video_visit set host_left_at = null where tenant = $1 and id = $2', [tenant, id]);
    if (row || visit.hostLeftAt !== null || (visit.state !== 'live' && visit.state !== 'held')) return;
    await tx.query('update video_visit set host_left_at = $3 where tenant = $1 and id = $2', [
      tenant,
      id,
      new Date(now),
    ]);
    const runAt = new Date(now + graceMinutes * 60_000);
    await addJob(tx, { tenant, kind: GRACE_JOB, payload: { visit: id }, runAt, key: id });
  });
}

/**
 * Somebody has a socket: it takes the place of any other of theirs, wherever that is.
 *
 * @returns who they are by now
 */
export async function connected(
  context: FhirContext,
  visit: Visit,
  one: Participant,
  socket: Socket,
): Promise<Participant | null> {
  const { tenant, id } = visit;
  const at = new Date(context.now());
  const first = await context.database.transaction(async (tx) => {
    const current = await findParticipant(tx, tenant, id, one.id, 'lock');
    if (current === null) return null;
    await tx.query(
      `update video_participant set node = $4, socket = $5, seen_at = $6, left_at = null,
         joined_at = case when state in ('admitted', 'held') then coalesce(joined_at, $6) else joined_at end
       where tenant = $1 and visit = $2 and id = $3`,
      [tenant, id, one.id, socket.node, socket.id, at],
    );
    await tx.query(
      `insert into video_attendance (tenant, visit, participant, socket, joined_at) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [tenant, id, one.id, socket.id, at],
    );
    const now: Participant = { ...current, node: socket.node, socket: socket.id, leftAt: null };
    await publish(
      tx,
      { tenant, visit: id, target: null, body: { type: 'peer', peer: peerOf(now, true) } },
      at.getTime(),
    );
    return { now, isFirst: isInside(current) && current.joinedAt === null };
  });
  if (first === null) return null;
  if (first.isFirst) await entered(context, visit, first.now);
  if (isInside(first.now)) await auditVisit(context, visit, 'joined', byOf(one, socket.address));
  // Once this socket is known, nobody finds that who treats has left; what was found before is seen here.
  const isHost = one.role === 'host';
  if (isHost && (await findVisit(context.database.byKey, tenant, 'id', id))?.hostLeftAt !== null)
    await hostsChanged(context, visit);
  return first.now;
}

/** Somebody is in for the first time: the Encounter says since when. Later comings and goings change no version of it. */
export async function entered(context: FhirContext, { tenant, id }: Visit, one: Participant): Promise<void> {
  await context.database.transaction(async (tx) => {
    await tx.query(
      'update video_participant set joined_at = coalesce(joined_at, $4) where tenant = $1 and visit = $2 and id = $3',
      [tenant, id, one.id, new Date(context.now())],
    );
    const visit = await findVisit(tx, tenant, 'id', id, 'lock');
    if (visit && one.reference !== null && !one.reference.startsWith('Patient/'))
      await writeEncounter(context, tx, visit);
  });
}

/**
 * A socket of somebody has ended.
 *
 * @param forGood they went by themselves; else it may be the network
 */
export async function disconnected(
  context: FhirContext,
  visit: Visit,
  one: Participant,
  socket: Socket,
  forGood: boolean,
): Promise<void> {
  const { tenant, id } = visit;
  const at = new Date(context.now());
  const gone = await context.database.transaction(async (tx): Promise<Participant | null> => {
    await tx.query(
      `update video_attendance set left_at = $5 where tenant = $1 and visit = $2 and participant = $3 and socket = $4`,
      [tenant, id, one.id, socket.id, at],
    );
    const current = await findParticipant(tx, tenant, id, one.id, 'lock');
    // Another socket has taken its place.
    if (current?.socket !== socket.id) return null;
    // Who is on hold does not come off it by going and coming back.
    const state = forGood && current.state === 'admitted' ? 'left' : current.state;
    await tx.query(
      `update video_participant set node = null, socket = null, left_at = $4, state = $5
       where tenant = $1 and visit = $2 and id = $3`,
      [tenant, id, one.id, at, state],
    );
    const now: Participant = { ...current, state, node: null, socket: null };
    await publish(
      tx,
      { tenant, visit: id, target: null, body: { type: 'peer', peer: peerOf(now, true) } },
      at.getTime(),
    );
    return current;
  });
  if (gone === null) return;
  if (isInside(gone)) await auditVisit(context, visit, 'left', byOf(one, socket.address));
  if (one.role === 'host') await hostsChanged(context, visit);
}
