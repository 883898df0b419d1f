import { html } from 'hono/html';
import { button, hidden } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import type { ListedSession } from '../people/sessions.ts';
import { accountWords, momentInWords } from './account-words.ts';
import { browserInWords } from './browser-words.ts';

/**
 * Where somebody is signed in, each with a way to end it.
 *
 * @param here the id of this one
 */
export function sessionList(
  language: Language,
  action: string,
  csrf: Html,
  sessions: readonly ListedSession[],
  here: string,
): Html {
  const say = accountWords[language].sessions;
  return html`<ul class="rows">${sessions.map(({ id, userAgent, signedInAt, lastSeenAt }) => {
    const browser = browserInWords(language, userAgent);
    const began = say.began(momentInWords(language, signedInAt));
    return html`<li>
      <p><strong>${browser}</strong>${id === here ? html` <span class="tag">${say.this}</span>` : ''}<br>
        <span class="quiet">${began}<br>${say.seen(momentInWords(language, lastSeenAt))}</span></p>
      <form method="post" action="${action}">
        ${csrf}${hidden('end', id)}
        <button class="button quiet" type="submit">${say.end}<span class="unseen"> (${browser}, ${began})</span></button>
      </form>
    </li>`;
  })}</ul>
  <form method="post" action="${action}">
    ${csrf}${hidden('end', 'all')}
    ${button(say.endAll, { look: 'danger' })}
  </form>`;
}
