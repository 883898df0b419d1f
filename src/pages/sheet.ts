import { html } from 'hono/html';
import { type Problem, problemSummary, titleWith } from './form.ts';
import type { Language } from './language.ts';
import { type Html, layout } from './layout.ts';

/**
 * A page with one thing to do.
 *
 * @param sheet `query`: what the page was asked with; `scripts`: paths below /assets
 */
export function sheet({
  language,
  title,
  content,
  problems = [],
  query,
  scripts = [],
}: {
  language: Language;
  title: string;
  content: Html;
  problems?: readonly Problem[];
  query?: URLSearchParams;
  scripts?: readonly string[];
}): Html {
  return layout({
    language,
    title: titleWith(language, title, problems),
    ...(query ? { query } : {}),
    scripts,
    content: html`<div class="sheet">
      <h1>${title}</h1>
      ${problemSummary(language, problems)}
      ${content}
    </div>`,
  });
}
