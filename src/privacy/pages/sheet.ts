import { html } from 'hono/html';

import { notice, problemSummary, titleWith } from '../../pages/form.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { frameWords } from './frame-words.ts';
import { pathIn } from './links.ts';
import type { Just, OfficerVisit, RecordVisit, Reply, Visit } from './visit.ts';

type Sheet = Just & {
  title: string;
  content: Html;
  /** Whether the page has a table that needs the whole width. */
  broad?: boolean;
  /** Of the answer; else 422 where something is wrong with a form. */
  status?: number;
  scripts?: readonly string[];
};

function answer(visit: Visit, above: Html, sheet: Sheet): Promise<Reply> {
  const { language, query } = visit.request;
  const { title, content, problems = [], done, broad, scripts = [] } = sheet;
  const kept = new URLSearchParams(query);
  kept.delete('done');
  const all = html`<div class="sheet ${broad ? 'broad' : 'wide'} privacy">
    ${problemSummary(language, problems)}
    ${above}
    <h1>${title}</h1>
    ${done === undefined ? '' : notice(done, 'good')}
    ${content}
  </div>`;
  return pageAnswer(
    layout({ language, title: titleWith(language, title, problems), content: all, query: kept, scripts }),
    {
      status: sheet.status ?? (problems.length === 0 ? 200 : 422),
      cookies: visit.cookies,
      scripts: scripts.length > 0,
    },
  );
}

/** A page about a record: under the name of whose it is. */
export function recordPage(visit: RecordVisit, sheet: Sheet): Promise<Reply> {
  const { request, record, records, isOwn } = visit;
  const say = frameWords[request.language];
  const whose = isOwn && records.length === 1 ? '' : html` · <b>${say.recordOf(record.name)}</b>`;
  const up =
    request.path === '/privacy' ? { path: '/account', text: say.account } : { path: '/privacy', text: say.title };
  const above = html`<p class="above"><a href="${pathIn(request, up.path)}">${up.text}</a>${whose}</p>`;
  return answer(visit, above, sheet);
}

/** A page of the privacy officer. */
export function officerPage(visit: OfficerVisit, sheet: Sheet): Promise<Reply> {
  const { request } = visit;
  const say = frameWords[request.language];
  const above = html`<p class="above"><a href="${pathIn(request, '/privacy/officer')}">${say.officer}</a></p>`;
  return answer(visit, above, sheet);
}

/** A page without anything around it, for whoever comes. */
export const plainPage = (visit: Visit, sheet: Sheet): Promise<Reply> => answer(visit, html``, sheet);

/** Why one cannot go on. */
export function deadEnd(
  visit: Visit,
  { title, text }: { title: string; text: string },
  status: number,
): Promise<Reply> {
  const { request } = visit;
  const say = frameWords[request.language];
  const content = html`<p>${text}</p>
    <p><a href="${pathIn(request, '/account')}">${say.account}</a> · <a href="/">${say.front}</a></p>`;
  return plainPage(visit, { title, content, status });
}
