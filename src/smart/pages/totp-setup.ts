import { html } from 'hono/html';
import { encode } from 'uqr';
import { button, csrfInput, field, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { sheet } from '../../pages/sheet.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import { totpUri } from '../people/totp.ts';
import type { User } from '../people/user.ts';
import { accountWords } from './account-words.ts';
import { securityWords } from './security-words.ts';

/** A QR code as one path, dark on light whatever the page's colours are: cameras read no other. */
function qrCode(text: string, label: string): Html {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const dark = data.flatMap((row, y) => row.map((is, x) => (is ? `M${x} ${y}h1v1h-1z` : '')));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges">
    <path d="M0 0h${size}v${size}h-${size}z" fill="#fff"/><path d="${dark.join('')}" fill="#000"/>
  </svg>`;
}

/** In groups of four, as people type it. */
const grouped = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

/** @param setup `sealed` comes back with the code */
export function totpSetupPage(
  context: SmartContext,
  request: SmartRequest,
  user: User,
  setup: { secret: string; sealed: string; problem: string | null },
): Promise<Answer> {
  const { language, place } = request;
  const say = securityWords[language].totp;
  const { token, cookies } = csrfOf(context, request);
  const problems = setup.problem === null ? [] : [{ field: 'code', message: setup.problem }];
  const content = html`<p>${say.scan}</p>
    ${qrCode(totpUri(user, setup.secret), say.qr)}
    <p>${say.key} <code>${grouped(setup.secret)}</code></p>
    <form method="post" action="${pathIn(place, '/account/security/totp')}">
      ${csrfInput(token)}${hidden('sealed', setup.sealed)}
      ${field({
        name: 'code',
        label: say.code,
        hint: say.codeHint,
        autocomplete: 'one-time-code',
        inputmode: 'numeric',
        longest: 10,
        required: true,
        first: true,
        problems,
      })}
      ${button(say.confirm)}
    </form>
    <p class="after"><a href="${pathIn(place, '/account/security')}">${accountWords[language].backToSecurity}</a></p>`;
  const page = sheet({ language, title: say.setUpTitle, content, problems });
  return pageAnswer(page, { cookies, status: problems.length === 0 ? 200 : 400 });
}
