import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';

import type { Interaction, Scope } from '../../fhir/access.ts';
import type { SmartContext } from '../context.ts';
import { findUser } from '../people/users.ts';
import { sha256 } from '../random.ts';
import { contextsAgree, parseScopes } from '../scopes/scopes.ts';
import { findGrant } from '../tokens/app-grants.ts';
import { algorithm } from '../tokens/keys.ts';
import { liveGrant } from '../tokens/live-grant.ts';
import { type Place, placeOf } from '../tokens/tokens.ts';

/** What a request wanted: `s` of `Observation`. */
export type Wanted = { type: string; interaction: Interaction };

/** Why a token is refused, or that it is not; the words are in pages/refusals-words.ts. */
export type Explanation =
  | { why: 'unreadable' | 'not-yours' | 'refresh-token' | 'retired-key' }
  | { why: 'refresh-used' | 'refresh-expired' }
  | { why: 'elsewhere'; issuer: string; here: string }
  | { why: 'expired'; at: Date; lifetime: number }
  | { why: 'revoked' | 'grant-expired'; at: Date }
  | { why: 'app-disabled' | 'user-disabled' | 'revoked-token' }
  | { why: 'scope-unknown' | 'mixed'; reason: string }
  | { why: 'no-patient' | 'no-user' }
  | { why: 'scope-lacks'; wanted: Wanted; context: Scope['context']; scope: string }
  | { why: 'good'; until: Date; scope: string; bound: boolean; partly: boolean };

/** Characters of a token. */
const LONGEST = 8000;

type Of = { tenant: number; clientId: string };

