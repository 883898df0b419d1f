import { html } from 'hono/html';
import { button, buttonLink, csrfInput, hidden } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { sheet } from '../../pages/sheet.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import type { User } from '../people/user.ts';
import { type FederationTrouble, federationWords } from './federation-words.ts';

const statuses: Readonly<Record<FederationTrouble, number>> = {
  down: 502,
  refused: 403,
  untrusted: 502,
  unknown: 404,
  stale: 400,
  taken: 409,
  'other-user': 409,
  disabled: 403,
};

/**
 * A page that says why somebody was not signed in by a provider.
 *
 * @param again where to begin again; null: it would not help
 */
export function federationTrouble(
  { language, place }: SmartRequest,
  what: FederationTrouble,
  provider: string,
  again: string | null,
): Promise<Answer> {
  const say = federationWords[language];
  const { title, about } = say.trouble[what](provider);
  const content = html`<p>${about}</p>
    ${again === null ? '' : html`<p>${buttonLink(again, say.again)}</p>`}
    <p>${buttonLink(pathIn(place, '/account/sign-in'), say.otherWay)}</p>`;
  return pageAnswer(sheet({ language, title, content }), { status: statuses[what] });
}

/** Asks whether somebody at a provider and somebody here are the same. */
export function confirmLinkPage(
  context: SmartContext,
  request: SmartRequest,
  user: User,
  of: { provider: string; label: string; ticket: string; cookies: readonly string[] },
): Promise<Answer> {
  const { language, place } = request;
  const say = federationWords[language];
  const { token, cookies } = csrfOf(context, request);
  const content = html`<dl class="facts">
      <div><dt>${say.known(of.provider)}</dt><dd>${of.label || say.unnamed}</dd></div>
      <div><dt>${say.here}</dt><dd>${user.displayName} (${user.username})</dd></div>
    </dl>
    <p>${say.effect}</p>
    <form method="post" action="${pathIn(place, '/account/federation/link')}">
      ${csrfInput(token)}${hidden('ticket', of.ticket)}
      <p>${button(say.link)}</p>
    </form>
    <p>${buttonLink(pathIn(place, '/account'), say.cancel)}</p>`;
  const page = sheet({ language, title: say.confirmTitle(of.provider), content, query: request.query });
  return pageAnswer(page, { cookies: [...cookies, ...of.cookies] });
}
