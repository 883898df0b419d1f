import type { Queryable } from '../../db/database.ts';
import type { Client } from '../clients/client.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';

/** So many lines on a page; a search finds the others. */
export const LINES = 100;

/** What is looked for, as a pattern of like: every character stands for itself, but for NUL, which is no text to Postgres. */
const patternOf = (sought: string): string =>
  `%${sought
    .replaceAll('\0', '')
    .trim()
    .slice(0, 100)
    .replaceAll(/[\\%_]/g, '\\$&')}%`;

/** An app and the user name of whose it is. */
export type ListedApp = { client: Client; owner: string | null };

/** Those whose id, owner or metadata have this in them, last registered first. */
export async function listApps(context: SmartContext, tenant: number, sought: string): Promise<ListedApp[]> {
  const rows = await context.database.query(
    `select c.id, u.username from client c left join user_account u on u.tenant = c.tenant and u.id = c.owner
     where c.tenant = $1 and (c.id ilike $2 or c.metadata ilike $2 or u.username ilike $2)
     order by c.created_at desc, c.id limit ${LINES}`,
    [tenant, patternOf(sought)],
  );
  const clients = await Promise.all(rows.map(([id]) => findClient(context, tenant, String(id))));
  return clients.flatMap((client, at) => {
    const owner = rows[at]?.[1];
    return client ? [{ client, owner: typeof owner === 'string' ? owner : null }] : [];
  });
}

/** Lets an app in again; what it had been granted before stays ended. */
export async function enableClient(on: Queryable, tenant: number, id: string): Promise<void> {
  await on.query('update client set disabled_at = null where tenant = $1 and id = $2', [tenant, id]);
}

export type ListedPerson = {
  id: string;
  username: string;
  displayName: string;
  fhirUser: string | null;
  roles: readonly string[];
  disabled: boolean;
  lastSignIn: Date | null;
};

/** Those whose name, user name or linked record has this in it, by user name. */
export async function listPeople(on: Queryable, tenant: number, sought: string): Promise<ListedPerson[]> {
  const rows = await on.query(
    `select u.id, u.username, u.display_name, u.fhir_user, u.roles, u.disabled_at is not null,
       (select max(s.signed_in_at) from user_session s where s.tenant = u.tenant and s.user_id = u.id)
     from user_account u
     where u.tenant = $1 and (u.username ilike $2 or u.display_name ilike $2 or u.fhir_user ilike $2)
     order by u.username limit ${LINES}`,
    [tenant, patternOf(sought)],
  );
  return rows.map(
    ([id, username, displayName, fhirUser, roles, disabled, lastSignIn]) =>
      ({ id, username, displayName, fhirUser, roles, disabled, lastSignIn }) as ListedPerson, // as the migration has it
  );
}

/** A token with which an app may be registered; `hash` stands for it. */
export type ListedAccess = { hash: string; note: string; system: boolean; expiresAt: Date };

/** Those that can still be used. */
export async function listInitialAccess(on: Queryable, tenant: number): Promise<ListedAccess[]> {
  const rows = await on.query(
    `select hash, note, system, expires_at from initial_access_token
     where tenant = $1 and used_at is null and expires_at > now() order by expires_at desc limit ${LINES}`,
    [tenant],
  );
  return rows.map(([hash, note, system, expiresAt]) => ({ hash, note, system, expiresAt }) as ListedAccess); // as above
}

export async function endInitialAccess(on: Queryable, tenant: number, hash: string): Promise<void> {
  await on.query(
    'update initial_access_token set used_at = now() where tenant = $1 and hash = $2 and used_at is null',
    [tenant, hash],
  );
}

export type ListedKey = { kid: string; algorithm: string; createdAt: Date; retiredAt: Date | null };

/** The keys that sign, and those that are believed for what they signed before, newest first. */
export async function listKeys(on: Queryable, tenant: number): Promise<ListedKey[]> {
  const rows = await on.query(
    `select kid, algorithm, created_at, retired_at from signing_key
     where tenant = $1 and (retired_at is null or retired_at > now() - interval '1 day')
     order by retired_at is not null, created_at desc, algorithm limit 10`,
    [tenant],
  );
  return rows.map(([kid, algorithm, createdAt, retiredAt]) => ({ kid, algorithm, createdAt, retiredAt }) as ListedKey); // as above
}
