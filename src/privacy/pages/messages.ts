import type { Communication } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { searchPage } from './ask.ts';
import { pathIn } from './links.ts';
import { messagesWords } from './messages-words.ts';
import { recordPage } from './sheet.ts';
import { momentInWords } from './times.ts';
import type { Page } from './visit.ts';

const path = '/privacy/messages';

const COUNT = '50';

/** What somebody was told about their record. */
export const messagesPage: Page = {
  method: 'GET',
  path,
  whom: 'record',
  async run(visit) {
    const { request, record } = visit;
    const { language } = request;
    const say = messagesWords[language];
    const cursor = request.query.get('page');
    const { found, next } = await searchPage<Communication>(visit, 'Communication', {
      patient: `Patient/${record.id}`,
      category: 'http://terminology.hl7.org/CodeSystem/communication-category|notification',
      _sort: '-sent',
      _count: COUNT,
      ...(cursor === null ? {} : { _cursor: cursor }),
    });
    const texts = found.map(({ sent, payload = [] }) => ({
      sent: sent === undefined ? '' : momentInWords(language, new Date(sent)),
      text: payload.flatMap(({ contentString }) => contentString ?? []).join(' '),
    }));
    const content = html`<p>${texts.length === 0 ? say.none : say.lead}</p>
      <ol class="rows">${texts.map(({ sent, text }) => html`<li><div><p class="quiet">${sent}</p><p>${text}</p></div></li>`)}</ol>
      ${next === null ? '' : html`<p><a href="${pathIn(request, path)}?${new URLSearchParams({ page: next })}">${say.older}</a></p>`}`;
    return recordPage(visit, { title: say.title, content });
  },
};
