import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import { button, csrfInput } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { frameWords } from './frame-words.ts';
import { recordCookie } from './guard.ts';
import { homeWords, type WayName } from './home-words.ts';
import { pathIn, seeOther } from './links.ts';
import { inForce, policyPath } from './policy.ts';
import { policyWords } from './policy-words.ts';
import { recordPage } from './sheet.ts';
import type { Page, RecordVisit } from './visit.ts';

/** What there is to do, and where. */
const ways: readonly (readonly [WayName, string])[] = [
  ['seen', '/privacy/seen'],
  ['who', '/privacy/who'],
  ['consents', '/privacy/consents'],
  ['choices', '/privacy/choices'],
  ['devices', '/devices'],
  ['apps', '/account/apps'],
  ['copy', '/privacy/copy'],
  ['correct', '/privacy/correct'],
  ['messages', '/privacy/messages'],
  ['complaint', '/privacy/complaint'],
  ['delete', '/privacy/delete'],
];

function chooser({ request, csrf, record, records }: RecordVisit): Html {
  const say = homeWords[request.language];
  if (records.length < 2) return html``;
  return html`<form method="post" action="${pathIn(request, '/privacy')}">${csrfInput(csrf)}
    <fieldset><legend>${say.choose}</legend>
      <ul class="boxes">${records.map(
        ({ id, name }) =>
          html`<li>${box({ type: 'radio', name: 'record', value: id, checked: id === record.id, label: name })}</li>`,
      )}</ul>
    </fieldset>
    ${button(say.open, { look: 'quiet' })}
  </form>`;
}

const home: Page = {
  method: 'GET',
  path: '/privacy',
  whom: 'record',
  async run(visit) {
    const { request } = visit;
    const say = homeWords[request.language];
    const policy = policyWords[request.language].title;
    const content = html`<p class="lead">${say.lead}</p>
      ${chooser(visit)}
      <ul class="ways">${ways.map(
        ([name, path]) => html`<li>
          <h2><a href="${pathIn(request, path)}">${say.ways[name].title}</a></h2>
          <p>${say.ways[name].about}</p>
        </li>`,
      )}</ul>
      ${(await inForce(visit)) === null ? '' : html`<p><a href="${pathIn(request, policyPath)}">${policy}</a></p>`}`;
    return recordPage(visit, { title: frameWords[request.language].title, content });
  },
};

/** Which of several records is meant from now on, in this browser. */
const choose: Page = {
  method: 'POST',
  path: '/privacy',
  whom: 'record',
  async run({ request, record }) {
    const cookies = ['/privacy', '/devices'].map(
      (path) => `${recordCookie}=${record.id}; Path=${pathIn(request, path)}; HttpOnly; SameSite=Lax`,
    );
    return seeOther(pathIn(request, '/privacy'), cookies);
  },
};

export const homePages: readonly Page[] = [home, choose];