/** The text of a token of this server, whose signature was checked and nothing else; null: not of this server. */
async function signedHere(
  context: SmartContext,
  token: string,
): Promise<{ tenant: number; claims: JWTPayload } | null> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const signer = typeof kid === 'string' ? await context.keys.verifying(kid) : null;
    if (signer?.algorithm !== algorithm) return null;
    await compactVerify(token, signer.key, { algorithms: [algorithm] });
    return { tenant: signer.tenant, claims: decodeJwt(token) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

/** The app that a token was issued to, if this server did, however long ago; for who is to be told of its refusal. */
export async function clientOfToken(context: SmartContext, token: string): Promise<Of | null> {
  if (token.length > LONGEST) return null;
  const signed = await signedHere(context, token);
  const clientId = signed?.claims.client_id;
  return signed && typeof clientId === 'string' ? { tenant: signed.tenant, clientId } : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const covers = ({ type, interactions }: Scope, wanted: Wanted): boolean =>
  (type === '*' || type === wanted.type) && interactions.has(wanted.interaction);

/** What is wrong with what a token may do; null: nothing. */
function scopeFault(claims: JWTPayload, wanted: Wanted | null): Explanation | null {
  const scope = textOf(claims.scope) ?? '';
  const parsed = parseScopes(scope);
  if (!parsed.ok) return { why: 'scope-unknown', reason: parsed.issues[0]?.diagnostics ?? '' };
  const { clinical } = parsed.value;
  const agree = contextsAgree(clinical);
  if (!agree.ok) return { why: 'mixed', reason: agree.issues[0]?.diagnostics ?? '' };
  const uses = (context: Scope['context']): boolean => clinical.some((one) => one.context === context);
  if (uses('patient') && textOf(claims.patient) === null) return { why: 'no-patient' };
  if (uses('user') && textOf(claims.fhirUser) === null) return { why: 'no-user' };
  if (wanted === null || clinical.some((one) => covers(one, wanted))) return null;
  return { why: 'scope-lacks', wanted, context: clinical[0]?.context ?? 'patient', scope };
}

/** Why what a token came of does not stand; null where it does. */
async function grantFault(
  context: SmartContext,
  { tenant, clientId }: Of,
  claims: JWTPayload,
): Promise<Explanation | null> {
  const grantId = textOf(claims.grant) ?? '';
  const jti = textOf(claims.jti) ?? '';
  const asked = { tenant, clientId, grant: grantId, jti } as Parameters<typeof liveGrant>[1]; // all that it looks at
  if (await liveGrant(context.database.byKey, asked)) return null;
  const grant = await findGrant(context.database.byKey, tenant, grantId);
  if (!grant) return { why: 'not-yours' };
  if (grant.revokedAt !== null) return { why: 'revoked', at: grant.revokedAt };
  if (grant.expiresAt !== null && grant.expiresAt.getTime() <= context.now())
    return { why: 'grant-expired', at: grant.expiresAt };
  const user = grant.userId === null ? null : await findUser(context.database.byKey, tenant, grant.userId);
  if (grant.userId !== null && (user === null || user.disabled)) return { why: 'user-disabled' };
  const [client] = await context.database.byKey.query(
    'select 1 from client where tenant = $1 and id = $2 and disabled_at is null',
    [tenant, clientId],
  );
  return client ? { why: 'revoked-token' } : { why: 'app-disabled' };
}

/** A refresh token has no text to read: it is looked for among those of the app. */
async function refreshToken(
  context: SmartContext,
  { tenant, clientId }: Of,
  token: string,
): Promise<Explanation | null> {
  const [row] = await context.database.byKey.query(
    'select used_at, expires_at, grant_id from refresh_token where tenant = $1 and hash = $2 and client_id = $3',
    [tenant, sha256(token), clientId],
  );
  if (!row) return null;
  const [usedAt, expiresAt, grantId] = row as [Date | null, Date, string]; // as the migration has it
  const grant = await findGrant(context.database.byKey, tenant, grantId);
  if (grant?.revokedAt) return { why: 'revoked', at: grant.revokedAt };
  if (usedAt !== null) return { why: 'refresh-used' };
  if (expiresAt.getTime() <= context.now()) return { why: 'refresh-expired' };
  return { why: 'refresh-token' };
}

/** What is written in a token that this server did not sign, as far as anybody can read it. */
function stranger(token: string, here: Place): Explanation {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string' && iss !== here.issuer)
      return { why: 'elsewhere', issuer: iss.slice(0, 200), here: here.issuer };
    return { why: 'retired-key' };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { why: 'unreadable' };
    throw error;
  }
}

/**
 * Why a token is refused, told to the developer of the app that it was issued to; of the tokens of others nothing is said
 * but what is written in them. It is kept nowhere.
 *
 * @param of the developer's own app
 */
export async function explainToken(
  context: SmartContext,
  of: Of,
  pasted: string,
  wanted: Wanted | null,
): Promise<Explanation> {
  const token = pasted.trim().replace(/^(Bearer|DPoP)\s+/i, '');
  const here = placeOf(context.baseUrl, of.tenant);
  if (token === '' || token.length > LONGEST || /\s/.test(token)) return { why: 'unreadable' };
  if (!token.includes('.')) return (await refreshToken(context, of, token)) ?? { why: 'unreadable' };
  const signed = await signedHere(context, token);
  if (!signed) return stranger(token, here);
  const { claims } = signed;
  if (signed.tenant !== of.tenant) return { why: 'elsewhere', issuer: textOf(claims.iss) ?? '', here: here.issuer };
  if (textOf(claims.client_id) !== of.clientId) return { why: 'not-yours' };
  const { iat = 0, exp = 0 } = claims;
  const ended = await grantFault(context, of, claims);
  if (ended) return ended;
  if (exp * 1000 <= context.now()) return { why: 'expired', at: new Date(exp * 1000), lifetime: exp - iat };
  const fault = scopeFault(claims, wanted);
  if (fault) return fault;
  const scope = textOf(claims.scope) ?? '';
  const scopes = parseScopes(scope);
  const partly =
    scopes.ok && scopes.value.clinical.some(({ context, query }) => context !== 'system' || query !== null);
  return { why: 'good', until: new Date(exp * 1000), scope, bound: claims.cnf !== undefined, partly };
}
