import { html } from 'hono/html';

import { resourceTypes } from '../../fhir/resources.ts';
import { area, select } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, type Problem } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import type { Explanation } from '../developer/explain-token.ts';
import type { Refusal } from '../refusals.ts';
import { timeInWords } from './developer-words.ts';
import { explanationWords } from './explanation-words.ts';
import { type Advice, refusalWords } from './refusals-words.ts';

/** What was asked on the page, and what there is to say: of a token, of a request, or that there is no such request. */
export type Told = { kind: 'token'; explanation: Explanation } | { kind: 'request'; refusal: Refusal | null } | null;

function advised({ what, todo }: Advice, more: readonly string[] = []): Html {
  return html`<p><b>${what}</b> ${more.join(' ')}</p><p>${todo}</p>`;
}

/** What belongs to one reason only. */
function particulars(language: Language, explanation: Explanation): string[] {
  const say = refusalWords[language];
  const { why } = explanation;
  if (why === 'elsewhere') return [say.issuers(explanation.issuer, explanation.here)];
  if (why === 'expired') {
    const minutes = Math.max(1, Math.round(explanation.lifetime / 60));
    return [say.at(timeInWords(language, explanation.at)), say.lifetime(minutes)];
  }
  if (why === 'revoked' || why === 'grant-expired') return [say.at(timeInWords(language, explanation.at))];
  if (why === 'scope-lacks') {
    const { wanted, context, scope } = explanation;
    return [say.needs(`${context}/${wanted.type}.${wanted.interaction}`, scope)];
  }
  if (why !== 'good') return [];
  const { scope, bound, partly } = explanation;
  return [say.scopes(scope), ...(partly ? [say.partly] : []), ...(bound ? [say.bound] : [])];
}

const refused = (language: Language, { id, at, place, error, reason }: Refusal): Html => {
  const say = refusalWords[language];
  return html`<p class="quiet"><time datetime="${at.toISOString()}">${timeInWords(language, at)}</time> · <code>${place}</code> · <code>${error}</code></p>
    ${advised(say.errors[error] ?? say.otherError)}
    ${reason === '' ? '' : html`<p>${say.said} <q lang="en">${reason}</q></p>`}
    <p class="quiet">${say.request} <code>${id}</code></p>`;
};

function answerOf(language: Language, told: Told): Html {
  const say = refusalWords[language];
  if (told === null) return html``;
  const content =
    told.kind === 'token'
      ? advised(explanationWords[language][told.explanation.why], particulars(language, told.explanation))
      : told.refusal === null
        ? html`<p>${say.find.none}</p>`
        : refused(language, told.refusal);
  const good = told.kind === 'token' && ['good', 'refresh-token'].includes(told.explanation.why);
  return html`<div class="notice ${good ? 'good' : 'bad'}" id="answer" role="status" tabindex="-1" autofocus>
    <h3>${say.answer}</h3>${content}
  </div>`;
}

/** Why an app was refused: what there is to say, the newest refusals, and two ways to ask. */
export function refusalsSection(
  language: Language,
  of: { action: string; csrf: string; refusals: readonly Refusal[]; told: Told; problems: readonly Problem[] },
): Html {
  const { action, csrf, refusals, told, problems } = of;
  const say = refusalWords[language];
  const methods = Object.entries(say.methods).map(([value, label]) => ({ value, label }));
  const types = resourceTypes.map((value) => ({ value, label: value }));
  const any = { value: '', label: say.ask.any };
  return html`<section aria-labelledby="why">
    <h2 id="why">${say.title}</h2>
    <p>${say.lead}</p>
    ${answerOf(language, told)}
    <h3>${say.newest}</h3>
    ${
      refusals.length === 0
        ? html`<p>${say.none}</p>`
        : html`<ul class="choices">${refusals.map((one) => html`<li class="granted">${refused(language, one)}</li>`)}</ul>`
    }
    <p class="quiet">${say.kept}</p>
    <div class="beside">
      <form method="post" action="${action}" autocomplete="off">
        <h3>${say.ask.title}</h3>
        <p>${say.ask.lead}</p>
        ${csrfInput(csrf)}${hidden('do', 'explain')}
        ${area({ name: 'token', label: say.ask.token, hint: say.ask.tokenHint, problems, rows: 4, longest: 9000 })}
        ${select({ name: 'interaction', label: say.ask.method, options: [any, ...methods] })}
        ${select({ name: 'type', label: say.ask.type, options: [any, ...types] })}
        ${button(say.ask.submit, { look: 'quiet' })}
      </form>
      <form method="post" action="${action}" autocomplete="off">
        <h3>${say.find.title}</h3>
        ${csrfInput(csrf)}${hidden('do', 'find')}
        ${field({ name: 'request', label: say.find.id, hint: say.find.hint, problems, longest: 60 })}
        ${button(say.find.submit, { look: 'quiet' })}
      </form>
    </div>
  </section>`;
}
