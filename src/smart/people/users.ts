import { randomUUID } from 'node:crypto';

import type { Queryable } from '../../db/database.ts';
import { languages } from '../../pages/language.ts';
import type { User, UserRole } from './user.ts';

/** What userOf reads, of a user_account that is called `u`. */
export const userColumns = `u.tenant, u.id, u.username, u.display_name, u.email, u.fhir_user, u.roles, u.language,
  u.password_hash is not null, u.totp is not null, u.disabled_at is not null, u.organization`;

const text = (value: unknown): string | null => (value === null ? null : String(value));

/** @param row of userColumns */
export function userOf(row: readonly unknown[]): User {
  const [tenant, id, username, displayName, email, fhirUser, roles, language, password, totp, disabled, works] = row;
  return {
    tenant: Number(tenant),
    id: String(id),
    username: String(username),
    displayName: String(displayName),
    email: text(email),
    fhirUser: text(fhirUser),
    roles: roles as UserRole[], // only addUser and setRoles write it
    organization: text(works ?? null),
    language: languages.find((one) => one === language) ?? null,
    hasPassword: password === true,
    hasTotp: totp === true,
    disabled: disabled === true,
  };
}

/** How a name is kept and compared: letters of any width and case that look the same are the same. */
export const foldUsername = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/** Characters that a name may have: what an address or the id of a resource is written with. */
export const usernamePattern = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u;

export async function findUser(on: Queryable, tenant: number, id: string): Promise<User | null> {
  // A NUL is no text to Postgres.
  if (id.includes('\0')) return null;
  const [row] = await on.query(`select ${userColumns} from user_account u where u.tenant = $1 and u.id = $2`, [
    tenant,
    id,
  ]);
  return row ? userOf(row) : null;
}

/** @param username as typed */
export async function findUserByName(on: Queryable, tenant: number, username: string): Promise<User | null> {
  const [row] = await on.query(`select ${userColumns} from user_account u where u.tenant = $1 and u.username = $2`, [
    tenant,
    foldUsername(username),
  ]);
  return row ? userOf(row) : null;
}

export async function listUsers(on: Queryable, tenant: number): Promise<User[]> {
  const rows = await on.query(`select ${userColumns} from user_account u where u.tenant = $1 order by u.username`, [
    tenant,
  ]);
  return rows.map(userOf);
}

export type NewUser = {
  tenant: number;
  username: string;
  displayName: string;
  email?: string | null;
  fhirUser?: string | null;
  roles?: readonly UserRole[];
  organization?: string | null;
};

/**
 * Adds somebody, who has no password yet.
 *
 * @returns null where the name is taken
 */
export async function addUser(on: Queryable, user: NewUser): Promise<User | null> {
  const { tenant, username, displayName, email = null, fhirUser = null, roles = [], organization = null } = user;
  const [row] = await on.query(
    `insert into user_account as u (tenant, id, username, display_name, email, fhir_user, roles, organization)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant, username) do nothing returning ${userColumns}`,
    [tenant, randomUUID(), foldUsername(username), displayName, email, fhirUser, roles, organization],
  );
  return row ? userOf(row) : null;
}

/**
 * What apps were granted is another's then: see changeLink.
 *
 * @param fhirUser `Patient/1`; null: nobody
 * @returns whether it was another before
 */
export async function linkUser(on: Queryable, tenant: number, id: string, fhirUser: string | null): Promise<boolean> {
  const changed = await on.query(
    'update user_account set fhir_user = $3 where tenant = $1 and id = $2 and fhir_user is distinct from $3 returning 1',
    [tenant, id, fhirUser],
  );
  return changed.length > 0;
}

/**
 * What was let in by other roles ends: see changeRoles.
 *
 * @param organization the id of the Organization that they work for
 */
export async function setRoles(
  on: Queryable,
  tenant: number,
  id: string,
  roles: readonly UserRole[],
  organization: string | null,
): Promise<void> {
  await on.query('update user_account set roles = $3, organization = $4 where tenant = $1 and id = $2', [
    tenant,
    id,
    roles,
    organization,
  ]);
}
