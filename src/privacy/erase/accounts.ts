import type { Queryable } from '../../db/database.ts';
import { raiseEpoch } from '../gate/epoch.ts';

/**
 * What belongs to a patient and is no resource, by table. In each text $2 is the id of the patient, $3 the ids of their
 * accounts; what is not told of is deleted first where it depends on another.
 */
const belongings: readonly { table: string; theirs: string }[] = [
  { table: 'refresh_token', theirs: 'grant_id in (select id from app_grant g where g.tenant = $1 and ($GRANTS))' },
  { table: 'authorization_code', theirs: 'grant_id in (select id from app_grant g where g.tenant = $1 and ($GRANTS))' },
  { table: 'app_grant', theirs: '$GRANTS' },
  { table: 'launch', theirs: `user_id = any($3::text[]) or context::json ->> 'patient' = $2` },
  {
    table: 'authorization_request',
    theirs: `chosen::json ->> 'patient' = $2 or session_id in
      (select id from user_session s where s.tenant = $1 and s.user_id = any($3::text[]))`,
  },
  { table: 'user_session', theirs: `user_id = any($3::text[]) or pending::json ->> 'userId' = any($3::text[])` },
  { table: 'user_passkey', theirs: 'user_id = any($3::text[])' },
  { table: 'user_recovery_code', theirs: 'user_id = any($3::text[])' },
  { table: 'user_federation', theirs: 'user_id = any($3::text[])' },
  { table: 'user_invitation', theirs: 'user_id = any($3::text[])' },
  { table: 'record_copy', theirs: 'patient = $2' },
  { table: 'break_glass', theirs: 'patient = $2' },
  { table: 'legal_hold', theirs: 'patient = $2 and released_at is not null' },
  {
    table: 'job',
    // What a job says beside may be anything, and be called as the patient is.
    theirs: `kind <> 'erase' and (payload::jsonb ->> 'patient' in ($2, 'Patient/' || $2)
      or payload::jsonb ->> 'visit' in ($VISITS))`,
  },
  ...['attendance', 'invite', 'message', 'recording', 'recording_consent', 'recording_link'].map((name) => ({
    table: `video_${name}`,
    theirs: 'visit in ($VISITS)',
  })),
  // Who was asked into the visit of somebody else as well.
  { table: 'video_participant', theirs: `visit in ($VISITS) or reference = 'Patient/' || $2` },
  { table: 'slot_hold', theirs: `holder = 'Patient/' || $2` },
  { table: 'video_visit', theirs: 'patient = $2' },
  {
    table: 'device_authorization',
    theirs: 'connection in (select c.id from device_connection c where c.tenant = $1 and c.patient = $2)',
  },
  // Whoever is writing readings of theirs has this row locked, and nobody does once it is gone.
  ...['connection', 'payload', 'record', 'written'].map((name) => ({
    table: `device_${name}`,
    theirs: 'patient = $2',
  })),
  { table: 'rollup_due', theirs: 'patient = $2' },
  { table: 'user_account', theirs: 'id = any($3::text[])' },
].map(({ table, theirs }) => ({
  table,
  theirs: theirs
    .replaceAll('$GRANTS', 'patient = $2 or user_id = any($3::text[])')
    .replaceAll('$VISITS', 'select v.id from video_visit v where v.tenant = $1 and v.patient = $2'),
}));

/** The tables that rows of accounts and of what was made of a record are deleted from. */
export const belongingTables: readonly string[] = belongings.map(({ table }) => table);

/** The accounts of a patient: who signs in to them is the patient. */
export async function accountsOf(on: Queryable, tenant: number, patient: string): Promise<string[]> {
  const rows = await on.query('select id from user_account where tenant = $1 and fhir_user = $2', [
    tenant,
    `Patient/${patient}`,
  ]);
  return rows.map(([id]) => String(id));
}

/**
 * Lets nobody in by these accounts any more, at once: their sessions end, and what they granted to apps.
 *
 * @returns the ids of those that were not disabled before
 */
export async function disableAccounts(on: Queryable, tenant: number, users: readonly string[]): Promise<string[]> {
  const disabled = await on.query(
    `update user_account set disabled_at = now() where tenant = $1 and id = any($2::text[]) and disabled_at is null
     returning id`,
    [tenant, users],
  );
  await on.query(
    'update user_session set ended_at = now() where tenant = $1 and user_id = any($2::text[]) and ended_at is null',
    [tenant, users],
  );
  // Whoever showed the first factor only does not go on by it.
  await on.query(
    `delete from user_session where tenant = $1 and user_id is null and pending::json ->> 'userId' = any($2::text[])`,
    [tenant, users],
  );
  await on.query(
    `update app_grant set revoked_at = now(), revoked_why = 'The record is being erased'
     where tenant = $1 and user_id = any($2::text[]) and revoked_at is null`,
    [tenant, users],
  );
  await raiseEpoch(on, tenant);
  return disabled.map(([id]) => String(id));
}

/** Lets people in again. What ended stays ended. */
export async function enableAccounts(on: Queryable, tenant: number, users: readonly string[]): Promise<void> {
  await on.query('update user_account set disabled_at = null where tenant = $1 and id = any($2::text[])', [
    tenant,
    users,
  ]);
}

/** How many rows of each table belong to a patient; tables without one are left out. */
export async function countBelongings(
  on: Queryable,
  tenant: number,
  patient: string,
  users: readonly string[],
): Promise<Record<string, number>> {
  const text = belongings.map(
    ({ table, theirs }) => `(select count(*)::int from ${table} where tenant = $1 and (${theirs}))`,
  );
  const [row = []] = await on.query(`select ${text.join(', ')}, $2::text, $3::text[]`, [tenant, patient, users]);
  const counts = belongings.map(({ table }, at): [string, number] => [table, Number(row[at])]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The files of copies that were made of the record, pieces of recordings that have not become documents, and what devices sent. */
export async function filesOf(on: Queryable, tenant: number, patient: string): Promise<string[]> {
  const rows = await on.query(
    `select sha256 from record_copy where tenant = $1 and patient = $2 and sha256 is not null
     union select sha256 from device_payload where tenant = $1 and patient = $2 and bytes is null
     union select part ->> 'sha256' from video_visit v join video_recording r on r.tenant = v.tenant and r.visit = v.id,
       jsonb_array_elements(r.parts::jsonb) part where v.tenant = $1 and v.patient = $2`,
    [tenant, patient],
  );
  return rows.map(([sha256]) => String(sha256));
}

/**
 * Deletes all of it. Who acted for the patient keeps their account, which is nobody's then; what somebody registered as a
 * developer of apps stays, without them.
 *
 * @param proxies ids of RelatedPersons that are erased
 */
export async function eraseBelongings(
  on: Queryable,
  tenant: number,
  patient: string,
  users: readonly string[],
  proxies: readonly string[],
): Promise<void> {
  for (const { table, theirs } of belongings) {
    await on.query(
      `delete from ${table} where tenant = $1 and (${theirs}) and $2::text is not null and $3::text[] is not null`,
      [tenant, patient, users],
    );
  }
  await on.query('update client set owner = null where tenant = $1 and owner = any($2::text[])', [tenant, users]);
  await on.query('update user_account set fhir_user = null where tenant = $1 and fhir_user = any($2::text[])', [
    tenant,
    proxies.map((id) => `RelatedPerson/${id}`),
  ]);
  await raiseEpoch(on, tenant);
}
