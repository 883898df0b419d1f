import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { DeviceParts } from '../deps.ts';
import { placeOf, vendorIn } from './authorization.ts';
import type { Connection } from './connection.ts';
import { refresh } from './oauth.ts';
import { readTokens, type Tokens, writeTokens } from './secrets.ts';

/** ms before its end at which a token is renewed. */
const EARLY = 60_000;

/** What a token is wanted for, and what came of it: `expired`, the vendor takes ours no more; `unreachable`, it can be asked later. */
export type Fresh = { ok: true; tokens: Tokens } | { ok: false; why: 'expired' | 'unreachable' };

const isFresh = ({ expires }: Tokens, now: number): boolean => expires === null || expires - EARLY > now;

const expireSql = `update device_connection set state = 'expired', problem = 'expired'
  where tenant = $1 and id = $2 and state = 'active'`;

async function renewed(
  context: FhirContext,
  parts: DeviceParts,
  tx: Queryable,
  connection: Connection,
  isStale: (tokens: Tokens) => boolean,
): Promise<Fresh> {
  const { tenant, id } = connection;
  const tokens = await readTokens(context.settings, tx, tenant, id);
  if (tokens !== null && !isStale(tokens)) return { ok: true, tokens };
  const place = placeOf(parts, vendorIn(connection));
  if (place === null) return { ok: false, why: 'unreachable' };
  const given =
    tokens === null || tokens.refresh === null
      ? { ok: false as const, why: 'refused' as const }
      : await refresh(place, parts.fetch, tokens.refresh);
  if (!given.ok && given.why === 'unreachable') return { ok: false, why: 'unreachable' };
  if (!given.ok || tokens === null) {
    await tx.query(expireSql, [tenant, id]);
    return { ok: false, why: 'expired' };
  }
  const { access, refresh: next, expiresIn } = given.value;
  const expires = expiresIn === null ? null : context.now() + expiresIn * 1000;
  const fresh: Tokens = { ...tokens, access, refresh: next ?? tokens.refresh, expires };
  await writeTokens(context.settings, tx, tenant, id, fresh);
  return { ok: true, tokens: fresh };
}

/**
 * Tokens of a connection that the vendor takes for a minute at least. Who has to renew them does so alone: a refresh token is used
 * once, and the second to use it would end the connection.
 *
 * @param refused an access token that the vendor did not take, whatever it said of when it ends
 */
export async function freshTokens(
  context: FhirContext,
  parts: DeviceParts,
  connection: Connection,
  refused: string | null = null,
): Promise<Fresh> {
  const { tenant, id } = connection;
  const isStale = (tokens: Tokens): boolean => !isFresh(tokens, context.now()) || tokens.access === refused;
  const known = await readTokens(context.settings, context.database, tenant, id);
  if (known !== null && !isStale(known)) return { ok: true, tokens: known };
  return context.database.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1, hashtext('renew ' || $2))", [tenant, id]);
    return renewed(context, parts, tx, connection, isStale);
  });
}
