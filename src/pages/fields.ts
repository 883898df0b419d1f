import { html } from 'hono/html';
import type { Problem } from './form.ts';
import type { Html } from './layout.ts';

type Of = { name: string; label: string; hint?: string; problems?: readonly Problem[] };

/** Whether something is wrong with a field, and what it is described by. */
function stateOf({ name, hint, problems = [] }: Of) {
  const wrong = problems.find((one) => one.field === name);
  const described = [hint === undefined ? '' : `${name}-hint`, wrong ? `${name}-problem` : ''].filter(Boolean);
  return { wrong, described: described.join(' ') };
}

function framed(of: Of, control: (attributes: Html) => Html): Html {
  const { wrong, described } = stateOf(of);
  const attributes = html`${wrong ? html`aria-invalid="true"` : ''}
    ${described === '' ? '' : html`aria-describedby="${described}"`}`;
  return html`<div class="field${wrong ? ' wrong' : ''}">
    <label for="${of.name}">${of.label}</label>
    ${of.hint === undefined ? '' : html`<p class="hint" id="${of.name}-hint">${of.hint}</p>`}
    ${wrong ? html`<p class="problem" id="${of.name}-problem">${wrong.message}</p>` : ''}
    ${control(attributes)}
  </div>`;
}

/** A text of several lines under its label. @param of `rows`: lines that are seen; `longest`: characters */
export const area = (of: Of & { value?: string; rows?: number; longest?: number; required?: boolean }): Html =>
  framed(
    of,
    (
      attributes,
    ) => html`<textarea id="${of.name}" name="${of.name}" rows="${of.rows ?? 3}" maxlength="${of.longest ?? 8000}"
      autocapitalize="none" spellcheck="false" ${of.required ? html`required` : ''} ${attributes}>${'\n'}${of.value ?? ''}</textarea>`,
  );

export type Option = { value: string; label: string };

/** One of a list, under its label. */
export const select = (of: Of & { options: readonly Option[]; value?: string }): Html =>
  framed(
    of,
    (attributes) => html`<select id="${of.name}" name="${of.name}" ${attributes}>
      ${of.options.map(({ value, label }) => html`<option value="${value}"${value === of.value ? html` selected` : ''}>${label}</option>`)}
    </select>`,
  );

/** A box to tick, or one of several to choose from, before what it means. */
export const box = (of: {
  type: 'checkbox' | 'radio';
  name: string;
  value: string;
  checked: boolean;
  label: Html | string;
}): Html => html`<label class="box">
  <input type="${of.type}" name="${of.name}" value="${of.value}"${of.checked ? html` checked` : ''}>
  <span>${of.label}</span>
</label>`;
