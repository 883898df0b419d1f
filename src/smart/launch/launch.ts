import type { Queryable } from '../../db/database.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import { findUser } from '../people/users.ts';
import { newSecret, sha256 } from '../random.ts';
import type { LaunchContext } from '../tokens/app-grant.ts';
import { placeOf } from '../tokens/tokens.ts';
import { contextFault } from './launch-context.ts';

/** Minutes in which an app must come back with its launch. */
const MINUTES = 5;

export type LaunchAsk = { tenant: number; clientId: string; userId: string; context: LaunchContext };

/** `launch` is told to nobody but the app, by way of `url`: where the browser is sent, or null where the app has none. */
export type Launch = { launch: string; url: string | null };

/**
 * Starts an app with what is open in front of a user: good for that user and app, once, for five minutes.
 *
 * @returns a sentence where it may not be: an app or a user that is not there, or a record that the user may not see
 * @see https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch
 */
export async function createLaunch(
  context: SmartContext,
  { tenant, clientId, userId, context: started }: LaunchAsk,
): Promise<{ ok: true; value: Launch } | { ok: false; reason: string }> {
  const client = await findClient(context, tenant, clientId);
  if (!client || client.disabled) return { ok: false, reason: 'There is no such app' };
  const user = await findUser(context.database.byKey, tenant, userId);
  if (!user || user.disabled) return { ok: false, reason: 'There is no such user' };
  const fault = await contextFault(context, { ...user, subject: user.id }, started);
  if (fault !== null) return { ok: false, reason: fault };
  const launch = newSecret();
  await context.database.byKey.query(
    `insert into launch (tenant, hash, client_id, user_id, context, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
    [tenant, sha256(launch), clientId, userId, JSON.stringify(started), MINUTES],
  );
  const start = client.metadata.launch_uri;
  return {
    ok: true,
    value: { launch, url: start === undefined ? null : startAddress(start, tenant, context, launch) },
  };
}

function startAddress(launchUri: string, tenant: number, context: SmartContext, launch: string): string {
  const url = new URL(launchUri);
  url.searchParams.set('iss', placeOf(context.baseUrl, tenant).audience);
  url.searchParams.set('launch', launch);
  return url.href;
}

/** Whether this launch may still be used by this app. */
export async function findLaunch(
  context: SmartContext,
  tenant: number,
  clientId: string,
  hash: string,
): Promise<boolean> {
  const rows = await context.database.byKey.query(
    `select 1 from launch
     where tenant = $1 and hash = $2 and client_id = $3 and used_at is null and expires_at > now()`,
    [tenant, hash, clientId],
  );
  return rows.length > 0;
}

/** Uses a launch up; null where it is not this user's and app's, or no longer good. */
export async function takeLaunch(
  on: Queryable,
  { tenant, clientId, userId, hash }: Omit<LaunchAsk, 'context'> & { hash: string },
): Promise<LaunchContext | null> {
  const [row] = await on.query(
    `update launch set used_at = now()
     where tenant = $1 and hash = $2 and client_id = $3 and user_id = $4 and used_at is null and expires_at > now()
     returning context`,
    [tenant, hash, clientId, userId],
  );
  return row ? (JSON.parse(String(row[0])) as LaunchContext) : null; // written by createLaunch
}
