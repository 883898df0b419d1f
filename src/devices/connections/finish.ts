import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, invalid, ok, type Result, unavailable, unprocessable } from '../../fhir/outcome.ts';
import type { DeviceParts } from '../deps.ts';
import { callbackOf, placeOf, reachOf, vendorIn } from './authorization.ts';
import { type Waiting, waitingPlace } from './begin.ts';
import { choose } from './choose.ts';
import type { Connection } from './connection.ts';
import { grantedScopes } from './granted.ts';
import { isConsented } from './live.ts';
import { type Given, redeem } from './oauth.ts';
import { openConnection, whoIs } from './open.ts';
import { fetchKind } from './poll.ts';
import { openSecret, type Tokens, writeTokens } from './secrets.ts';
import { hashOf, readConnection } from './store.ts';
import { subscribeKind } from './subscribe.ts';

/** What a browser brings that comes back from a vendor. */
export type CameBack = {
  tenant: number;
  /** `withings` */
  vendor: string;
  /** The parameters that the vendor added: `code`, `state`, `iss`, `error`. */
  query: URLSearchParams;
  /** Of who is signed in. */
  grant: Grant;
};

/** A `state` is taken once, whatever comes of it. */
const takeSql = `update device_authorization set used_at = $3
  where tenant = $1 and state_hash = $2 and used_at is null and expires_at > $3
  returning connection, encode(secrets, 'base64')`;

const lost = invalid('What was begun is over: it was ended before, or it is too long ago. Begin again');

/** What was begun, by who has come back. */
async function begun(
  context: FhirContext,
  { tenant, vendor, query, grant }: CameBack,
): Promise<Result<{ connection: Connection; waiting: Waiting; state: string }>> {
  const state = query.get('state') ?? '';
  const hash = hashOf(state);
  const [row] = await context.database.query(takeSql, [tenant, hash, new Date(context.now())]);
  if (!row) return lost;
  // What was sealed there was what waits.
  const waiting = openSecret(context.settings, waitingPlace(tenant, hash), String(row[1])) as Waiting;
  // Else an account could be brought into the record of whoever sent its owner here.
  if (waiting.subject !== grant.caller.subject) return forbidden('Who began it, and nobody else, ends it');
  const connection = await readConnection(context.database, tenant, String(row[0]));
  if (connection === null || connection.state === 'revoked' || vendorIn(connection) !== vendor) return lost;
  // Whoever spoke for the patient may do so no more.
  if (!(await context.store.read(grant, 'Patient', connection.patient)).ok) return lost;
  return ok({ connection, waiting, state });
}

const tokensOf = (
  { access, refresh, expiresIn }: Given,
  { user, scopes }: { user: string; scopes: readonly string[] },
  now: number,
): Tokens => ({
  access,
  refresh,
  expires: expiresIn === null ? null : now + expiresIn * 1000,
  user,
  scopes,
});

/** An account that is connected to a record brings readings of one person, and of no second one. */
const takenSql = `select 1 from device_connection
  where tenant = $1 and source = $2 and vendor_user = $3 and patient <> $4 and state in ('active', 'expired')`;

/** Whether an account is connected to no other record; until the transaction ends nobody connects it to one. */
async function isFree(tx: Queryable, { tenant, source, patient }: Connection, user: string): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [tenant, `account ${source} ${hashOf(user)}`]);
  return (await tx.query(takenSql, [tenant, source, hashOf(user), patient])).length === 0;
}

const renewSql = `update device_connection set state = 'active', vendor_user = $3, problem = null,
    cursor = case when vendor_user = $3 then cursor end
  where tenant = $1 and id = $2 and state in ('active', 'expired') returning id`;

const activateSql = `update device_connection set state = 'active', consent = $3, device = $4, statement = $5, measures = $6,
    priority = $7, created_at = $8, vendor_user = $9
  where tenant = $1 and id = $2 and state = 'pending'
    and not exists (select from device_connection o where o.tenant = $1 and o.patient = $10 and o.source = $11
      and o.state in ('active', 'expired')) returning id`;

