import { oauthError } from '../answers.ts';
import type { Answer } from '../endpoint.ts';
import { narrowScopes } from '../scopes/narrow-scopes.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { bindGrant, findGrant, isLive, touchGrant } from '../tokens/app-grants.ts';
import { type CodeUse, redeemCode } from '../tokens/codes.ts';
import { issueRefreshToken } from '../tokens/refresh-tokens.ts';
import { invalidGrant, tokenAnswer } from './answer.ts';
import { endGrant } from './end-grant.ts';
import type { TokenAsk, TokenGrant } from './grant.ts';
import { verifierFault } from './pkce.ts';

const refreshes = (scope: string): boolean => /(^| )(offline|online)_access( |$)/.test(scope);

/** What a code stands for, used up; or why there is nothing for it. */
async function redeem({ context, request, client }: TokenAsk, code: string): Promise<CodeUse | Answer> {
  const { tenant, form } = request;
  const { byKey } = context.database;
  const redeemed = await redeemCode(byKey, tenant, client.id, code);
  if (redeemed.kind === 'used') {
    // Somebody has it who should not, and nobody can tell who came first.
    const grant = await findGrant(byKey, tenant, redeemed.grantId);
    if (grant) await endGrant(context, grant, 'A code was used twice');
    return invalidGrant('The code was used before; what was given for it has been ended');
  }
  if (redeemed.kind === 'unknown') return invalidGrant('The code is not one of this app, or older than 60 seconds');
  const { use } = redeemed;
  if (form.get('redirect_uri') !== use.redirectUri) {
    return invalidGrant('redirect_uri must be the one of the authorization request');
  }
  const fault = verifierFault(form.get('code_verifier'), use.codeChallenge);
  return fault === null ? use : invalidGrant(fault);
}

/** The first refresh token of a grant; null where the app has, or was granted, none. */
async function firstRefreshToken({ context, client }: TokenAsk, { tenant, id: grantId, scope }: AppGrant) {
  if (!client.metadata.grant_types.includes('refresh_token') || !refreshes(scope)) return null;
  return issueRefreshToken(context.database.byKey, { tenant, grantId, clientId: client.id, scope });
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 */
export const authorizationCode: TokenGrant = {
  type: 'authorization_code',
  async run(ask) {
    const { context, request, client, jkt } = ask;
    const { byKey } = context.database;
    const code = request.form.get('code');
    if (!code) return oauthError(400, 'invalid_request', 'code is missing');
    const use = await redeem(ask, code);
    if ('status' in use) return use;
    const grant = await findGrant(byKey, request.tenant, use.grantId);
    if (!grant || !isLive(grant, context.now())) return invalidGrant('What the code was given for has been ended');
    if (grant.dpopJkt !== null && grant.dpopJkt !== jkt) {
      return oauthError(400, 'invalid_dpop_proof', 'The code is bound to another key');
    }
    // A public app has nothing else to show whose a refresh token is.
    if (jkt !== null && client.metadata.token_endpoint_auth_method === 'none') await bindGrant(byKey, grant, jkt);
    // What was granted may be older than what the app is registered for.
    const scope = narrowScopes(grant.scope, client.metadata.scope);
    if (scope === '') return invalidGrant('The app is registered for nothing of what was granted any more');
    const refreshToken = await firstRefreshToken(ask, grant);
    await touchGrant(byKey, grant);
    const { nonce, signedInAt, methods } = use;
    return tokenAnswer(ask, { grant, scope, refreshToken, nonce, signedInAt, methods });
  },
};
