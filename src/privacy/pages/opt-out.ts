import { html } from 'hono/html';

import { button } from '../../pages/form.ts';
import { optOut, readOptOut } from '../parties/marketing/opt-out.ts';
import { pathIn } from './links.ts';
import { optOutWords } from './opt-out-words.ts';
import { deadEnd, plainPage } from './sheet.ts';
import type { Page, Reply, Visit } from './visit.ts';

const path = '/privacy/opt-out/:token';

const tokenOf = ({ request }: Visit): string => request.params.token ?? '';

function gone(visit: Visit): Promise<Reply> {
  const say = optOutWords[visit.request.language];
  return deadEnd(visit, { title: say.title, text: say.gone }, 404);
}

/** Nothing is ended by opening a link: programs open those of a message before anybody reads it. */
const page: Page = {
  method: 'GET',
  path,
  whom: 'anybody',
  async run(visit) {
    const { deps, request } = visit;
    const say = optOutWords[request.language];
    const told = readOptOut(deps.fhir, tokenOf(visit));
    if (!told.ok || told.value.tenant !== request.tenant) return gone(visit);
    const content = html`<p class="lead">${say.lead}</p>
      <form method="post" action="${pathIn(request, `/privacy/opt-out/${tokenOf(visit)}`)}">${button(say.button)}</form>`;
    return plainPage(visit, { title: say.title, content });
  },
};

/** By the button of the page, or of a program for mail, which has no page. https://www.rfc-editor.org/rfc/rfc8058 */
const end: Page = {
  method: 'POST',
  path,
  whom: 'anybody',
  linked: true,
  async run(visit) {
    const { deps, request } = visit;
    const say = optOutWords[request.language];
    const ended = await optOut(deps.fhir, tokenOf(visit));
    if (!ended.ok) return gone(visit);
    return plainPage(visit, { title: say.title, content: html`<p class="lead" role="status">${say.done}</p>` });
  },
};

export const optOutPages: readonly Page[] = [page, end];
