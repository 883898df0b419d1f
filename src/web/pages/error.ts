import { html } from 'hono/html';

import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { layout } from '../../pages/layout.ts';
import { words } from './words.ts';

/**
 * Whether whoever asks is a person with a browser, rather than a program that wants JSON: `text/html` is in Accept and no
 * other kind is preferred to it.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const wishes = (accept ?? '').split(',').map((wish) => {
    const [kind = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const weight = parameters.map((one) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1]).find((found) => found);
    return { kind: kind.trim(), weight: weight === undefined ? 1 : Number(weight) };
  });
  const page = wishes.find(({ kind }) => kind === 'text/html')?.weight ?? 0;
  return page > 0 && wishes.every(({ kind, weight }) => weight <= page || kind.startsWith('text/html'));
}

/**
 * A page for a person who came to the wrong address, or met a fault of ours.
 *
 * @param reference names the fault in the log; nothing else of it is told
 */
export function errorPage(status: 404 | 500, language: Language, reference: string | null = null): Html {
  const say = words[language];
  const { title, text } = status === 404 ? say.errors.notFound : say.errors.fault;
  return layout({
    language,
    title: `${title} · Portico`,
    content: html`<div class="hero">
      <p class="quiet">${status}</p>
      <h1>${title}</h1>
      <p class="lead">${text}</p>
      ${reference ? html`<p>${say.errors.reference} <code>${reference}</code></p>` : ''}
      <p><a href="/?lang=${language}">${say.errors.home}</a></p>
    </div>`,
  });
}
