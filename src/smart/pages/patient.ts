import { html } from 'hono/html';
import { button, csrfInput, field, hidden, problemSummary, titleWith } from '../../pages/form.ts';
import { layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import type { User } from '../people/user.ts';
import type { PatientPage } from '../records.ts';
import { birthDateInWords, consentWords } from './consent-words.ts';

export type PatientChoice = {
  client: Client;
  user: User;
  /** What was typed into the search. */
  sought: string;
  found: PatientPage;
  /** Whether this is not the first page. */
  further: boolean;
  /** Whether somebody was chosen who is not to be had. */
  wrong: boolean;
};

/** Whose record an app is used in: one of those whom the user may see, found by name or birth date. */
export function patientPage(context: SmartContext, request: SmartRequest, choice: PatientChoice): Promise<Answer> {
  const { client, sought, found, further, wrong } = choice;
  const { language } = request;
  const say = consentWords[language];
  const { token, cookies } = csrfOf(context, request);
  const problems = wrong ? [{ field: 'patients', message: say.patient.wrong }] : [];
  const at = (page: string | null) => `?${new URLSearchParams({ q: sought, ...(page === null ? {} : { page }) })}`;
  const lines = found.patients.map(({ id, name, birthDate }) => {
    const called = name ?? say.consent.unnamed;
    const born = birthDate === null ? '' : say.consent.born(birthDateInWords(language, birthDate));
    return html`<li>
      <button class="choice" type="submit" name="patient" value="${id}">
        <b>${called}</b> <span class="quiet">${born}</span>
      </button>
    </li>`;
  });
  const content = html`<div class="sheet">
    ${problemSummary(language, problems)}
    <h1>${say.patient.title}</h1>
    <p>${say.patient.lead(client.metadata.client_name)}</p>
    <form method="get" role="search" class="seek">
      ${field({ name: 'q', label: say.patient.sought, hint: say.patient.hint, type: 'search', value: sought, longest: 100, first: !wrong })}
      ${button(say.patient.find, { look: 'quiet' })}
    </form>
    <section aria-labelledby="patients">
      <h2 id="patients" tabindex="-1">${say.patient.list}</h2>
      ${
        lines.length === 0
          ? html`<p role="status">${sought === '' ? say.patient.none : say.patient.noneOf(sought)}</p>`
          : html`<form method="post">
              ${csrfInput(token)}${hidden('step', 'patient')}
              <ul class="choices">${lines}</ul>
            </form>`
      }
      ${found.next === null ? '' : html`<p><a href="${at(found.next)}">${say.patient.more}</a></p>`}
      ${further ? html`<p><a href="${at(null)}">${say.patient.first}</a></p>` : ''}
    </section>
  </div>`;
  const title = titleWith(language, say.patient.title, problems);
  return pageAnswer(layout({ language, title, content }), { cookies, status: wrong ? 400 : 200 });
}
