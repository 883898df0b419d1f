import type { Queryable } from '../../db/database.ts';
import type { SmartContext } from '../context.ts';
import { operatorScope } from '../scopes/scopes.ts';
import { grantsOfUser, revokeGrant, revokeGrantsOfSession, revokeGrantsOfUser } from '../tokens/app-grants.ts';
import { isStaffRole, type UserRole } from './user.ts';
import { findUser, linkUser, setRoles } from './users.ts';

type On = Pick<SmartContext, 'database'>;

/** Signs a session out, at once, and with it what apps were granted for as long as it lasts. @param why for the log of grants */
export async function endSession(context: On, tenant: number, id: string, why: string): Promise<void> {
  await context.database.query(
    'update user_session set ended_at = now() where tenant = $1 and id = $2 and ended_at is null',
    [tenant, id],
  );
  await revokeGrantsOfSession(context, tenant, id, why);
}

/**
 * Signs a user out everywhere.
 *
 * @param except the id of a session that stays; null: none does
 * @returns how many ended
 */
export async function endSessionsOfUser(
  context: On,
  tenant: number,
  userId: string,
  except: string | null,
  why: string,
): Promise<number> {
  const ended = await context.database.query(
    `update user_session set ended_at = now()
     where tenant = $1 and user_id = $2 and ended_at is null and id is distinct from $3 returning id`,
    [tenant, userId, except],
  );
  // Whoever showed the first factor only may not go on by it: it may be what was found out.
  await context.database.query(
    `delete from user_session where tenant = $1 and user_id is null and ended_at is null and pending::json ->> 'userId' = $2`,
    [tenant, userId],
  );
  for (const [id] of ended) await revokeGrantsOfSession(context, tenant, String(id), why);
  return ended.length;
}

/** Lets a user in nowhere any more: their sessions end, and what they granted to apps. */
export async function disableUser(context: On, tenant: number, userId: string): Promise<void> {
  await context.database.query(
    'update user_account set disabled_at = now() where tenant = $1 and id = $2 and disabled_at is null',
    [tenant, userId],
  );
  await endSessionsOfUser(context, tenant, userId, null, 'The account was disabled');
  await revokeGrantsOfUser(context, tenant, userId, 'The account was disabled');
}

/** Lets a user sign in again; what ended stays ended. */
export async function enableUser(database: Queryable, tenant: number, userId: string): Promise<void> {
  await database.query('update user_account set disabled_at = null where tenant = $1 and id = $2', [tenant, userId]);
}

/** Links a user to another record: what they let apps see as who they were ends. @param fhirUser `Patient/1`; null: nobody */
export async function changeLink(context: On, tenant: number, userId: string, fhirUser: string | null): Promise<void> {
  if (!(await linkUser(context.database, tenant, userId, fhirUser))) return;
  await revokeGrantsOfUser(context, tenant, userId, 'The account was linked to another record');
}

/** What a user is to patients. */
const standing = (roles: readonly UserRole[], organization: string | null): string =>
  [...roles.filter(isStaffRole).toSorted(), organization ?? ''].join(' ');

/**
 * Gives a user other roles: whoever is no operator any more has let no app act as one, and whoever is something else to patients
 * signs in anew and lets in anew what they use.
 */
export async function changeRoles(
  context: On,
  tenant: number,
  userId: string,
  roles: readonly UserRole[],
  organization: string | null = null,
): Promise<void> {
  const before = await findUser(context.database, tenant, userId);
  await setRoles(context.database, tenant, userId, roles, organization);
  if (before && standing(before.roles, before.organization) !== standing(roles, organization)) {
    await endSessionsOfUser(context, tenant, userId, null, 'The user has another role');
    await revokeGrantsOfUser(context, tenant, userId, 'The user has another role');
    return;
  }
  if (roles.includes('operator')) return;
  for (const { id, scope } of await grantsOfUser(context.database, tenant, userId)) {
    if (!scope.split(' ').includes(operatorScope)) continue;
    await revokeGrant(context, tenant, id, 'The user is no operator any more');
  }
}
