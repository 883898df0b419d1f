import { json, oauthError } from '../answers.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import type { Client } from '../clients/client.ts';
import { endConsent } from '../consents/consents.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { findGrant, raiseEpoch } from './app-grants.ts';
import { findRefreshToken } from './refresh-tokens.ts';
import { checkToken } from './tokens.ts';

/** One access token ends; what it came of stands. */
async function revokeAccessToken(context: SmartContext, client: Client, token: string): Promise<boolean> {
  const checked = await checkToken(context.keys, context.baseUrl, token);
  if (!checked.ok || checked.value.tenant !== client.tenant || checked.value.clientId !== client.id) return false;
  const { jti, expires } = checked.value;
  await context.database.transaction(async (tx) => {
    const ended = await tx.query(
      'insert into revoked_token (tenant, jti, expires_at) values ($1, $2, $3) on conflict do nothing returning 1',
      [client.tenant, jti, new Date(expires * 1000)],
    );
    if (ended.length === 0) return;
    await tx.query('delete from revoked_token where tenant = $1 and expires_at < now()', [client.tenant]);
    await raiseEpoch(tx, client.tenant);
  });
  return true;
}

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const client = await authenticateClient(context, request);
  if (!client.ok) return client.answer;
  const token = request.form.get('token');
  if (!token) return oauthError(400, 'invalid_request', 'token is missing');
  const { tenant } = request;
  if (!(await revokeAccessToken(context, client.value, token))) {
    const use = await findRefreshToken(context.database, tenant, token);
    const grant = use?.clientId === client.value.id ? await findGrant(context.database, tenant, use.grantId) : null;
    // With a refresh token all that it could bring ends.
    if (grant) await endConsent(context, grant, null, 'the app gave it back');
  }
  // Also for what is unknown: the app wants it to be no good, and that it is.
  return json(200, {});
}

/** https://www.rfc-editor.org/rfc/rfc7009 */
export const revoke: Endpoint = { method: 'POST', path: '/oauth2/revoke', origin: 'any', run };
