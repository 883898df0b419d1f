import { json, oauthError } from './answers.ts';
import { authenticateClient } from './authenticate-client.ts';
import { checkRequest } from './authorize/checks.ts';
import { isRegistered } from './authorize/redirect-uri.ts';
import { keepPushed, PUSHED_SECONDS } from './authorize/request.ts';
import type { SmartContext } from './context.ts';
import type { Answer, Endpoint, SmartRequest } from './endpoint.ts';

async function run(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const client = await authenticateClient(context, request);
  if (!client.ok) return client.answer;
  const { form, tenant } = request;
  if (form.has('request_uri')) return oauthError(400, 'invalid_request', 'request_uri is what this address gives out');
  const parameters = new URLSearchParams([...form].filter(([name]) => !/^client_(secret|assertion)/.test(name)));
  parameters.set('client_id', client.value.id);
  const redirectUri = form.get('redirect_uri') ?? '';
  if (!isRegistered(redirectUri, client.value.metadata.redirect_uris)) {
    return oauthError(400, 'invalid_request', 'redirect_uri is not, letter by letter, one that the app registered');
  }
  const asked = { context, tenant, place: request.place, client: client.value, parameters, pushed: true };
  const checked = await checkRequest(asked, redirectUri);
  if (!checked.ok) return oauthError(400, checked.error, checked.description);
  const uri = await keepPushed(context, tenant, client.value.id, parameters);
  return json(201, { request_uri: uri, expires_in: PUSHED_SECONDS });
}

/** An app sends its authorization request itself, before the browser goes. https://www.rfc-editor.org/rfc/rfc9126 */
export const par: Endpoint = { method: 'POST', path: '/oauth2/par', origin: 'any', run };
