import { redirect } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { type Fault, faultPage } from '../pages/authorize-error.ts';
import { newSecret } from '../random.ts';
import { noteRefusal } from '../refusals.ts';
import { errorToApp } from './answer.ts';
import { browserCookie, pathOf } from './browser.ts';
import { checkRequest } from './checks.ts';
import { isRegistered } from './redirect-uri.ts';
import { isPushedUri, keepRequest, takePushed } from './request.ts';

type Known = { client: Client; parameters: URLSearchParams; redirectUri: string; pushed: boolean };

/** Who asks, and where they may be answered; what is wrong till then is told to the person, and to nobody else. */
async function known(
  context: SmartContext,
  { tenant }: SmartRequest,
  sent: URLSearchParams,
): Promise<{ ok: true; value: Known } | { ok: false; fault: Fault; clientId: string | null }> {
  const clientId = sent.get('client_id');
  const client = clientId ? await findClient(context, tenant, clientId) : null;
  if (!client || client.disabled) return { ok: false, fault: 'client', clientId: null };
  const uri = sent.get('request_uri') ?? '';
  const pushed = isPushedUri(uri);
  const parameters = pushed ? await takePushed(context, tenant, client.id, uri) : sent;
  if (!parameters) return { ok: false, fault: 'pushed', clientId: client.id };
  const redirectUri = parameters.get('redirect_uri');
  if (!redirectUri) return { ok: false, fault: 'no-redirect', clientId: client.id };
  if (!isRegistered(redirectUri, client.metadata.redirect_uris)) {
    return { ok: false, fault: 'redirect', clientId: client.id };
  }
  return { ok: true, value: { client, parameters, redirectUri, pushed } };
}

const reasons: Partial<Record<Fault, string>> = {
  pushed: 'The request_uri is unknown, used or too old',
  'no-redirect': 'redirect_uri is missing',
  redirect: 'redirect_uri is not, letter by letter, one that the app registered',
};

async function begin(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const { tenant, place } = request;
  const found = await known(context, request, request.method === 'POST' ? request.form : request.query);
  if (!found.ok) {
    const { fault, clientId } = found;
    const reason = reasons[fault] ?? '';
    if (clientId !== null)
      noteRefusal(context, { tenant, clientId, place: 'authorize', error: 'invalid_request', reason });
    return faultPage(request.language, fault);
  }
  const { client, parameters, redirectUri, pushed } = found.value;
  const checked = await checkRequest({ context, tenant, place, client, parameters, pushed }, redirectUri);
  if (!checked.ok) {
    const { error, description } = checked;
    noteRefusal(context, { tenant, clientId: client.id, place: 'authorize', error, reason: description });
    return errorToApp(place, { redirectUri, state: parameters.get('state') }, error, description);
  }
  const browser = newSecret();
  const id = await keepRequest(context, { tenant, clientId: client.id, request: checked.value, browser });
  const language = checked.value.language === null ? '' : `?lang=${checked.value.language}`;
  const { origin } = new URL(place.issuer);
  return redirect(`${origin}${pathOf(place, id)}${language}`, [browserCookie(context, place, id, browser)]);
}

const path = '/oauth2/authorize';

/** https://www.rfc-editor.org/rfc/rfc6749#section-3.1 */
export const authorizeByGet: Endpoint = { method: 'GET', path, origin: 'link', run: begin };
/** https://hl7.org/fhir/smart-app-launch/app-launch.html: the capability authorize-post */
export const authorizeByPost: Endpoint = { method: 'POST', path, origin: 'link', run: begin };
