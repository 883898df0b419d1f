import { pageAnswer } from '../../pages/page.ts';
import { oauthError, redirect } from '../answers.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { signedOutPage, signOutPage } from '../pages/sign-out.ts';
import { type IdTokenHint, idTokenHint } from './id-token-hint.ts';
import { csrfOf, sessionOf } from './sessions.ts';
import { pagePath } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { freshForm } from './stale-form.ts';

const path = '/oauth2/logout';

/** Characters of an address that a form is sent on to. */
const LONGEST = 8000;

/** What of the request stands in the form by which a person confirms it. */
const carried = ['client_id', 'post_logout_redirect_uri', 'state'] as const;

/** Where the app wants the person back: only an address that it registered, letter by letter; null: nowhere. */
async function targetOf(
  context: SmartContext,
  { tenant }: SmartRequest,
  sent: URLSearchParams,
  hint: IdTokenHint | null,
): Promise<string | null> {
  const asked = sent.get('post_logout_redirect_uri');
  const named = sent.get('client_id');
  const clientId = hint?.clientId ?? named;
  if (asked === null || !clientId || (named !== null && named !== clientId)) return null;
  const client = await findClient(context, tenant, clientId);
  if (!client || client.disabled || !client.metadata.post_logout_redirect_uris?.includes(asked)) return null;
  const state = sent.get('state');
  if (state === null) return asked;
  return `${asked}${asked.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}

const goodbye = (
  context: SmartContext,
  { tenant, language }: SmartRequest,
  target: string | null,
  cookies: readonly string[],
): Answer | Promise<Answer> =>
  target === null
    ? pageAnswer(signedOutPage(language, pagePath(context, tenant, '/account/sign-in')), { cookies })
    : redirect(target, cookies);

/** Where a form may lead, for the policy of its page: an origin, or the scheme of an app on a phone. */
const formTarget = (target: string): string => {
  const { protocol, origin } = new URL(target);
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol;
};

async function confirm(
  context: SmartContext,
  request: SmartRequest,
  name: string,
  hint: IdTokenHint | null,
  target: string | null,
): Promise<Answer> {
  const { tenant, language, query } = request;
  const csrf = csrfOf(context, request);
  const kept = carried.flatMap((one) => {
    const value = one === 'client_id' ? (hint?.clientId ?? query.get(one)) : query.get(one);
    return value === null ? [] : [[one, value] as const];
  });
  const page = signOutPage({
    language,
    query,
    action: pagePath(context, tenant, `${path}/confirm`),
    csrf: csrf.token,
    name,
    account: pagePath(context, tenant, '/account'),
    kept: target === null ? {} : Object.fromEntries(kept),
  });
  return pageAnswer(page, { cookies: csrf.cookies, forms: target === null ? [] : [formTarget(target)] });
}

/**
 * An app signs a person out of this server. With an ID token of who is signed in it is done at once; else the person is asked.
 *
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
export const logoutGet: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const { tenant, query } = request;
    const given = query.get('id_token_hint');
    const hint = given === null ? null : await idTokenHint(context, tenant, given);
    const target = await targetOf(context, request, query, hint);
    const session = await sessionOf(context, request);
    if (!session) return goodbye(context, request, target, []);
    if (hint?.subject !== session.user.id) return confirm(context, request, session.user.displayName, hint, target);
    return goodbye(context, request, target, await signOut(context, request));
  },
};

/** A form of another site brings no cookies; a link that it is sent on to does. */
export const logoutPost: Endpoint = {
  method: 'POST',
  path,
  origin: 'link',
  async run(context, { tenant, form }) {
    const asked = Object.fromEntries(['id_token_hint', ...carried].map((name) => [name, form.get(name)]));
    const address = pagePath(context, tenant, path, asked);
    // More than browsers and proxies take in a header.
    if (address.length > LONGEST) return oauthError(400, 'invalid_request', 'What was sent is too long');
    return redirect(address);
  },
};

export const logoutConfirmed: Endpoint = {
  method: 'POST',
  path: `${path}/confirm`,
  origin: 'own',
  async run(context, request) {
    const fresh = await freshForm(context, request, pagePath(context, request.tenant, '/account'));
    if (!fresh.ok) return fresh.answer;
    const target = await targetOf(context, request, request.form, null);
    return goodbye(context, request, target, await signOut(context, request));
  },
};
