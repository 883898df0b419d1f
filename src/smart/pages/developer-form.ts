import { html } from 'hono/html';
import { area, box } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, type Problem, problemSummary, titleWith } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { AppForm, Kind } from '../developer/developer-form.ts';
import { moreTypes, type Picks, type recordsOf, usualOthers, usualTypes } from '../developer/developer-scopes.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { otherInWords, rowsInWords } from '../scopes/scope-words.ts';
import { developerFormWords } from './developer-form-words.ts';
import { developerWords } from './developer-words.ts';

/** Public keys only are shown again: whoever pasted a private one shall not find it in a page. */
const shownKeys = (jwks: string): string => (/"(d|k|p|q)"/.test(jwks) ? '' : jwks);

function typeRow(language: Language, type: string, picks: Picks): Html {
  const say = developerFormWords[language];
  const what = rowsInWords(language, { context: 'patient', type, interactions: new Set(), query: null });
  const tick = (name: 'read' | 'write'): Html => html`<label class="tick">
    <input type="checkbox" name="${name}" value="${type}" aria-label="${say[name]}: ${what}"${picks[name].includes(type) ? html` checked` : ''}>
    <span aria-hidden="true">${say[name]}</span>
  </label>`;
  return html`<li class="pick"><span>${what} <code>${type}</code></span>${tick('read')}${tick('write')}</li>`;
}

function scopeFields(language: Language, kind: Kind, picks: Picks, problems: readonly Problem[]): Html {
  const say = developerFormWords[language];
  const rows = (types: readonly string[]): Html =>
    html`<ul class="boxes">${types.map((type) => typeRow(language, type, picks))}</ul>`;
  const isOpen = moreTypes.some((type) => picks.read.includes(type) || picks.write.includes(type));
  const records = (['patient', 'user', 'both'] as const satisfies (keyof typeof recordsOf)[]).map((one) =>
    box({ type: 'radio', name: 'records', value: one, checked: picks.records === one, label: say.recordsOf[one] }),
  );
  const others = usualOthers.map((one) =>
    box({
      type: 'checkbox',
      name: 'also',
      value: one,
      checked: picks.others.includes(one),
      label: html`${say.alsoOf[one] ?? otherInWords(language, one)} <code>${one}</code>`,
    }),
  );
  return html`<section aria-labelledby="scopes">
    <h2 id="scopes">${say.scopes}</h2>
    <p>${kind === 'service' ? say.approval : say.scopesHint}</p>
    ${kind === 'service' ? '' : html`<fieldset><legend>${say.records}</legend>${records}</fieldset>`}
    <fieldset><legend>${say.type}</legend>
      ${rows(usualTypes)}
      <details${isOpen ? html` open` : ''}><summary>${say.more}</summary>${rows(moreTypes)}</details>
    </fieldset>
    ${kind === 'service' ? '' : html`<fieldset><legend>${say.also}</legend>${others}</fieldset>`}
    ${area({ name: 'rest', label: say.rest, hint: say.restHint, value: picks.rest, problems, rows: 2 })}
  </section>`;
}

function addressFields(language: Language, form: AppForm, problems: readonly Problem[]): Html {
  const say = developerFormWords[language];
  const url = { type: 'url', inputmode: 'url', longest: 2000, problems } as const;
  return html`${area({ name: 'redirects', label: say.redirects, hint: say.redirectsHint, value: form.redirects, problems, required: true })}
    ${field({ ...url, name: 'launch', label: say.launch, hint: say.launchHint, value: form.launch })}
    ${field({ ...url, name: 'site', label: say.site, hint: say.siteHint, value: form.site })}`;
}

function keyFields(language: Language, form: AppForm, problems: readonly Problem[]): Html {
  const say = developerFormWords[language];
  return html`<fieldset><legend>${say.keys}</legend>
    ${area({ name: 'jwks', label: say.jwks, hint: say.jwksHint, value: shownKeys(form.jwks), problems, rows: 6, longest: 20000 })}
    ${field({ name: 'jwksUri', label: say.jwksUri, type: 'url', inputmode: 'url', longest: 2000, value: form.jwksUri, problems })}
  </fieldset>`;
}

/** The form of an app, to register it or to change what is registered. */
export function appFormPage(
  { language, place }: SmartRequest,
  of: {
    kind: Kind;
    form: AppForm;
    app: { id: string; name: string } | null;
    once: string;
    csrf: string;
    problems: readonly Problem[];
    cookies: readonly string[];
  },
): Promise<Answer> {
  const { kind, form, app, once, csrf, problems, cookies } = of;
  const say = developerFormWords[language];
  const title = app ? say.edit(app.name) : say.register(developerWords[language].kinds[kind].name);
  const action = app ? `${place.issuer}/developer/${app.id}/edit` : `${place.issuer}/developer/register`;
  const content = html`<div class="sheet wide">
    ${problemSummary(language, problems)}
    <h1>${title}</h1>
    <form method="post" action="${action}" class="form">
      ${csrfInput(csrf)}${hidden('kind', kind)}${hidden('once', once)}
      ${field({ name: 'name', label: say.name, hint: say.nameHint, value: form.name, problems, required: true, autocomplete: 'off' })}
      ${kind === 'service' ? '' : addressFields(language, form, problems)}
      ${kind === 'key' || kind === 'service' ? keyFields(language, form, problems) : ''}
      ${scopeFields(language, kind, form.picks, problems)}
      ${button(app ? say.save : say.add)}
    </form>
    <p><a href="${place.issuer}/developer${app ? `/${app.id}` : ''}">${say.back}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: titleWith(language, title, problems), content }), {
    status: problems.length === 0 ? 200 : 400,
    cookies,
  });
}
