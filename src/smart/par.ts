import { json, oauthError } from './answers.ts';
import { checkRequest } from './authorize/checks.ts';
import { isRegistered } from './authorize/redirect-uri.ts';
import { keepPushed, PUSHED_SECONDS } from './authorize/request.ts';
import { authenticateClient } from './clients/authenticate-client.ts';
import type { Client } from './clients/client.ts';
import type { SmartContext } from './context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from './endpoint.ts';
import { noteAnswer } from './note-answer.ts';
import { checkProof } from './tokens/dpop.ts';

/** Characters of what is kept until the browser comes. https://www.rfc-editor.org/rfc/rfc9126#section-2.3 */
const LONGEST = 32_000;

/** The key that the code shall be bound to. https://www.rfc-editor.org/rfc/rfc9449#section-10.1 */
async function boundTo(context: SmartContext, request: SmartRequest): Promise<Step<string | null>> {
  const proof = request.header('dpop');
  const said = request.form.get('dpop_jkt');
  if (proof === undefined) return { ok: true, value: said };
  const { tenant, method, place } = request;
  const url = `${place.issuer}/oauth2/par`;
  const checked = await checkProof(context.database, context.now(), { tenant, proof, method, url, accessToken: null });
  if (!checked.ok) return { ok: false, answer: oauthError(400, 'invalid_dpop_proof', checked.reason) };
  if (said !== null && said !== checked.jkt) {
    return { ok: false, answer: oauthError(400, 'invalid_dpop_proof', 'dpop_jkt is not the key of the DPoP proof') };
  }
  return { ok: true, value: checked.jkt };
}

async function pushed(context: SmartContext, request: SmartRequest, client: Client): Promise<Answer> {
  const { form, tenant, place } = request;
  if (request.body.length > LONGEST)
    return oauthError(413, 'invalid_request', `A request has at most ${LONGEST} bytes`);
  if (form.has('request_uri')) return oauthError(400, 'invalid_request', 'request_uri is what this address gives out');
  const parameters = new URLSearchParams([...form].filter(([name]) => !/^client_(secret|assertion)/.test(name)));
  parameters.set('client_id', client.id);
  const redirectUri = form.get('redirect_uri') ?? '';
  if (!isRegistered(redirectUri, client.metadata.redirect_uris)) {
    return oauthError(400, 'invalid_request', 'redirect_uri is not, letter by letter, one that the app registered');
  }
  const key = await boundTo(context, request);
  if (!key.ok) return key.answer;
  if (key.value !== null) parameters.set('dpop_jkt', key.value);
  const checked = await checkRequest({ context, tenant, place, client, parameters, pushed: true }, redirectUri);
  if (!checked.ok) return oauthError(400, checked.error, checked.description);
  const uri = await keepPushed(context, tenant, client.id, parameters);
  return json(201, { request_uri: uri, expires_in: PUSHED_SECONDS });
}

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const client = await authenticateClient(context, request);
  if (!client.ok) return client.answer;
  const answer = await pushed(context, request, client.value);
  if (answer.status >= 400) noteAnswer(context, request, client.value, answer);
  return answer;
}

/** An app sends its authorization request itself, before the browser goes. https://www.rfc-editor.org/rfc/rfc9126 */
export const par: Endpoint = { method: 'POST', path: '/oauth2/par', origin: 'any', run };
