import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

import { stylesheetPath } from './assets.ts';
import type { Language } from './language.ts';
import { languages } from './language.ts';
import { frame } from './words.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A pediment on four columns. It says nothing that the word beside it does not. */
const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path d="M16 3 2 11v2h28v-2zM5 15h3v11H5zM12 15h3v11h-3zM17 15h3v11h-3zM24 15h3v11h-3zM2 28h28v2H2z" fill="currentColor"/>
</svg>`;

/** @param query what else the page was asked with, which the other languages of it need too */
function languageLinks(language: Language, query: URLSearchParams): Html {
  const asked = (one: Language): string => {
    const whole = new URLSearchParams(query);
    whole.set('lang', one);
    return `?${whole}`;
  };
  return html`<nav class="languages" aria-label="${frame[language].otherLanguages}">
    <ul>
      ${languages.map((one) =>
        one === language
          ? html`<li><span aria-current="true" lang="${one}">${frame[one].languageName}</span></li>`
          : html`<li><a href="${asked(one)}" hreflang="${one}" lang="${one}">${frame[one].languageName}</a></li>`,
      )}
    </ul>
  </nav>`;
}

/**
 * What every page for people has around it. Nothing in it needs a script or an inline style.
 *
 * @param page `home`: where the name of the product leads; `styles`, `scripts`: paths below /assets; `query`: what the page was asked
 *   with, kept when the language is changed
 */
export function layout(page: {
  language: Language;
  title: string;
  content: Html;
  footer?: Html;
  home?: string;
  /** Beside the stylesheet of all pages. */
  styles?: readonly string[];
  scripts?: readonly string[];
  query?: URLSearchParams;
}): Html {
  const say = frame[page.language];
  return html`<!doctype html>
<html lang="${page.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>${page.title}</title>
    <link rel="stylesheet" href="${stylesheetPath}">
    ${(page.styles ?? []).map((path) => html`<link rel="stylesheet" href="${path}">`)}
    <link rel="icon" href="data:,">
    ${(page.scripts ?? []).map((path) => html`<script type="module" src="${path}"></script>`)}
  </head>
  <body>
    <a class="skip" href="#content">${say.skip}</a>
    <header class="top">
      <a class="brand" href="${page.home ?? '/'}?lang=${page.language}">${mark}<span>Portico</span></a>
      ${languageLinks(page.language, page.query ?? new URLSearchParams())}
    </header>
    <main id="content" tabindex="-1">${page.content}</main>
    ${page.footer ? html`<footer class="bottom">${page.footer}</footer>` : ''}
  </body>
</html>`;
}
