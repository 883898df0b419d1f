import { randomUUID } from 'node:crypto';

import type { SmartContext } from '../context.ts';
import { hashPassword } from './passwords.ts';
import type { UserRole } from './user.ts';
import { foldUsername } from './users.ts';

/** What everybody of the demo world signs in with; only there, and the sign-in page tells it. */
export const demoPassword = 'open-the-demo-door';

/** Where the demo world is. */
const TENANT = 1;

export type DemoPerson = {
  username: string;
  displayName: string;
  /** `Patient/amara-osei`; null: nobody in FHIR. */
  fhirUser: string | null;
  roles: readonly UserRole[];
};

/** Those who belong to no record. */
const others: readonly DemoPerson[] = [
  { username: 'dev', displayName: 'Demo developer', fhirUser: null, roles: ['developer'] },
  { username: 'ops', displayName: 'Demo operator', fhirUser: null, roles: ['operator', 'developer'] },
  { username: 'officer', displayName: 'Demo privacy officer', fhirUser: null, roles: ['privacy-officer'] },
];

/** Those whom the sign-in page names. */
const named = ['amara-osei', 'dr-lena-marchetti', 'officer', 'dev', 'ops'];

/** What the sign-in page tells a visitor of the demo; null: it is none. */
export const demoHint = ({ settings }: Pick<SmartContext, 'settings'>, tenant: number) =>
  settings.demo && tenant === TENANT ? { usernames: named, password: demoPassword } : null;

/** Gives everybody of the demo world an account, and a developer, an operator and a privacy officer; does nothing for who has one. */
export async function seedDemoAccounts(
  { database }: Pick<SmartContext, 'database'>,
  people: readonly DemoPerson[],
): Promise<void> {
  const all = [...people, ...others];
  const [known] = await database.query(
    'select count(*)::int from user_account where tenant = $1 and username = any($2::text[])',
    [TENANT, all.map(({ username }) => foldUsername(username))],
  );
  if (Number(known?.[0]) === all.length) return;
  // One for all: it is no secret, and each would take 20 ms of the start.
  const kept = await hashPassword(demoPassword);
  if (kept === null) throw new Error('Too many passwords are being hashed to make the demo accounts');
  await database.query(
    `insert into user_account (tenant, id, username, display_name, fhir_user, roles, password_hash, demo)
     select $1, id, username, display_name, nullif(fhir_user, ''), string_to_array(roles, ' '), $2, true
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as t (id, username, display_name, fhir_user, roles)
     on conflict (tenant, username) do nothing`,
    [
      TENANT,
      kept,
      all.map(() => randomUUID()),
      all.map(({ username }) => foldUsername(username)),
      all.map(({ displayName }) => displayName),
      all.map(({ fhirUser }) => fhirUser ?? ''),
      all.map(({ roles }) => roles.join(' ')),
    ],
  );
}
