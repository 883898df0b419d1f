import type { SmartContext } from '../context.ts';
import type { User } from '../people/user.ts';
import { findUser, listUsers } from '../people/users.ts';
import { reachOf, type Viewer } from '../records.ts';

/** Somebody for whom an app can be started. */
export type Viewable = { id: string; name: string; isSelf: boolean };

export const viewerOf = ({ tenant, id, fhirUser }: User): Viewer => ({ tenant, subject: id, fhirUser });

/** The accounts of the demo world have the id of the record they are for, and a password that everybody is told. */
const isDemoPractitioner = ({ fhirUser, username, disabled }: User): boolean =>
  !disabled && fhirUser === `Practitioner/${username}`;

/** The demo world is in the first tenant. */
const hasDemo = ({ settings }: SmartContext, { tenant }: User): boolean => settings.demo && tenant === 1;

/** For whom a developer may start their own app: themself, and in the demo its practitioners, of whom there is no secret. */
export async function viewersOf(context: SmartContext, user: User): Promise<Viewable[]> {
  const reach = await reachOf(context, viewerOf(user));
  const self = reach.length > 0 ? [{ id: user.id, name: user.displayName, isSelf: true }] : [];
  if (!hasDemo(context, user)) return self;
  const others = (await listUsers(context.database, user.tenant)).filter(
    (one) => one.id !== user.id && isDemoPractitioner(one),
  );
  return [...self, ...others.slice(0, 10).map(({ id, displayName }) => ({ id, name: displayName, isSelf: false }))];
}

/** One of them, by the id of the account; null for anybody else. */
export async function viewerFor(context: SmartContext, user: User, id: string): Promise<User | null> {
  if (id === user.id) return user;
  if (!hasDemo(context, user) || id.includes('\0')) return null;
  const other = await findUser(context.database, user.tenant, id);
  return other && isDemoPractitioner(other) ? other : null;
}
