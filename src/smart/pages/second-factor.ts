import { html } from 'hono/html';
import { button, csrfInput, field, type Problem } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { sheet } from '../../pages/sheet.ts';
import { signInWords } from './sign-in-words.ts';

export type SecondFactorPage = {
  language: Language;
  action: string;
  csrf: string;
  problems: readonly Problem[];
  hasTotp: boolean;
  /** Whether there are recovery codes left. */
  hasRecovery: boolean;
  /** What other second factors show. */
  others: readonly Html[];
  scripts: readonly string[];
};

export function secondFactorPage(page: SecondFactorPage): Html {
  const { language, action, csrf, problems, hasTotp, hasRecovery, others, scripts } = page;
  const say = signInWords[language];
  const recoveryWrong = problems.some((one) => one.field === 'recovery');
  return sheet({
    language,
    title: say.secondFactor,
    problems,
    scripts,
    content: html`
      <p>${say.secondFactorLead}</p>
      ${others}
      ${
        hasTotp
          ? html`<form method="post" action="${action}">
        ${csrfInput(csrf)}
        ${field({ name: 'code', label: say.code, hint: say.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', problems, required: true, longest: 10, first: true })}
        ${button(say.confirm)}
      </form>`
          : ''
      }
      ${
        hasRecovery
          ? html`<details class="after"${recoveryWrong ? html` open` : ''}>
        <summary>${say.recoveryTitle}</summary>
        <form method="post" action="${action}">
          ${csrfInput(csrf)}
          ${field({ name: 'recovery', label: say.recovery, hint: say.recoveryHint, autocomplete: 'off', problems, required: true, longest: 20 })}
          ${button(say.confirm, { look: 'quiet' })}
        </form>
      </details>`
          : ''
      }`,
  });
}
