import { oauthError } from '../answers.ts';
import type { Answer } from '../endpoint.ts';
import { isSessionOpen } from '../people/sessions.ts';
import { areWithin, narrowScopes } from '../scopes/narrow-scopes.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { findGrant, isLive, touchGrant } from '../tokens/app-grants.ts';
import { liveGrant } from '../tokens/live-grant.ts';
import {
  type FoundRefreshToken,
  findRefreshToken,
  issueRefreshToken,
  rotateRefreshToken,
} from '../tokens/refresh-tokens.ts';
import { invalidGrant, tokenAnswer } from './answer.ts';
import { endGrant } from './end-grant.ts';
import type { TokenAsk, TokenGrant } from './grant.ts';

/** What is wrong with a refresh, before its token is used up; null when nothing is. */
async function refreshFault(
  { context, client, request, jkt }: TokenAsk,
  { scope }: FoundRefreshToken,
  grant: AppGrant,
): Promise<Answer | null> {
  const { tenant, sessionId, dpopJkt } = grant;
  const coming = { tenant, grant: grant.id, clientId: client.id, jti: '' };
  if (!isLive(grant, context.now()) || !(await liveGrant(context.database.byKey, coming))) {
    return invalidGrant('What the refresh token belongs to has been ended');
  }
  if (sessionId !== null && !(await isSessionOpen(context, tenant, sessionId))) {
    return invalidGrant('The person has signed out, and online_access ends with that');
  }
  if (dpopJkt !== null && dpopJkt !== jkt) {
    return oauthError(400, 'invalid_dpop_proof', 'The refresh token is bound to another key');
  }
  const asked = request.form.get('scope');
  if (asked && !areWithin(asked, scope))
    return oauthError(400, 'invalid_scope', 'scope asks for more than was granted');
  if (narrowScopes(asked || scope, client.metadata.scope) === '') {
    return invalidGrant('The app is registered for nothing of what was granted any more');
  }
  return null;
}

/** Whether it is the same app that asks, which of a public one only a key can show. */
const isBound = ({ client, jkt }: TokenAsk, { dpopJkt }: AppGrant): boolean =>
  client.metadata.token_endpoint_auth_method === 'none' && jkt !== null && jkt === dpopJkt;

/** The next refresh token of the family; null: this one was used before. */
async function nextToken(ask: TokenAsk, found: FoundRefreshToken, grant: AppGrant, token: string) {
  const { byKey } = ask.context.database;
  const next = found.used ? null : await rotateRefreshToken(byKey, found, token);
  // An app whose answer was lost asks again.
  return next ?? (isBound(ask, grant) ? issueRefreshToken(byKey, found) : null);
}

/** Two have it, and nobody can tell which of them is the app. */
async function usedTwice({ context }: TokenAsk, grant: AppGrant): Promise<Answer> {
  await endGrant(context, grant, 'A refresh token was used twice');
  return invalidGrant('The refresh token was used before; what it belongs to has been ended');
}

/** Each gives the next; used twice, all of them end. https://www.rfc-editor.org/rfc/rfc9700#section-4.14 */
export const refreshToken: TokenGrant = {
  type: 'refresh_token',
  async run(ask) {
    const { context, request, client } = ask;
    const { form, tenant } = request;
    const { byKey } = context.database;
    const token = form.get('refresh_token');
    if (!token) return oauthError(400, 'invalid_request', 'refresh_token is missing');
    const found = await findRefreshToken(byKey, tenant, token);
    const grant = found?.clientId === client.id ? await findGrant(byKey, tenant, found.grantId) : null;
    if (!found || !grant) return invalidGrant('The refresh token is not one of this app, or has ended');
    if (found.used && !(found.again && isBound(ask, grant))) return usedTwice(ask, grant);
    const fault = await refreshFault(ask, found, grant);
    if (fault) return fault;
    const next = await nextToken(ask, found, grant, token);
    if (next === null) return usedTwice(ask, grant);
    await touchGrant(byKey, grant);
    const scope = narrowScopes(form.get('scope') || found.scope, client.metadata.scope);
    return tokenAnswer(ask, { grant, scope, refreshToken: next, nonce: null, signedInAt: null, methods: [] });
  },
};
