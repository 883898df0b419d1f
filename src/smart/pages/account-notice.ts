import { html } from 'hono/html';
import { buttonLink } from '../../pages/form.ts';
import { layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { accountWords, type Refused } from './account-words.ts';

/** A page that says why something could not be done, and leads back. */
export function accountNotice(request: SmartRequest, what: Refused, status: number): Promise<Answer> {
  const { language, place } = request;
  const say = accountWords[language];
  const { title, about } = say.refused[what];
  const content = html`<div class="sheet">
    <h1>${title}</h1>
    <p>${about}</p>
    <p>${buttonLink(`${new URL(place.issuer).pathname.replace(/\/$/, '')}/account/security`, say.backToSecurity)}</p>
  </div>`;
  return pageAnswer(layout({ language, title: `${title} · Portico`, content }), { status });
}
