import { html } from 'hono/html';

import { notice, type Problem, problemSummary, titleWith } from '../../pages/form.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Reply, Visit } from '../../privacy/pages/visit.ts';
import { clientPath } from './client.ts';

type Framed = {
  title: string;
  /** Above the title: where one comes from, and whose record it is. */
  above: Html;
  content: Html;
  done?: string | undefined;
  problems?: readonly Problem[];
  status?: number;
  /** What is drawn on it. */
  drawn?: 'chart' | 'curve';
  /** What the page was asked with is not kept in its links: it counts once. */
  noQuery?: boolean;
};

/** A page of devices or readings, with what surrounds all pages. */
export function devicesPage(visit: Visit, framed: Framed): Promise<Reply> {
  const { request, cookies } = visit;
  const { title, above, content, done, problems = [], drawn, noQuery = false } = framed;
  const { language } = request;
  const query = new URLSearchParams(noQuery ? '' : request.query);
  query.delete('done');
  const all = html`<div class="sheet broad privacy devices">
    ${problemSummary(language, problems)}
    <div class="above">${above}</div>
    <h1>${title}</h1>
    ${done === undefined ? '' : notice(done, 'good')}
    ${content}
  </div>`;
  return pageAnswer(
    layout({
      language,
      title: titleWith(language, title, problems),
      content: all,
      query,
      styles: [...(drawn === undefined ? [] : [clientPath('uplot.css')]), clientPath('devices.css')],
      scripts: drawn === undefined ? [] : [clientPath(`${drawn}.js`)],
    }),
    {
      status: framed.status ?? (problems.length === 0 ? 200 : 422),
      cookies,
      scripts: drawn !== undefined,
    },
  );
}
