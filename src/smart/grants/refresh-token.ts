import { oauthError } from '../answers.ts';
import { findGrant, isLive, revokeGrant } from '../app-grants.ts';
import { areWithin, narrowScopes } from '../narrow-scopes.ts';
import { findRefreshToken, issueRefreshToken, redeemRefreshToken } from '../refresh-tokens.ts';
import { invalidGrant, tokenAnswer } from './answer.ts';
import type { TokenGrant } from './grant.ts';

/** Each gives the next; used twice, all of them end. https://www.rfc-editor.org/rfc/rfc9700#section-4.14 */
export const refreshToken: TokenGrant = {
  type: 'refresh_token',
  async run(ask) {
    const { context, request, client, jkt } = ask;
    const { form, tenant } = request;
    const token = form.get('refresh_token');
    if (!token) return oauthError(400, 'invalid_request', 'refresh_token is missing');
    // What can be refused without using the token up is refused first.
    const found = await findRefreshToken(context.database, tenant, token);
    const grant = found?.clientId === client.id ? await findGrant(context.database, tenant, found.grantId) : null;
    const asked = form.get('scope');
    if (grant && asked && !areWithin(asked, grant.scope)) {
      return oauthError(400, 'invalid_scope', 'scope asks for more than was granted');
    }
    if (grant && grant.dpopJkt !== null && grant.dpopJkt !== jkt) {
      return oauthError(400, 'invalid_dpop_proof', 'The refresh token is bound to another key');
    }
    const redeemed = await redeemRefreshToken(context.database, tenant, client.id, token);
    if (redeemed.kind === 'used') {
      await revokeGrant(context, tenant, redeemed.grantId, 'a refresh token was used twice');
      return invalidGrant('The refresh token was used before; what it belongs to has been ended');
    }
    if (redeemed.kind === 'unknown' || !grant) {
      return invalidGrant('The refresh token is not one of this app, or has ended');
    }
    if (!isLive(grant, context.now())) return invalidGrant('What the refresh token belongs to has been ended');
    const next = await issueRefreshToken(context.database, redeemed.use);
    await context.database.query('update app_grant set last_used_at = now() where tenant = $1 and id = $2', [
      tenant,
      grant.id,
    ]);
    const scope = asked ? narrowScopes(asked, grant.scope) : grant.scope;
    return tokenAnswer(ask, { grant, scope, refreshToken: next, nonce: null, signedInAt: null });
  },
};
