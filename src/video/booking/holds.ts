import type { Queryable } from '../../db/database.ts';

/** ms for which a time is held. */
export const HOLD = 10 * 60_000;
/** Times that are held for one patient at once. */
export const MOST_HOLDS = 3;

export type Hold = { slot: string; appointment: string; expiresAt: number };

type NewHold = { tenant: number; slot: string; patient: string; appointment: string; expiresAt: number };

/** Keeps a Slot; whoever kept it before does so no more. */
export async function putHold(
  on: Queryable,
  { tenant, slot, patient, appointment, expiresAt }: NewHold,
): Promise<void> {
  await on.query(
    `insert into slot_hold (tenant, slot, holder, appointment, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant, slot) do update set holder = excluded.holder, appointment = excluded.appointment,
       expires_at = excluded.expires_at`,
    [tenant, slot, `Patient/${patient}`, appointment, new Date(expiresAt)],
  );
}

export async function dropHold(on: Queryable, tenant: number, slot: string): Promise<void> {
  await on.query('delete from slot_hold where tenant = $1 and slot = $2', [tenant, slot]);
}

/** Who keeps a Slot, whether or not that is over; null: nobody. */
export async function holdOf(on: Queryable, tenant: number, slot: string): Promise<Hold | null> {
  const [row] = await on.query('select appointment, expires_at from slot_hold where tenant = $1 and slot = $2', [
    tenant,
    slot,
  ]);
  return row ? { slot, appointment: String(row[0]), expiresAt: (row[1] as Date).getTime() } : null;
}

/** Of these Appointments those whose time is held. */
export async function liveHolds(
  on: Queryable,
  tenant: number,
  appointments: readonly string[],
  now: number,
): Promise<ReadonlySet<string>> {
  if (appointments.length === 0) return new Set();
  const rows = await on.query(
    'select appointment from slot_hold where tenant = $1 and appointment = any($2) and expires_at > $3',
    [tenant, appointments, new Date(now)],
  );
  return new Set(rows.map(([appointment]) => String(appointment)));
}

/** How many times are held for a patient. */
export async function countHolds(on: Queryable, tenant: number, patient: string, now: number): Promise<number> {
  const [row] = await on.query(
    'select count(*)::int from slot_hold where tenant = $1 and holder = $2 and expires_at > $3',
    [tenant, `Patient/${patient}`, new Date(now)],
  );
  return Number(row?.[0] ?? 0);
}
