import type { Database } from '../db/database.ts';
import { DAYS } from './refusals.ts';

/**
 * What is of no use any more: `gone` says of which rows of a tenant. Used codes and refresh tokens stay for a while, so that
 * who uses them again is noticed.
 */
const forgotten: readonly { table: string; gone: string }[] = [
  { table: 'used_identifier', gone: 'expires_at < now()' },
  { table: 'revoked_token', gone: 'expires_at < now()' },
  { table: 'authorization_request', gone: 'expires_at < now()' },
  { table: 'launch', gone: 'expires_at < now()' },
  { table: 'authorization_code', gone: `expires_at < now() - interval '1 day'` },
  { table: 'refresh_token', gone: `expires_at < now() or used_at < now() - interval '7 days'` },
  { table: 'user_session', gone: `expires_at < now() - interval '1 day' or ended_at < now() - interval '1 day'` },
  { table: 'user_invitation', gone: `expires_at < now() - interval '7 days'` },
  { table: 'failed_attempt', gone: `last_at < now() - interval '1 day'` },
  { table: 'app_refusal', gone: `at < now() - make_interval(days => ${DAYS})` },
  { table: 'initial_access_token', gone: `expires_at < now() - interval '30 days'` },
];

/** Deletes what is of no use any more. */
export async function forgetExpired(database: Database): Promise<void> {
  const tenants = await database.query('select id from tenant');
  for (const [tenant] of tenants) {
    for (const { table, gone } of forgotten) {
      await database.query(`delete from ${table} where tenant = $1 and (${gone})`, [Number(tenant)]);
    }
  }
}
