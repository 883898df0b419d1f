import { Secret, TOTP } from 'otpauth';

import type { SmartContext } from '../context.ts';
import { seal, unseal } from '../secret.ts';
import type { User } from './user.ts';

/** Seconds that a code is shown for; one before and one after are taken too, for clocks differ. */
const PERIOD = 30;
const WINDOW = 1;

type On = Pick<SmartContext, 'database' | 'secret' | 'now'>;
type Whose = Pick<User, 'tenant' | 'id'>;

const label = ({ tenant, id }: Whose): string => `totp ${tenant} ${id}`;

const totpOf = (secret: string, username: string): TOTP =>
  new TOTP({
    issuer: 'Portico',
    label: username,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD,
    secret: Secret.fromBase32(secret),
  });

/** A new secret, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an authenticator app reads from a QR code. https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export const totpUri = ({ username }: Pick<User, 'username'>, secret: string): string =>
  totpOf(secret, username).toString();

/** The step that a code is of; null: of none that counts now. */
function stepOf(secret: string, code: string, now: number): number | null {
  const digits = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const delta = totpOf(secret, '').validate({ token: digits, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD) + delta;
}

/** Takes a secret into use, for which a code must be shown. @returns whether the code was right */
export async function enableTotp(
  { database, secret: key, now }: On,
  user: Whose,
  secret: string,
  code: string,
): Promise<boolean> {
  const step = stepOf(secret, code, now());
  if (step === null) return false;
  await database.query('update user_account set totp = $3, totp_step = $4 where tenant = $1 and id = $2', [
    user.tenant,
    user.id,
    seal(key, label(user), secret),
    step,
  ]);
  return true;
}

export async function disableTotp({ database }: On, { tenant, id }: Whose): Promise<void> {
  await database.query('update user_account set totp = null, totp_step = null where tenant = $1 and id = $2', [
    tenant,
    id,
  ]);
}

/**
 * Whether a code is right now. No code is taken twice, nor one older than the last, by whichever server.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6238#section-5.2
 */
export async function takeTotp({ database, secret: key, now }: On, user: Whose, code: string): Promise<boolean> {
  const [row] = await database.query('select totp from user_account where tenant = $1 and id = $2', [
    user.tenant,
    user.id,
  ]);
  if (typeof row?.[0] !== 'string') return false;
  const step = stepOf(unseal(key, label(user), row[0]), code, now());
  if (step === null) return false;
  const taken = await database.query(
    `update user_account set totp_step = $3 where tenant = $1 and id = $2 and totp = $4
       and (totp_step is null or totp_step < $3) returning 1`,
    [user.tenant, user.id, step, row[0]],
  );
  return taken.length > 0;
}
