import { oauthError } from '../answers.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import type { Client } from '../clients/client.ts';
import { noteUse } from '../clients/client-use.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import type { TokenGrant } from '../grants/grant.ts';
import { tokenGrants } from '../grants/index.ts';
import { noteAnswer } from '../note-answer.ts';
import { checkProof } from './dpop.ts';

/** Thumbprint of the key that the app proves to have; null: it sent no proof, and its tokens are bearer tokens. */
async function keyOf(context: SmartContext, request: SmartRequest, client: Client): Promise<Step<string | null>> {
  const proof = request.header('dpop');
  if (proof === undefined && !client.metadata.dpop_bound_access_tokens) return { ok: true, value: null };
  const url = `${request.place.issuer}/oauth2/token`;
  const { tenant, method } = request;
  const checked = await checkProof(context.database, context.now(), { tenant, proof, method, url, accessToken: null });
  if (checked.ok) return { ok: true, value: checked.jkt };
  return { ok: false, answer: oauthError(400, 'invalid_dpop_proof', checked.reason) };
}

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const type = request.form.get('grant_type');
  const grant = tokenGrants.find((one) => one.type === type);
  if (!grant) {
    const known = tokenGrants.map((one) => one.type).join(', ');
    return type === null
      ? oauthError(400, 'invalid_request', `grant_type is missing; send a form with one of ${known}`)
      : oauthError(400, 'unsupported_grant_type', `grant_type must be one of ${known}`);
  }
  const client = await authenticateClient(context, request);
  if (!client.ok) return client.answer;
  const answer = await granted(context, request, client.value, grant);
  if (answer.status === 200) noteUse(context, client.value);
  if (answer.status >= 400) noteAnswer(context, request, client.value, answer);
  return answer;
}

async function granted(
  context: SmartContext,
  request: SmartRequest,
  client: Client,
  grant: TokenGrant,
): Promise<Answer> {
  if (!client.metadata.grant_types.includes(grant.type)) {
    return oauthError(400, 'unauthorized_client', `This app is not registered for ${grant.type}`);
  }
  const key = await keyOf(context, request, client);
  return key.ok ? grant.run({ context, request, client, jkt: key.value }) : key.answer;
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
export const token: Endpoint = { method: 'POST', path: '/oauth2/token', origin: 'any', run };
