import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { html } from 'hono/html';

import { scriptPath } from '../../pages/assets.ts';
import { button, csrfInput, field, hidden } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { sheet } from '../../pages/sheet.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import { accountWords } from './account-words.ts';
import { securityWords } from './security-words.ts';

/** Without which no form with a passkey is seen. */
export const passkeyScript = scriptPath('passkey');

/** What the script fills in, and where it says that it could not. */
const filled = html`<input type="hidden" name="credential" autocomplete="off">
  <p class="problem" role="alert" data-passkey-problem hidden></p>`;

/** To name a passkey and have the device make it. */
export function newPasskeyPage(
  context: SmartContext,
  request: SmartRequest,
  options: PublicKeyCredentialCreationOptionsJSON,
): Promise<Answer> {
  const { language, place } = request;
  const say = securityWords[language].passkeys;
  const { token, cookies } = csrfOf(context, request);
  const content = html`<p>${say.addAbout}</p>
    <p class="notice" data-without-passkey>${say.noScript}</p>
    <form method="post" action="${pathIn(place, '/account/security/passkeys/new')}" hidden
      data-passkey="create" data-options="${JSON.stringify(options)}"
      data-failed="${say.failed}" data-already="${say.already}">
      ${csrfInput(token)}
      ${field({ name: 'name', label: say.name, hint: say.nameHint, autocomplete: 'off', longest: 60, required: true, first: true })}
      ${filled}
      ${button(say.make)}
    </form>
    <p class="after"><a href="${pathIn(place, '/account/security')}">${accountWords[language].backToSecurity}</a></p>`;
  const page = sheet({ language, title: say.addTitle, content, scripts: [passkeyScript] });
  return pageAnswer(page, { cookies, scripts: true });
}

/**
 * A form that signs somebody in by what the device shows; seen only where scripts run.
 *
 * @param text of its button
 */
export const showPasskeyForm = (
  language: Language,
  action: string,
  of: { csrf: string; next: string | null; options: PublicKeyCredentialRequestOptionsJSON; text: string },
): Html => html`<form method="post" action="${action}" hidden
    data-passkey="get" data-options="${JSON.stringify(of.options)}"
    data-failed="${securityWords[language].passkeys.signInFailed}">
    ${csrfInput(of.csrf)}${of.next === null ? '' : hidden('next', of.next)}
    ${filled}
    ${button(of.text, { look: 'quiet' })}
  </form>`;
