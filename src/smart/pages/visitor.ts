import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import { layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { Role } from '../people/user.ts';

type VisitorWords = { title: string; lead: Readonly<Record<Role, string>>; advice: string; account: string };

const words: Readonly<Record<Language, VisitorWords>> = {
  en: {
    title: 'This page is not for your account',
    lead: { developer: 'Only developers can register apps here.', operator: 'Only operators can see this page.' },
    advice: 'If you need it, ask whoever runs this server to change your account.',
    account: 'Your account',
  },
  fr: {
    title: 'Cette page n’est pas pour votre compte',
    lead: {
      developer: 'Seuls les développeurs peuvent enregistrer des applications ici.',
      operator: 'Seuls les opérateurs peuvent voir cette page.',
    },
    advice: 'Si vous en avez besoin, demandez à la personne responsable de ce serveur de modifier votre compte.',
    account: 'Votre compte',
  },
};

/** Said to whoever is signed in and has none of these roles. */
export function notForYouPage({ language, place }: SmartRequest, roles: readonly Role[]): Promise<Answer> {
  const say = words[language];
  const content = html`<div class="sheet">
    <h1>${say.title}</h1>
    <p class="lead">${say.lead[roles[0] ?? 'operator']}</p>
    <p>${say.advice}</p>
    <p><a href="${place.issuer}/account">${say.account}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.title} · Portico`, content }), { status: 403 });
}
