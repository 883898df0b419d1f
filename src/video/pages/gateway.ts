import type { Appointment } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import { momentInWords } from '../../privacy/pages/times.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { readAs } from './appointment.ts';
import { clientPath } from './client.ts';
import { deadEnd, videoPage } from './frame.ts';
import { frameWords } from './frame-words.ts';
import { gatewayWords, type OverKind } from './gateway-words.ts';
import { shell } from './shell.ts';
import type { OpenedBy, VideoPage } from './video-page.ts';
import { factsOf, lastedOf, overOf } from './visit-facts.ts';
import type { VisitPage } from './visit-page.ts';

/** When it is, in UTC; a script says it as it is where the device is. */
const when = ({ language, startsAt }: VisitPage): Html =>
  startsAt === null
    ? html``
    : html`<time datetime="${startsAt}" data-local>${momentInWords(language, Date.parse(startsAt))}</time>`;

/** A visit that is over: how it ended, and where one goes on. */
function overPage(opened: OpenedBy, page: VisitPage, kind: OverKind, lasted: number | null): Promise<Reply> {
  const { request } = opened;
  const say = gatewayWords[request.language];
  const { title, text } = say.over[kind];
  const link = (path: string, label: string): Html => html`<li><a href="${pathIn(request, path)}">${label}</a></li>`;
  const isPatient = page.as === 'patient' || page.as === 'helper';
  const content = html`<div class="sheet over">
    <h1>${title}</h1>
    <p class="lead">${text}</p>
    <dl class="facts">
      ${page.withWhom === '' ? '' : html`<div><dt>${say.facts.withWhom}</dt><dd>${page.withWhom}</dd></div>`}
      <div><dt>${say.facts.when}</dt><dd>${when(page)}</dd></div>
      ${kind === 'finished' && lasted !== null ? html`<div><dt>${say.facts.lasted}</dt><dd>${say.minutes(lasted)}</dd></div>` : ''}
      ${page.phone === null ? '' : html`<div><dt>${say.phone}</dt><dd><a href="tel:${page.phone.replaceAll(/[^+0-9]/g, '')}">${page.phone}</a></dd></div>`}
    </dl>
    <h2>${say.next}</h2>
    <p><a class="button" href="${pathIn(request, '/visits')}">${say.steps.visits}</a></p>
    ${isPatient ? html`<ul class="links">${link('/privacy/messages', say.steps.messages)}${link('/privacy/seen', say.steps.seen)}</ul>` : ''}
  </div>`;
  return videoPage(opened, { title, content, scripts: [clientPath('views/local-times')] });
}

async function run(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  const { language } = request;
  const appointment = await readAs<Appointment>(opened, 'Appointment', request.params.appointment ?? '');
  if (appointment === null) return deadEnd(opened, frameWords[language].refused.unknown, 404);
  const page = await factsOf(opened, appointment);
  const over = await overOf(opened, appointment);
  if (over !== null) return overPage(opened, page, over.kind, await lastedOf(opened, over.visit));
  const title = gatewayWords[language].title(page.withWhom);
  return shell(opened, { title, page, above: html`<h1>${title}</h1><p class="lead">${when(page)}</p>` });
}

/** Where a visit is: the address that its Appointment names. */
export const gatewayPage: VideoPage = { method: 'GET', path: '/video/:appointment', whom: 'visitor', run };
