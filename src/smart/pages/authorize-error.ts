import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import { layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Answer } from '../endpoint.ts';
import { consentWords, type Fault } from './consent-words.ts';

export type { Fault };

const statuses: Partial<Record<Fault, number>> = { session: 403, form: 403 };

/** A request that cannot go on, said to the person alone: nothing of it leads anywhere that is not known. */
export function faultPage(language: Language, fault: Fault): Promise<Answer> {
  const say = consentWords[language];
  const { title, text } = say.faults[fault];
  const content = html`<div class="sheet">
    <h1>${title}</h1>
    <p class="lead">${text}</p>
    <p>${say.faultAdvice}</p>
    <p><a href="/?lang=${language}">${say.faultHome}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${title} · Portico`, content }), { status: statuses[fault] ?? 400 });
}
