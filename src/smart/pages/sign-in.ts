import { html } from 'hono/html';
import { button, csrfInput, field, notice, type Problem } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { sheet } from '../../pages/sheet.ts';
import { signInWords } from './sign-in-words.ts';

/** Accounts that a visitor of the demo may try, with the password of all. */
export type DemoHint = { usernames: readonly string[]; password: string };

export type SignInPage = {
  language: Language;
  query: URLSearchParams;
  action: string;
  csrf: string;
  username: string;
  problems: readonly Problem[];
  /** Something that was just done. */
  done: 'password' | 'signed-out' | null;
  demo: DemoHint | null;
  /** What other ways to sign in show. */
  others: readonly Html[];
  scripts: readonly string[];
};

function demoNotice(language: Language, { usernames, password }: DemoHint): Html {
  const say = signInWords[language];
  const names = usernames.map((name, at) => html`${at === 0 ? '' : ', '}<code>${name}</code>`);
  return notice(html`<p><strong>${say.demoTitle}.</strong> ${say.demoAccounts} ${names}.
      ${say.demoPassword} <code>${password}</code>.</p>`);
}

export function signInPage(page: SignInPage): Html {
  const { language, query, action, csrf, username, problems, done, demo, others, scripts } = page;
  const say = signInWords[language];
  const first = username === '' ? 'username' : 'password';
  return sheet({
    language,
    title: say.signIn,
    problems,
    query,
    scripts,
    content: html`
      ${done === null ? '' : notice(done === 'password' ? say.passwordChanged : say.signedOut, 'good')}
      ${demo === null ? '' : demoNotice(language, demo)}
      <form method="post" action="${action}">
        ${csrfInput(csrf)}
        ${field({ name: 'username', label: say.username, value: username, autocomplete: 'username', problems, required: true, longest: 100, first: first === 'username' })}
        ${field({ name: 'password', label: say.password, type: 'password', autocomplete: 'current-password', problems, required: true, longest: 256, first: first === 'password' })}
        ${button(say.submit)}
      </form>
      ${others.length === 0 ? '' : html`<section aria-labelledby="others"><h2 id="others">${say.otherWays}</h2>${others}</section>`}
      <p class="quiet after">${say.forgotten}</p>`,
  });
}
