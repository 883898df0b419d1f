import { html } from 'hono/html';
import { buttonLink, notice } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { sheet } from '../../pages/sheet.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { accountWords, type Done } from './account-words.ts';
import { securityWords } from './security-words.ts';

/**
 * New recovery codes: the only page that ever shows them.
 *
 * @param done what was done just before, to be said too
 */
export function recoveryCodesPage(
  { language, place }: SmartRequest,
  codes: readonly string[],
  done: Done | null,
): Promise<Answer> {
  const say = securityWords[language].codes;
  const content = html`${done === null ? '' : notice(accountWords[language].done[done], 'good')}
    <p>${say.about}</p>
    <ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
    <p>${buttonLink(pathIn(place, '/account/security'), say.kept)}</p>`;
  return pageAnswer(sheet({ language, title: say.shownTitle, content }));
}