/**
 * Ends what was begun: the code that the browser brings is redeemed, and the connection is active.
 *
 * @returns the id of the connection; 400 for what was not begun here or was ended before, 403 for who did not begin it, 409 for an
 *   account that brings readings of somebody else, 422 where the vendor says that nobody agreed, 503 where it cannot be asked
 */
export async function finishConnection(
  context: FhirContext,
  parts: DeviceParts,
  came: CameBack,
): Promise<Result<{ connection: string }>> {
  const found = await begun(context, came);
  if (!found.ok) return found;
  const { connection, waiting, state } = found.value;
  const { tenant, name, patient, source } = connection;
  const place = placeOf(parts, came.vendor);
  if (place === null) return unavailable(`${name} is not set up here`);
  const { verifier } = waiting;
  const redirectUri = callbackOf(context.settings.baseOf(tenant), place);
  const given = await redeem(place, parts.fetch, { query: came.query, state, redirectUri, verifier });
  if (!given.ok && given.why === 'refused')
    return unprocessable(`${name} was not connected: nobody agreed to it there`);
  if (!given.ok) return unavailable(`${name} could not be asked; try again later`);
  const { access, all } = given.value;
  const asked = await place.vendor.oauth.user(all, reachOf(parts, place, { access, user: '' }, context.now()));
  if (!asked.ok) return unavailable(`${name} does not say whose account it is; try again later`);
  const user = asked.value;
  const taken = await context.database.query(takenSql, [tenant, source, hashOf(user), patient]);
  if (taken.length > 0) return conflict(`This account at ${name} brings the readings of somebody else`);
  const scopes = grantedScopes(place.vendor, all.scope, waiting.measures);
  const tokens = tokensOf(given.value, { user, scopes }, context.now());
  const isDone =
    connection.state === 'pending'
      ? await activate(context, came, connection, { tokens, measures: waiting.measures })
      : await renew(context, came, connection, { tokens, measures: waiting.measures });
  return isDone ? ok({ connection: connection.id }) : lost;
}

type Agreed = { tokens: Tokens; measures: readonly string[] | null };

/** What the vendor has is fetched at once, and it is asked to tell of more. */
async function fetchSoon(tx: Queryable, tenant: number, connection: string): Promise<void> {
  for (const kind of [fetchKind, subscribeKind])
    await addJob(tx, { tenant, kind, payload: { connection }, key: connection });
}

async function activate(
  context: FhirContext,
  { grant }: CameBack,
  connection: Connection,
  { tokens, measures }: Agreed,
): Promise<boolean> {
  const { tenant, id, patient, kind, source, name } = connection;
  const by = whoIs(context.settings.baseOf(tenant), grant.caller);
  const opening = { tenant, id, patient, kind, source, name, measures, consent: null, by };
  const opened = await openConnection(context, opening, async (tx, one) => {
    if (!(await isFree(tx, connection, tokens.user))) return false;
    const written = await tx.query(activateSql, [
      ...[tenant, id, one.consent, one.device, one.statement, one.measures, one.priority],
      ...[new Date(one.createdAt), hashOf(tokens.user), patient, source],
    ]);
    if (written.length === 0) return false;
    await writeTokens(context.settings, tx, tenant, id, tokens);
    await fetchSoon(tx, tenant, id);
    return true;
  });
  return opened !== null;
}

async function renew(
  context: FhirContext,
  { grant }: CameBack,
  connection: Connection,
  { tokens, measures }: Agreed,
): Promise<boolean> {
  const { tenant, id, priority } = connection;
  // Without its Consent it has ended, and is about to say so: it is begun anew.
  if (!(await isConsented(context.database, connection))) return false;
  const isOpen = await context.database.transaction(async (tx) => {
    if (!(await isFree(tx, connection, tokens.user))) return false;
    const renewed = await tx.query(renewSql, [tenant, id, hashOf(tokens.user)]);
    if (renewed.length === 0) return false;
    await writeTokens(context.settings, tx, tenant, id, tokens);
    await fetchSoon(tx, tenant, id);
    return true;
  });
  const by = whoIs(context.settings.baseOf(tenant), grant.caller);
  return isOpen && choose(context, connection, { measures, priority }, by);
}
