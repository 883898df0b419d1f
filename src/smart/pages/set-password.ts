import { html } from 'hono/html';
import { button, csrfInput, field, type Problem } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { sheet } from '../../pages/sheet.ts';
import { signInWords } from './sign-in-words.ts';

export type SetPasswordPage = {
  language: Language;
  query: URLSearchParams;
  action: string;
  csrf: string;
  name: string;
  username: string;
  /** Characters. */
  shortest: number;
  problems: readonly Problem[];
};

export function setPasswordPage(page: SetPasswordPage): Html {
  const { language, query, action, csrf, name, username, shortest, problems } = page;
  const say = signInWords[language];
  return sheet({
    language,
    title: say.setPassword,
    problems,
    query,
    // A password manager keeps the name that stands beside the password.
    content: html`
      <p>${say.setPasswordFor(name)}</p>
      <form method="post" action="${action}">
        ${csrfInput(csrf)}
        <div class="field">
          <label for="username">${say.username}</label>
          <input id="username" type="text" value="${username}" autocomplete="username" readonly>
        </div>
        ${field({ name: 'password', label: say.newPassword, hint: say.newPasswordHint(shortest), type: 'password', autocomplete: 'new-password', problems, required: true, longest: 256, first: true })}
        ${field({ name: 'again', label: say.again, type: 'password', autocomplete: 'new-password', problems, required: true, longest: 256 })}
        ${button(say.savePassword)}
      </form>`,
  });
}
