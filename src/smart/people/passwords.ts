import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

import type { Queryable } from '../../db/database.ts';
import { isGuessable } from './breached-passwords.ts';
import { createTurns } from './turns.ts';
import type { User } from './user.ts';
import { foldUsername } from './users.ts';

/** Characters. https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver */
export const SHORTEST = 12;
export const LONGEST = 128;

/** Of argon2id, which is the library's default. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each takes 19 MiB and 5 to 20 ms of a core: however many sign in, so many are worked at, and so many more wait. */
const turns = createTurns({ atOnce: 2, waiting: 100 });

/** The same letters, however a keyboard composes them. */
const normal = (password: string): string => password.normalize('NFKC');

const lengthOf = (password: string): number => [...password].length;

/** Compared with where there is no password, so that it takes as long; nobody knows what it is of. */
let nobodys: Promise<string> | null = null;

export type PasswordProblem = 'short' | 'long' | 'guessable';

/** Why a password may not be chosen; null: it may. There are no rules on which characters. */
export async function passwordProblem(
  password: string,
  user: Pick<User, 'username' | 'displayName' | 'email'>,
): Promise<PasswordProblem | null> {
  const length = lengthOf(normal(password));
  if (length < SHORTEST) return 'short';
  if (length > LONGEST) return 'long';
  const about = [user.username, user.displayName, user.email ?? '', 'portico'];
  return (await isGuessable(normal(password), about)) ? 'guessable' : null;
}

/** How a password is kept; null: too many are being worked at. */
export const hashPassword = (password: string): Promise<string | null> => turns(() => hash(normal(password), cost));

export async function setPasswordHash(on: Queryable, tenant: number, userId: string, kept: string): Promise<void> {
  await on.query('update user_account set password_hash = $3 where tenant = $1 and id = $2', [tenant, userId, kept]);
}

/**
 * Whose username and password these are. It takes the same time whether there is such a user, one without a password, one
 * who was disabled, or whether the password is wrong, and says the same.
 *
 * @returns the id of the user, or why not; `busy`: too many are signing in
 */
export async function checkPassword(
  on: Queryable,
  tenant: number,
  username: string,
  password: string,
): Promise<{ userId: string } | 'wrong' | 'busy'> {
  nobodys ??= hash(randomBytes(32), cost);
  const [row] = await on.query(
    'select id, password_hash from user_account where tenant = $1 and username = $2 and disabled_at is null',
    [tenant, foldUsername(username)],
  );
  const kept = typeof row?.[1] === 'string' ? row[1] : await nobodys;
  // Longer ones are nobody's; they are not worth the time of a longer hash.
  const typed = normal(password.slice(0, 2 * LONGEST));
  const right = await turns(() => verify(kept, typed));
  if (right === null) return 'busy';
  return right && row && lengthOf(normal(password)) <= LONGEST ? { userId: String(row[0]) } : 'wrong';
}
