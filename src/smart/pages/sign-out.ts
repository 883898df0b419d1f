import { html } from 'hono/html';
import { button, buttonLink, csrfInput, hidden } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { sheet } from '../../pages/sheet.ts';
import { signInWords } from './sign-in-words.ts';

/** @param kept what the app sent, to come back with the answer */
export function signOutPage(page: {
  language: Language;
  query: URLSearchParams;
  action: string;
  csrf: string;
  name: string;
  account: string;
  kept: Readonly<Record<string, string>>;
}): Html {
  const say = signInWords[page.language];
  return sheet({
    language: page.language,
    title: say.signOutTitle,
    query: page.query,
    content: html`<p>${say.signOutQuestion(page.name)}</p>
      <form method="post" action="${page.action}">
        ${csrfInput(page.csrf)}
        ${Object.entries(page.kept).map(([name, value]) => hidden(name, value))}
        <p>${button(say.signOut)}</p>
      </form>
      <p>${buttonLink(page.account, say.stay)}</p>`,
  });
}

/** @param href of the sign-in page */
export function signedOutPage(language: Language, href: string): Html {
  const say = signInWords[language];
  return sheet({
    language,
    title: say.signedOutTitle,
    content: html`<p>${say.signedOutLead}</p><p>${buttonLink(href, say.signIn)}</p>`,
  });
}
