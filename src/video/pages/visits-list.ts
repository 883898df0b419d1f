import type { Appointment } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { notice } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { searchPage } from '../../privacy/pages/ask.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import type { OpenedBy, VideoPage } from './video-page.ts';
import { type Booked, type Shown, shownOf, visitsPage } from './visits-shown.ts';
import { visitsWords } from './visits-words.ts';

/** ms; a visit that began so long ago may still be under way. */
const RECENT = 4 * 3_600_000;

const open: ReadonlySet<string> = new Set(['booked', 'arrived', 'checked-in']);

/** Whose Appointments they are: of the patient, or of who treats. */
const whose = ({ visitor: { fhirUser }, grant }: OpenedBy): Record<string, string> =>
  fhirUser.startsWith('Practitioner/')
    ? { practitioner: fhirUser, _include: 'Appointment:patient' }
    : { patient: `Patient/${grant.caller.patient ?? ''}`, _include: 'Appointment:practitioner' };

async function found(opened: OpenedBy, query: Record<string, string>): Promise<Shown[]> {
  const page = await searchPage<Appointment>(opened, 'Appointment', { ...whose(opened), ...query });
  const known = new Map(page.found.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const appointments = page.found.filter((one): one is Booked => one.resourceType === 'Appointment');
  return Promise.all(appointments.map((one) => shownOf(opened, one, known)));
}

function actions({ request }: OpenedBy, { appointment, isVideo, day }: Shown): Html {
  const say = visitsWords[request.language];
  const { id, status } = appointment;
  // Who hears the links one by one hears which visit each is of.
  const which = html`<span class="unseen">${say.of(day)}</span>`;
  const link = (path: string, text: string): Html =>
    html`<li><a href="${pathIn(request, `/visits/${id}/${path}`)}">${text}${which}</a></li>`;
  const main = (path: string, text: string): Html =>
    html`<li><a class="button small" href="${pathIn(request, path)}">${text}${which}</a></li>`;
  if (status === 'pending') return html`<ul class="doings">${main(`/visits/${id}/confirm`, say.confirm)}</ul>`;
  return html`<ul class="doings">
    ${isVideo && open.has(status) ? main(`/video/${id}`, say.join) : ''}
    ${status === 'booked' ? link('change', say.change) : ''}${link('cancel', say.cancel)}${link('visit.ics', say.file)}
  </ul>`;
}

function line(opened: OpenedBy, shown: Shown, isPast: boolean): Html {
  const { statuses } = visitsWords[opened.request.language];
  const { status } = shown.appointment;
  return html`<li><div>
      <h3>${shown.day}</h3>
      <p>${shown.time}<br>${shown.what}${isPast || status !== 'booked' ? html` · <span class="tag">${statuses[status]}</span>` : ''}</p>
      ${isPast ? '' : actions(opened, shown)}
    </div></li>`;
}

/** The visits of whoever is signed in. */
export const visitsListPage: VideoPage = {
  method: 'GET',
  path: '/visits',
  whom: 'visitor',
  async run(opened) {
    const { deps, request, visitor } = opened;
    const say = visitsWords[request.language];
    const now = deps.fhir.now();
    const [coming, past] = await Promise.all([
      found(opened, {
        date: `ge${new Date(now - RECENT).toISOString()}`,
        status: 'pending,booked,arrived,checked-in',
        _sort: 'date',
        _count: '50',
      }),
      found(opened, {
        date: `lt${new Date(now).toISOString()}`,
        status: 'fulfilled,cancelled,noshow',
        _sort: '-date',
        _count: '10',
      }),
    ]);
    const done = Object.entries(say.done).find(([name]) => name === request.query.get('done'))?.[1];
    const content = html`${done === undefined ? '' : notice(done, 'good')}
      ${visitor.fhirUser.startsWith('Practitioner/') ? '' : html`<p><a class="button" href="${pathIn(request, '/visits/new')}">${say.book}</a></p>`}
      <h2>${say.coming}</h2>
      ${coming.length === 0 ? html`<p>${say.none}</p>` : html`<ul class="rows">${coming.map((one) => line(opened, one, false))}</ul>`}
      ${past.length === 0 ? '' : html`<h2>${say.past}</h2><ul class="rows">${past.map((one) => line(opened, one, true))}</ul>`}`;
    return visitsPage(opened, { title: say.title, content });
  },
};
