import type { Queryable } from '../../db/database.ts';
import { isStaffRole } from '../people/user.ts';
import type { AppGrant } from './app-grant.ts';
import type { Claims } from './tokens.ts';

/** What the bearer of a token is to patients, where that is more than who they are tells. */
export type Standing = Pick<Claims, 'actor' | 'purpose' | 'organization'>;

const none: Standing = { actor: null, purpose: null, organization: null };

/**
 * What the operator has made of an app, where it acts for itself; and of a user, where they let an app act for them: who is of the
 * staff is that in each app. With a patient in context somebody is in a record as who they are there.
 */
export async function standingOf(on: Queryable, grant: AppGrant): Promise<Standing> {
  const { tenant, clientId, userId, patient, fhirUser } = grant;
  if (userId === null) {
    const [row] = await on.query(
      `select actor, organization, registered_for::json ->> 'purpose' from client where tenant = $1 and id = $2`,
      [tenant, clientId],
    );
    const [actor, organization, purpose] = (row ?? []).map((value) => (value === null ? null : String(value)));
    return { actor: actor ?? null, organization: organization ?? null, purpose: purpose ?? null };
  }
  const isTheirs = patient !== null && !fhirUser?.startsWith('Practitioner/');
  if (isTheirs) return none;
  const [row] = await on.query('select roles, organization from user_account where tenant = $1 and id = $2', [
    tenant,
    userId,
  ]);
  // As the migration has it.
  const [roles, organization] = (row ?? [[], null]) as [string[], string | null];
  const actor = roles.find(isStaffRole);
  return actor === undefined ? none : { actor, purpose: null, organization };
}
