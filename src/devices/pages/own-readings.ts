import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { frameWords as privacyWords } from '../../privacy/pages/frame-words.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { RecordVisit } from '../../privacy/pages/visit.ts';
import { measureOf } from '../measures.ts';
import { csvReply } from './csv.ts';
import type { DevicePage } from './device-page.ts';
import { frameWords } from './frame-words.ts';
import { type Book, readingsPage } from './readings-shown.ts';

export const homePath = '/devices';

/** Where one is, and whose record it is where that is not plain. @param up null: on the first of these pages */
export function aboveOwn({ request, record, records, isOwn }: RecordVisit, up: 'home' | 'account'): Html {
  const say = privacyWords[request.language];
  const whose = isOwn && records.length === 1 ? '' : html` · <b>${say.recordOf(record.name)}</b>`;
  const link =
    up === 'home'
      ? html`<a href="${pathIn(request, homePath)}">${frameWords[request.language].devices}</a>`
      : html`<a href="${pathIn(request, '/account')}">${say.account}</a>`;
  return html`<p>${link}${whose}</p>`;
}

export const ownBook = (visit: RecordVisit): Book => ({
  visit,
  looking: { request: visit.request, deps: visit.deps, grant: visit.grant, patient: visit.record.id },
  above: aboveOwn(visit, 'home'),
  path: '/devices/readings',
});

const gone = (visit: RecordVisit) => deadEnd(visit, privacyWords[visit.request.language].refused.unknown, 404);

export const ownReadingsPages: readonly DevicePage[] = [
  {
    method: 'GET',
    path: '/devices/readings/:measure',
    whom: 'record',
    run: async (visit) => (await readingsPage(ownBook(visit), visit.request.params.measure ?? '')) ?? gone(visit),
  },
  {
    method: 'GET',
    path: '/devices/readings/:measure/csv',
    whom: 'record',
    async run(visit) {
      const measure = measureOf(visit.request.params.measure ?? '');
      return measure === undefined ? gone(visit) : csvReply(ownBook(visit).looking, measure);
    },
  },
];
