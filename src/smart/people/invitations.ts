import type { SmartContext } from '../context.ts';
import { newSecret, sha256 } from '../random.ts';
import { placeOf } from '../tokens/tokens.ts';
import type { User } from './user.ts';
import { userColumns, userOf } from './users.ts';

/** Hours that a link by which a user sets a password is good for. */
const HOURS = 24;

type On = Pick<SmartContext, 'database' | 'baseUrl'>;

/**
 * A link by which a user sets a password, once: an invitation, or the way back in. It is the operator's to hand over; links
 * of the same user before it are good no longer.
 */
export async function invite({ database, baseUrl }: On, { tenant, id }: Pick<User, 'tenant' | 'id'>): Promise<string> {
  const token = newSecret();
  await database.transaction(async (tx) => {
    await tx.query('delete from user_invitation where tenant = $1 and user_id = $2', [tenant, id]);
    await tx.query(
      `insert into user_invitation (tenant, hash, user_id, expires_at) values ($1, $2, $3, now() + interval '${HOURS} hours')`,
      [tenant, sha256(token), id],
    );
  });
  return `${placeOf(baseUrl, tenant).issuer}/account/set-password?invitation=${token}`;
}

/** Whose link it is; null: nobody's, used, too old, or of a user who was disabled. */
export async function invitedUser({ database }: On, tenant: number, token: string): Promise<User | null> {
  const [row] = await database.byKey.query(
    `select ${userColumns} from user_invitation i join user_account u on u.tenant = i.tenant and u.id = i.user_id
     where i.tenant = $1 and i.hash = $2 and i.used_at is null and i.expires_at > now() and u.disabled_at is null`,
    [tenant, sha256(token)],
  );
  return row ? userOf(row) : null;
}

/** Uses a link up and sets the password, both or neither. @returns whether the link was still good */
export async function acceptInvitation(
  { database }: On,
  tenant: number,
  token: string,
  passwordHash: string,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [row] = await tx.query(
      `update user_invitation set used_at = now()
       where tenant = $1 and hash = $2 and used_at is null and expires_at > now() returning user_id`,
      [tenant, sha256(token)],
    );
    if (!row) return false;
    await tx.query('update user_account set password_hash = $3 where tenant = $1 and id = $2 and disabled_at is null', [
      tenant,
      String(row[0]),
      passwordHash,
    ]);
    return true;
  });
}
