import { html } from 'hono/html';
import { button, csrfInput } from '../../pages/form.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { accountWords, recordInWords } from './account-words.ts';

export function accountPage(context: SmartContext, request: SmartRequest, { user }: Session): Promise<Answer> {
  const { language, place } = request;
  const say = accountWords[language];
  const { token, cookies } = csrfOf(context, request);
  const way = (path: string, { title, about }: { title: string; about: string }): Html => html`<li>
    <h2><a href="${pathIn(place, path)}">${title}</a></h2>
    <p>${about}</p>
  </li>`;
  const content = html`<div class="sheet wide">
    <h1>${say.greeting(user.displayName)}</h1>
    <dl class="facts">
      <div><dt>${say.username}</dt><dd>${user.username}</dd></div>
      ${user.email === null ? '' : html`<div><dt>${say.email}</dt><dd>${user.email}</dd></div>`}
      <div>
        <dt>${say.record}</dt>
        <dd>${recordInWords(language, user) ?? say.noRecord}
          ${user.fhirUser === null ? '' : html`<br><code>${user.fhirUser}</code>`}</dd>
      </div>
    </dl>
    <ul class="ways">
      ${/^(Patient|RelatedPerson|Practitioner)\//.test(user.fhirUser ?? '') ? way('/visits', say.visits) : ''}
      ${/^(Patient|RelatedPerson)\//.test(user.fhirUser ?? '') ? way('/devices', say.devices) : ''}
      ${/^(Patient|RelatedPerson)\//.test(user.fhirUser ?? '') ? way('/privacy', say.privacy) : ''}
      ${/^Practitioner\//.test(user.fhirUser ?? '') ? way('/devices/of', say.readings) : ''}
      ${way('/account/security', say.security)}
      ${way('/account/apps', say.apps)}
      ${user.roles.includes('privacy-officer') ? way('/privacy/officer', say.officer) : ''}
      ${user.roles.includes('developer') ? way('/developer', say.developer) : ''}
      ${user.roles.includes('operator') ? way('/operator', say.operator) : ''}
    </ul>
    <form method="post" action="${pathIn(place, '/account/sign-out')}">
      ${csrfInput(token)}
      ${button(say.signOut, { look: 'quiet' })}
    </form>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.title} · Portico`, content }), { cookies });
}
