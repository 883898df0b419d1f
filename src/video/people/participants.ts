import type { Queryable, Row } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { publish } from '../relay.ts';
import type { ParticipantState, Peer, Role } from '../signalling/messages.ts';
import type { Visit } from '../visits/visit.ts';

/** Somebody of a visit. Times are ms since 1970. */
export type Participant = {
  tenant: number;
  visit: string;
  id: string;
  /** `Patient/x`; null: a guest. */
  reference: string | null;
  role: Role;
  name: string;
  birthDate: string | null;
  state: ParticipantState;
  /** Which process has their socket, and which it is; null: none. */
  node: string | null;
  socket: string | null;
  /** null: was never let in. */
  admittedAt: number | null;
  joinedAt: number | null;
  leftAt: number | null;
};

const columns =
  'tenant, visit, id, reference, role, name, birth_date, state, node, socket, admitted_at, joined_at, left_at';

const ms = (value: unknown): number | null => (value === null ? null : (value as Date).getTime());

// The select list fixes the shape of the row.
const participantOf = (row: Row): Participant => ({
  tenant: row[0] as number,
  visit: row[1] as string,
  id: row[2] as string,
  reference: row[3] as string | null,
  role: row[4] as Role,
  name: row[5] as string,
  birthDate: row[6] as string | null,
  state: row[7] as ParticipantState,
  node: row[8] as string | null,
  socket: row[9] as string | null,
  admittedAt: ms(row[10]),
  joinedAt: ms(row[11]),
  leftAt: ms(row[12]),
});

export async function participantsOf(on: Queryable, tenant: number, visit: string): Promise<Participant[]> {
  const rows = await on.query(`select ${columns} from video_participant where tenant = $1 and visit = $2 order by id`, [
    tenant,
    visit,
  ]);
  return rows.map(participantOf);
}

export async function findParticipant(
  on: Queryable,
  tenant: number,
  visit: string,
  id: string,
  lock: 'lock' | null = null,
): Promise<Participant | null> {
  const [row] = await on.query(
    `select ${columns} from video_participant where tenant = $1 and visit = $2 and id = $3${lock === null ? '' : ' for update'}`,
    [tenant, visit, id],
  );
  return row ? participantOf(row) : null;
}

/** @param by `reference`, or `invite`: by which they came */
export async function findBy(
  on: Queryable,
  tenant: number,
  visit: string,
  by: 'reference' | 'invite' | 'secret_hash',
  value: string,
): Promise<Participant | null> {
  const [row] = await on.query(
    `select ${columns} from video_participant where tenant = $1 and visit = $2 and ${by} = $3`,
    [tenant, visit, value],
  );
  return row ? participantOf(row) : null;
}

export type NewParticipant = Pick<
  Participant,
  'tenant' | 'visit' | 'id' | 'reference' | 'role' | 'name' | 'birthDate'
> & {
  invite?: string;
  secretHash?: string;
};

/** Adds somebody; who is there already by their reference stays as they are. */
export async function addParticipant(on: Queryable, one: NewParticipant): Promise<void> {
  await on.query(
    `insert into video_participant (tenant, visit, id, reference, role, name, birth_date, state, invite, secret_hash)
     values ($1, $2, $3, $4, $5, $6, $7, 'expected', $8, $9)
     on conflict do nothing`,
    [
      one.tenant,
      one.visit,
      one.id,
      one.reference,
      one.role,
      one.name,
      one.birthDate,
      one.invite ?? null,
      one.secretHash ?? null,
    ],
  );
}

/** Somebody is another in the visit than before, as when who was asked to it becomes one of its practitioners. */
export async function setRole(on: Queryable, one: Participant, role: Role): Promise<Participant> {
  await on.query('update video_participant set role = $4 where tenant = $1 and visit = $2 and id = $3', [
    one.tenant,
    one.visit,
    one.id,
    role,
  ]);
  return { ...one, role };
}

/** Who is in, as far as the media go. */
export const isInside = ({ state }: Pick<Participant, 'state'>): boolean => state === 'admitted' || state === 'held';

/** Who has no socket: who was sent away, and who is of the visit no more. */
export const isOut = ({ state }: Pick<Participant, 'state'>): boolean =>
  state === 'denied' || state === 'removed' || state === 'expected';

/** Somebody as others see them; the birth date is for hosts, who must know whom they let in. */
export const peerOf = (one: Participant, forHost: boolean): Peer => ({
  id: one.id,
  role: one.role,
  name: one.name,
  state: one.state,
  present: one.socket !== null,
  ...(forHost && one.birthDate !== null ? { birthDate: one.birthDate } : {}),
});

/** What is kept of somebody who was let in: by whom, and what was shown to them then. */
export type Admission = { by: string; confirmed: string };

/**
 * The one place where somebody comes into another state. They are told, and those who may know: everybody inside of who is or was
 * inside, the hosts of who waits. `self` and `peer` are completed by the process that has the socket.
 */
export async function setParticipantState(
  context: FhirContext,
  tx: Queryable,
  visit: Visit,
  one: Participant,
  state: ParticipantState,
  admission: Admission | null = null,
): Promise<Participant> {
  const { tenant, id } = visit;
  const now = context.now();
  await tx.query(
    `update video_participant set state = $4, admitted_at = case when $4 = 'admitted' then coalesce(admitted_at, $5) else admitted_at end,
       admitted_by = coalesce($6, admitted_by), confirmed = coalesce($7, confirmed)
     where tenant = $1 and visit = $2 and id = $3`,
    [tenant, id, one.id, state, new Date(now), admission?.by ?? null, admission?.confirmed ?? null],
  );
  const changed: Participant = {
    ...one,
    state,
    admittedAt: state === 'admitted' ? (one.admittedAt ?? now) : one.admittedAt,
  };
  const self = peerOf(changed, false);
  await publish(tx, { tenant, visit: id, target: one.id, body: { type: 'self', self, media: null, peers: [] } }, now);
  await publish(tx, { tenant, visit: id, target: null, body: { type: 'peer', peer: peerOf(changed, true) } }, now);
  return changed;
}
