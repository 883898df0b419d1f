import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import { layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';

const words: Readonly<Record<Language, { title: string; lead: string; back: string }>> = {
  en: { title: 'There is no such app', lead: 'None of your apps has this client id.', back: 'All your apps' },
  fr: {
    title: 'Cette application n’existe pas',
    lead: 'Aucune de vos applications n’a cet identifiant.',
    back: 'Toutes vos applications',
  },
};

/** Said of an app that is not there, and of one that is somebody else's. */
export function unknownAppPage({ language, place }: SmartRequest): Promise<Answer> {
  const say = words[language];
  const content = html`<div class="sheet">
    <h1>${say.title}</h1>
    <p class="lead">${say.lead}</p>
    <p><a href="${place.issuer}/developer">${say.back}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.title} · Portico`, content }), { status: 404 });
}
