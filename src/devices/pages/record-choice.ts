import { html } from 'hono/html';

import { select } from '../../pages/fields.ts';
import { button, csrfInput } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { recordCookie } from '../../privacy/pages/guard.ts';
import { homeWords as privacyWords } from '../../privacy/pages/home-words.ts';
import { pathIn, seeOther } from '../../privacy/pages/links.ts';
import type { RecordVisit } from '../../privacy/pages/visit.ts';
import type { DevicePage } from './device-page.ts';

/** Which of several records is meant, where there are several. */
export function recordChooser({ request, csrf, record, records }: RecordVisit): Html {
  const say = privacyWords[request.language];
  if (records.length < 2) return html``;
  const options = records.map(({ id, name }) => ({ value: id, label: name }));
  return html`<form class="sources" method="post" action="${pathIn(request, '/devices/record')}">${csrfInput(csrf)}
    ${select({ name: 'record', label: say.choose, options, value: record.id })}${button(say.open, { look: 'quiet' })}
  </form>`;
}

/** The cookies that keep a choice of record, here and on the pages about privacy. */
export const recordKept = ({ request, record }: RecordVisit): string[] =>
  ['/devices', '/privacy'].map(
    (path) => `${recordCookie}=${record.id}; Path=${pathIn(request, path)}; HttpOnly; SameSite=Lax`,
  );

export const recordChoicePage: DevicePage = {
  method: 'POST',
  path: '/devices/record',
  whom: 'record',
  run: async (visit) => seeOther(pathIn(visit.request, '/devices'), recordKept(visit)),
};
