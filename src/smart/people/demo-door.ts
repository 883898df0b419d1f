import { disableClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import { revokeGrantsOfUser } from '../tokens/app-grants.ts';
import { endSessionsOfUser } from './end-sessions.ts';

/** Where the demo world is. */
const TENANT = 1;

/** When what the demo let in was shut out, for openDemo to know it by: nobody disables anything in 1970. */
const SHUT = 'epoch';

const why = 'The server was started without the demo';

/**
 * Shuts what an earlier start with the demo let in, where the server is started without: everybody knew the password of its
 * operator. What apps registered themselves in that time the operator may let in again, one by one.
 */
export async function shutDemo(context: SmartContext): Promise<void> {
  const { database } = context;
  const accounts = await database.query(
    'select id from user_account where tenant = $1 and demo and disabled_at is null',
    [TENANT],
  );
  if (accounts.length === 0) return;
  const apps = await database.query(
    `select c.id from client c where c.tenant = $1 and c.disabled_at is null and (c.registered_by in ('demo', 'dynamic')
       or exists (select 1 from user_account u where u.tenant = $1 and u.id = c.owner and u.demo))`,
    [TENANT],
  );
  for (const [id] of apps) await disableClient(context, TENANT, String(id), why);
  await database.query(
    `update client set disabled_at = $2::timestamptz where tenant = $1 and registered_by = 'demo' and disabled_at is not null`,
    [TENANT, SHUT],
  );
  await database.query('delete from initial_access_token where tenant = $1', [TENANT]);
  for (const [id] of accounts) {
    await endSessionsOfUser(context, TENANT, String(id), null, why);
    await revokeGrantsOfUser(context, TENANT, String(id), why);
  }
  // Last: whoever is stopped on the way begins again.
  await database.query(
    'update user_account set disabled_at = $2::timestamptz where tenant = $1 and demo and disabled_at is null',
    [TENANT, SHUT],
  );
}

/** Opens again what shutDemo shut of the demo itself. */
export async function openDemo({ database }: Pick<SmartContext, 'database'>): Promise<void> {
  for (const table of ['user_account', 'client']) {
    await database.query(`update ${table} set disabled_at = null where tenant = $1 and disabled_at = $2::timestamptz`, [
      TENANT,
      SHUT,
    ]);
  }
}
