import { html } from 'hono/html';
import { formWords } from './form-words.ts';
import type { Language } from './language.ts';
import type { Html } from './layout.ts';

/** What is wrong with a field, said under it and above the form. */
export type Problem = { field: string; message: string };

export type Field = {
  /** Also the id of the input. */
  name: string;
  label: string;
  type?: 'text' | 'password' | 'email' | 'url' | 'search' | 'number' | 'date';
  value?: string;
  /** https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
  autocomplete?: string;
  hint?: string;
  problems?: readonly Problem[];
  required?: boolean;
  /** Characters. */
  longest?: number;
  inputmode?: 'text' | 'numeric' | 'email' | 'url';
  /** Where the cursor stands when the page opens; ignored while there are problems, for then it stands on those. */
  first?: boolean;
};

export const csrfField = 'csrf';

/** Without it no form of ours is taken; see sessions.ts. */
export const csrfInput = (token: string): Html => html`<input type="hidden" name="${csrfField}" value="${token}">`;

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** An input under its label, with its hint and what is wrong with it, both of which it names. */
export function field(of: Field): Html {
  const { name, label, type = 'text', value = '', hint, problems = [], longest = 200 } = of;
  const wrong = problems.find((one) => one.field === name);
  const described = [hint === undefined ? '' : `${name}-hint`, wrong ? `${name}-problem` : '']
    .filter(Boolean)
    .join(' ');
  return html`<div class="field${wrong ? ' wrong' : ''}">
    <label for="${name}">${label}</label>
    ${hint === undefined ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${wrong ? html`<p class="problem" id="${name}-problem">${wrong.message}</p>` : ''}
    <input id="${name}" name="${name}" type="${type}" value="${value}" maxlength="${longest}"
      ${of.autocomplete === undefined ? '' : html`autocomplete="${of.autocomplete}"`}
      ${of.inputmode === undefined ? '' : html`inputmode="${of.inputmode}"`}
      ${type === 'password' || of.autocomplete !== undefined ? html`autocapitalize="none" spellcheck="false"` : ''}
      ${of.required ? html`required` : ''}
      ${of.first && problems.length === 0 ? html`autofocus` : ''}
      ${wrong ? html`aria-invalid="true"` : ''}
      ${described === '' ? '' : html`aria-describedby="${described}"`}>
  </div>`;
}

/** @param look `quiet` for what is not the main thing to do here, `danger` for what cannot be undone */
export const button = (
  text: string,
  { name, value = '', look = 'main' }: { name?: string; value?: string; look?: 'main' | 'quiet' | 'danger' } = {},
): Html =>
  html`<button class="button ${look}" type="submit"${name === undefined ? '' : html` name="${name}" value="${value}"`}>${text}</button>`;

/** A link that looks like a button. */
export const buttonLink = (href: string, text: string): Html =>
  html`<a class="button quiet" href="${href}">${text}</a>`;

/** What is wrong with a form, above it, each leading to its field; it has the focus when the page opens. */
export const problemSummary = (language: Language, problems: readonly Problem[]): Html =>
  problems.length === 0
    ? html``
    : html`<div class="problems" role="alert" tabindex="-1" autofocus aria-labelledby="problems-title">
    <h2 id="problems-title">${formWords[language].problems}</h2>
    <ul>${problems.map((one) => html`<li><a href="#${one.field}">${one.message}</a></li>`)}</ul>
  </div>`;

/** Something to know, above what one came for. */
export const notice = (content: Html | string, look: 'plain' | 'good' | 'bad' = 'plain'): Html =>
  html`<div class="notice ${look}" role="status">${content}</div>`;

/** A title as it is while something is wrong with the form below it. */
export const titleWith = (language: Language, title: string, problems: readonly Problem[]): string =>
  `${problems.length === 0 ? '' : formWords[language].titlePrefix}${title} · Portico`;
