import { html } from 'hono/html';
import { buttonLink } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { sheet } from '../../pages/sheet.ts';
import { signInWords, waitText } from './sign-in-words.ts';

/** A form came from a page that this browser was not given, or no longer. @param href where to start again */
export function stalePage(language: Language, href: string): Html {
  const say = signInWords[language];
  return sheet({
    language,
    title: say.staleTitle,
    content: html`<p>${say.stale}</p><p>${buttonLink(href, say.startAgain)}</p>`,
  });
}

/** Something secret was guessed wrongly too often. @param href where to try again, after so many seconds */
export function laterPage(language: Language, seconds: number, href: string): Html {
  const say = signInWords[language];
  return sheet({
    language,
    title: say.laterTitle,
    content: html`<p role="alert">${say.later(waitText(language, seconds))}</p>
      <p class="quiet">${say.laterHelp}</p>
      <p>${buttonLink(href, say.tryAgain)}</p>`,
  });
}

/** @param href of the sign-in page */
export function linkGonePage(language: Language, href: string): Html {
  const say = signInWords[language];
  return sheet({
    language,
    title: say.linkTitle,
    content: html`<p>${say.linkGone}</p><p>${say.linkGoneHelp}</p><p>${buttonLink(href, say.signIn)}</p>`,
  });
}
