import type { Queryable, Row } from '../../db/database.ts';
import type { VisitState } from '../session.ts';

export type ProviderId = 'p2p' | 'livekit';

/** A visit as it is kept in video_visit. Times are ms since 1970. */
export type Visit = {
  tenant: number;
  id: string;
  /** The id of the Encounter. */
  encounter: string;
  /** The id of the Appointment; null: nobody booked it. */
  appointment: string | null;
  /** The id of the Patient. */
  patient: string;
  /** What media servers know it by; never in a resource, never said to who waits. */
  room: string;
  provider: ProviderId;
  state: VisitState;
  /** What was issued in an earlier epoch counts no more. */
  epoch: number;
  startsAt: number;
  endsAt: number;
  hardStop: number;
  hostLeftAt: number | null;
  callback: string | null;
  createdAt: number;
};

const columns = `tenant, id, encounter, appointment, patient, room, provider, state, epoch, starts_at, ends_at, hard_stop, host_left_at, callback,
  created_at`;

const ms = (value: unknown): number => (value as Date).getTime();

// The select list fixes the shape of the row.
const visitOf = (row: Row): Visit => ({
  tenant: row[0] as number,
  id: row[1] as string,
  encounter: row[2] as string,
  appointment: row[3] as string | null,
  patient: row[4] as string,
  room: row[5] as string,
  provider: row[6] as ProviderId,
  state: row[7] as VisitState,
  epoch: row[8] as number,
  startsAt: ms(row[9]),
  endsAt: ms(row[10]),
  hardStop: ms(row[11]),
  hostLeftAt: row[12] === null ? null : ms(row[12]),
  callback: row[13] as string | null,
  createdAt: ms(row[14]),
});

type By = 'id' | 'encounter' | 'appointment' | 'room';

/** @param lock in a transaction: nobody else changes it before that is over */
export async function findVisit(
  on: Queryable,
  tenant: number,
  by: By,
  value: string,
  lock: 'lock' | null = null,
): Promise<Visit | null> {
  const text = `select ${columns} from video_visit where tenant = $1 and ${by} = $2${lock === null ? '' : ' for update'}`;
  const [row] = await on.query(text, [tenant, value]);
  return row ? visitOf(row) : null;
}
