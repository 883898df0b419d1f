import { oauthError } from '../answers.ts';
import { findGrant, isLive, revokeGrant } from '../app-grants.ts';
import { redeemCode } from '../codes.ts';
import { issueRefreshToken } from '../refresh-tokens.ts';
import { invalidGrant, tokenAnswer } from './answer.ts';
import type { TokenGrant } from './grant.ts';
import { verifierFault } from './pkce.ts';

const refreshes = (scope: string): boolean => /(^| )(offline|online)_access( |$)/.test(scope);

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 */
export const authorizationCode: TokenGrant = {
  type: 'authorization_code',
  async run(ask) {
    const { context, request, client } = ask;
    const { form, tenant } = request;
    const code = form.get('code');
    if (!code) return oauthError(400, 'invalid_request', 'code is missing');
    const redeemed = await redeemCode(context.database, tenant, client.id, code);
    if (redeemed.kind === 'used') {
      // Somebody has it who should not, and nobody can tell who came first.
      await revokeGrant(context, tenant, redeemed.grantId, 'the code was used twice');
      return invalidGrant('The code was used before; what was given for it has been ended');
    }
    if (redeemed.kind === 'unknown') return invalidGrant('The code is not one of this app, or older than 60 seconds');
    const { use } = redeemed;
    if (form.get('redirect_uri') !== use.redirectUri) {
      return invalidGrant('redirect_uri must be the one of the authorization request');
    }
    const fault = verifierFault(form.get('code_verifier'), use.codeChallenge);
    if (fault) return invalidGrant(fault);
    const grant = await findGrant(context.database, tenant, use.grantId);
    if (!grant || !isLive(grant, context.now())) return invalidGrant('What the code was given for has been ended');
    if (grant.dpopJkt !== null && grant.dpopJkt !== ask.jkt) {
      return oauthError(400, 'invalid_dpop_proof', 'The code is bound to another key');
    }
    const { scope } = grant;
    const may = client.metadata.grant_types.includes('refresh_token') && refreshes(scope);
    const family = { tenant, grantId: grant.id, clientId: client.id, scope };
    const refreshToken = may ? await issueRefreshToken(context.database, family) : null;
    // A public app has nothing else to show whose a refresh token is.
    if (ask.jkt !== null && client.metadata.token_endpoint_auth_method === 'none') await bind(ask.jkt, grant.id);
    return tokenAnswer(ask, { grant, scope, refreshToken, nonce: use.nonce, signedInAt: use.signedInAt });

    async function bind(jkt: string, id: string): Promise<void> {
      await context.database.query('update app_grant set dpop_jkt = $3 where tenant = $1 and id = $2', [
        tenant,
        id,
        jkt,
      ]);
    }
  },
};
