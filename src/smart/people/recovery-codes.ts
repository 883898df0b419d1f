import { createHmac, randomInt } from 'node:crypto';

import type { SmartContext } from '../context.ts';
import { deriveKey } from '../secret.ts';
import type { User } from './user.ts';

const HOW_MANY = 10;
/** Without letters that are taken for others: 32 of them, so a code of ten has 50 bits. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 10;

type On = Pick<SmartContext, 'database' | 'secret'>;
type Whose = Pick<User, 'tenant' | 'id'>;

/** As a person writes it: with or without the dash, o for 0, i and l for 1. */
const read = (code: string): string =>
  code
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1');

const hashOf = ({ secret }: On, { tenant, id }: Whose, code: string): string =>
  createHmac('sha256', deriveKey(secret, 'recovery code'))
    .update(`${tenant} ${id} ${read(code)}`)
    .digest('base64url');

const newCode = (): string => {
  const text = Array.from({ length: LENGTH }, () => letters[randomInt(letters.length)]).join('');
  return `${text.slice(0, LENGTH / 2)}-${text.slice(LENGTH / 2)}`;
};

/** Ten new codes, shown this once; those before are good no longer. */
export async function newRecoveryCodes(on: On, user: Whose): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, newCode);
  await on.database.transaction(async (tx) => {
    await tx.query('delete from user_recovery_code where tenant = $1 and user_id = $2', [user.tenant, user.id]);
    await tx.query(
      'insert into user_recovery_code (tenant, user_id, hash) select $1, $2, hash from unnest($3::text[]) as t (hash)',
      [user.tenant, user.id, codes.map((code) => hashOf(on, user, code))],
    );
  });
  return codes;
}

/** How many are left. */
export async function recoveryCodesLeft({ database }: On, { tenant, id }: Whose): Promise<number> {
  const [row] = await database.query(
    'select count(*)::int from user_recovery_code where tenant = $1 and user_id = $2 and used_at is null',
    [tenant, id],
  );
  return Number(row?.[0] ?? 0);
}

/** Whether a code is one of the user's; it is used up by that. */
export async function takeRecoveryCode(on: On, user: Whose, code: string): Promise<boolean> {
  const taken = await on.database.byKey.query(
    `update user_recovery_code set used_at = now()
     where tenant = $1 and user_id = $2 and hash = $3 and used_at is null returning 1`,
    [user.tenant, user.id, hashOf(on, user, code)],
  );
  return taken.length > 0;
}
