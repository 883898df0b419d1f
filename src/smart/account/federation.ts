import type { Queryable } from '../../db/database.ts';
import type { Provider, SmartContext } from '../context.ts';

export type Link = { provider: string; subject: string; linkedAt: Date };

/** A provider that the operator named; null: none of that name. */
export const providerOf = ({ settings }: Pick<SmartContext, 'settings'>, id: string): Provider | null =>
  settings.providers.find((one) => one.id === id) ?? null;

export async function linksOf(on: Queryable, tenant: number, userId: string): Promise<Link[]> {
  const rows = await on.query(
    'select provider, subject, linked_at from user_federation where tenant = $1 and user_id = $2 order by linked_at',
    [tenant, userId],
  );
  // The columns' types are those of the migration.
  return rows.map(([provider, subject, linkedAt]) => ({ provider, subject, linkedAt }) as Link);
}

/** Id of the user that a subject of a provider is linked to; null: nobody. An e-mail address never counts. */
export async function linkedUser(on: Queryable, tenant: number, provider: string, subject: string) {
  const [row] = await on.query(
    'select user_id from user_federation where tenant = $1 and provider = $2 and subject = $3',
    [tenant, provider, subject],
  );
  return row ? String(row[0]) : null;
}

/** @returns whether the subject is that user's now; false: it is another's */
export async function linkSubject(
  on: Queryable,
  tenant: number,
  userId: string,
  at: { provider: string; subject: string },
): Promise<boolean> {
  await on.query(
    `insert into user_federation (tenant, provider, subject, user_id) values ($1, $2, $3, $4) on conflict do nothing`,
    [tenant, at.provider, at.subject, userId],
  );
  return (await linkedUser(on, tenant, at.provider, at.subject)) === userId;
}

/** Every subject of a provider that a user had. */
export async function unlinkProvider(on: Queryable, tenant: number, userId: string, provider: string): Promise<void> {
  await on.query('delete from user_federation where tenant = $1 and user_id = $2 and provider = $3', [
    tenant,
    userId,
    provider,
  ]);
}
