import { html } from 'hono/html';
import { buttonLink } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { sheet } from '../../pages/sheet.ts';
import { passkeysOf, passkeysPossible, requestOptions } from '../account/passkeys.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { SecondFactor, SignInMethod } from '../people/sign-in-methods.ts';
import { accountWords } from './account-words.ts';
import { federationWords } from './federation-words.ts';
import { passkeyScript, showPasskeyForm } from './passkey.ts';
import { securityWords } from './security-words.ts';

const action = ({ place }: SmartRequest): string => pathIn(place, '/account/sign-in/passkey');

/** By a passkey that the device lists itself, so that nobody need type who they are. */
export const passkeyMethod: SignInMethod = {
  code: 'passkey',
  scripts: [passkeyScript],
  async offer({ context, request, csrf, next }) {
    if (!passkeysPossible(context)) return null;
    const { language, tenant } = request;
    const options = await requestOptions(context, tenant, csrf.browser, null);
    const text = securityWords[language].passkeys.signIn;
    return showPasskeyForm(language, action(request), { csrf: csrf.token, next, options, text });
  },
};

/** By a passkey of the user whose password was right. */
export const passkeyFactor: SecondFactor = {
  code: 'passkey',
  scripts: [passkeyScript],
  has: async (context, { tenant, id }) =>
    passkeysPossible(context) && (await passkeysOf(context.database, tenant, id)).length > 0,
  async offer({ context, request, csrf, next, user }) {
    const { language, tenant } = request;
    const options = await requestOptions(context, tenant, csrf.browser, user);
    const text = securityWords[language].passkeys.second;
    return showPasskeyForm(language, action(request), { csrf: csrf.token, next, options, text });
  },
};

/** At providers that the operator trusts. */
export const providerMethod: SignInMethod = {
  code: 'provider',
  scripts: [],
  async offer({ context, request, next }) {
    const { providers } = context.settings;
    if (providers.length === 0) return null;
    const say = accountWords[request.language];
    const query = next === null ? '' : `?${new URLSearchParams({ next })}`;
    return html`${providers.map(
      ({ id, name }) =>
        html`<p class="full">${buttonLink(`${pathIn(request.place, `/account/federation/${id}/start`)}${query}`, say.signInWith(name))}</p>`,
    )}`;
  },
};

/** Says that a passkey was not believed, whatever the reason, and leads back. */
export function passkeyRefusedPage({ language, place }: SmartRequest, next: string | null): Promise<Answer> {
  const { title, about } = accountWords[language].refused.passkey;
  const query = next === null ? '' : `?${new URLSearchParams({ next })}`;
  const content = html`<p>${about}</p>
    <p>${buttonLink(`${pathIn(place, '/account/sign-in')}${query}`, federationWords[language].again)}</p>`;
  return pageAnswer(sheet({ language, title, content }), { status: 403 });
}
