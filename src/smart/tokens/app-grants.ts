import type { Queryable, Row } from '../../db/database.ts';
import type { SmartContext } from '../context.ts';
import type { AppGrant, LaunchContext } from './app-grant.ts';

type On = Pick<SmartContext, 'database'>;

const columns = `tenant, id, client_id, user_id, session_id, scope, context, fhir_user, patient, consent_id, dpop_jkt,
  created_at, last_used_at, expires_at, revoked_at`;

function grantOf(row: Row): AppGrant {
  // The select list fixes the shape of the row.
  const [tenant, id, clientId, userId, sessionId, scope, context, fhirUser, patient, consentId, dpopJkt] =
    row as string[];
  const [createdAt, lastUsedAt, expiresAt, revokedAt] = row.slice(11) as Date[];
  const whole = {
    tenant: Number(tenant),
    id,
    clientId,
    userId,
    sessionId,
    scope,
    fhirUser,
    patient,
    consentId,
    dpopJkt,
  };
  // What was written was a LaunchContext.
  const launch = JSON.parse(String(context)) as LaunchContext;
  return { ...whole, context: launch, createdAt, lastUsedAt, expiresAt, revokedAt } as AppGrant;
}

/** What an app was granted, on its way into the table. */
export type NewAppGrant = Omit<AppGrant, 'createdAt' | 'lastUsedAt' | 'revokedAt'>;

/** Does nothing where there is one of this id. */
export async function createGrant(on: Queryable, grant: NewAppGrant): Promise<void> {
  await on.query(
    `insert into app_grant (tenant, id, client_id, user_id, session_id, scope, context, fhir_user, patient, consent_id, dpop_jkt, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
    [
      grant.tenant,
      grant.id,
      grant.clientId,
      grant.userId,
      grant.sessionId,
      grant.scope,
      JSON.stringify(grant.context),
      grant.fhirUser,
      grant.patient,
      grant.consentId,
      grant.dpopJkt,
      grant.expiresAt,
    ],
  );
}

/** Also one that was revoked or has ended: see isLive. */
export async function findGrant(on: Queryable, tenant: number, id: string): Promise<AppGrant | null> {
  const [row] = await on.query(`select ${columns} from app_grant where tenant = $1 and id = $2`, [tenant, id]);
  return row ? grantOf(row) : null;
}

/** @param now ms since 1970 */
export const isLive = ({ revokedAt, expiresAt }: AppGrant, now: number): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt.getTime() > now);

/** The live grants of a user, newest first. */
export async function grantsOfUser(on: Queryable, tenant: number, userId: string): Promise<AppGrant[]> {
  const rows = await on.query(
    `select ${columns} from app_grant where tenant = $1 and user_id = $2 and revoked_at is null
       and (expires_at is null or expires_at > now()) order by created_at desc, id`,
    [tenant, userId],
  );
  return rows.map(grantOf);
}

/** Makes every process ask again, from its next request on, for what it remembers of this tenant's tokens. */
export async function raiseEpoch(on: Queryable, tenant: number): Promise<void> {
  await on.query(
    `insert into revocation_epoch (tenant, epoch) values ($1, 1)
     on conflict (tenant) do update set epoch = revocation_epoch.epoch + 1`,
    [tenant],
  );
}

async function revokeWhere(context: On, column: string, values: [number, string, string]): Promise<string[]> {
  return context.database.transaction(async (tx) => {
    const rows = await tx.query(
      `update app_grant set revoked_at = now(), revoked_why = $3 where tenant = $1 and ${column} = $2
         and revoked_at is null returning id`,
      values,
    );
    if (rows.length > 0) await raiseEpoch(tx, values[0]);
    return rows.map(([id]) => String(id));
  });
}

/**
 * Ends it: every token of it is refused from the next request on, on every node.
 *
 * @param why for the log of the grant
 * @returns whether it stood till now
 */
export async function revokeGrant(context: On, tenant: number, id: string, why: string): Promise<boolean> {
  return (await revokeWhere(context, 'id', [tenant, id, why])).length > 0;
}

/** Binds every token of it to a key. @param jkt its thumbprint */
export async function bindGrant(on: Queryable, { tenant, id }: AppGrant, jkt: string): Promise<void> {
  await on.query('update app_grant set dpop_jkt = $3 where tenant = $1 and id = $2', [tenant, id, jkt]);
}

/** Notes that it was used, at most once a minute. */
export async function touchGrant(on: Queryable, { tenant, id }: AppGrant): Promise<void> {
  await on.query(
    `update app_grant set last_used_at = now() where tenant = $1 and id = $2
       and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [tenant, id],
  );
}

/** @returns the ids of those that ended */
export const revokeGrantsOfSession = (context: On, tenant: number, sessionId: string, why: string) =>
  revokeWhere(context, 'session_id', [tenant, sessionId, why]);

/** @returns the ids of those that ended */
export const revokeGrantsOfClient = (context: On, tenant: number, clientId: string, why: string) =>
  revokeWhere(context, 'client_id', [tenant, clientId, why]);

/** @returns the ids of those that ended */
export const revokeGrantsOfUser = (context: On, tenant: number, userId: string, why: string) =>
  revokeWhere(context, 'user_id', [tenant, userId, why]);
