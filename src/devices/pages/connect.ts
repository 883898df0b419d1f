import type { Parameters } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { button, csrfInput, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { sendFor, sentenceOf } from '../../privacy/pages/ask.ts';
import { frameWords as privacyWords } from '../../privacy/pages/frame-words.ts';
import { pathIn, seeOther } from '../../privacy/pages/links.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { Just, RecordVisit, Reply } from '../../privacy/pages/visit.ts';
import { finishConnection } from '../connections/finish.ts';
import type { DeviceDeps } from '../deps.ts';
import { measuresOf, type Vendor } from '../vendors/vendor.ts';
import { choiceWords } from './choice-words.ts';
import { connectionsFor } from './connections.ts';
import type { DevicePage } from './device-page.ts';
import { devicesPage } from './frame.ts';
import { chosenOf, measureChoice } from './measure-choice.ts';
import { vendorsOf } from './offered.ts';
import { aboveOwn, homePath } from './own-readings.ts';
import { recordKept } from './record-choice.ts';

const path = '/devices/connect';

async function list(visit: RecordVisit, deps: DeviceDeps): Promise<Reply> {
  const { request } = visit;
  const say = choiceWords[request.language].connect;
  const active = new Set(
    (await connectionsFor(visit)).flatMap(({ state, source }) => (state === 'active' ? [source] : [])),
  );
  const line = ({ id, name }: Vendor): Html =>
    active.has(`vendor:${id}`)
      ? html`<li><span class="choice">${name} <span class="tag">${say.connected}</span></span></li>`
      : html`<li><a class="choice" href="${pathIn(request, `${path}/${id}`)}">${name}</a></li>`;
  const vendors = vendorsOf(deps);
  const content = html`${
    vendors.length === 0
      ? html`<p>${say.none}</p>`
      : html`<p>${say.lead}</p><ul class="choices">${vendors.map(line)}</ul>`
  }
    <h2>${say.apps}</h2>
    <p>${say.appsLead} <a href="${pathIn(request, '/account/apps')}">${say.open}</a>.</p>`;
  return devicesPage(visit, { title: say.title, above: aboveOwn(visit, 'home'), content });
}

const vendorIn = (visit: RecordVisit, deps: DeviceDeps): Vendor | undefined =>
  vendorsOf(deps).find(({ id }) => id === visit.request.params.vendor);

const gone = (visit: RecordVisit): Promise<Reply> =>
  deadEnd(visit, privacyWords[visit.request.language].refused.unknown, 404);

async function ask(visit: RecordVisit, deps: DeviceDeps, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record, csrf } = visit;
  const { language } = request;
  const vendor = vendorIn(visit, deps);
  if (vendor === undefined) return gone(visit);
  const say = choiceWords[language];
  const content = html`<p>${say.connect.oneLead(vendor.name)}</p>
    <form method="post" action="${pathIn(request, `${path}/${vendor.id}`)}" class="form">
      ${csrfInput(csrf)}${hidden('record', record.id)}
      ${measureChoice(language, measuresOf(vendor), null)}
      ${button(say.connect.agree)}
    </form>`;
  return devicesPage(visit, { title: say.connect.one(vendor.name), above: aboveOwn(visit, 'home'), content, problems });
}

/** What was chosen is kept; the way to the vendor is a link, for what a form leads to would be held to our own policy. */
async function begin(visit: RecordVisit, deps: DeviceDeps): Promise<Reply> {
  const { request, record } = visit;
  const { language } = request;
  const vendor = vendorIn(visit, deps);
  if (vendor === undefined) return gone(visit);
  const say = choiceWords[language];
  const wrong = (why: string): Promise<Reply> =>
    ask(visit, deps, { problems: [{ field: 'measures', message: `${say.refused} ${why}` }] });
  const chosen = chosenOf(request.form);
  if (chosen === null) return wrong(say.nothing);
  const begun = await sendFor<Parameters>(visit, {
    method: 'POST',
    path: ['Patient', record.id, '$device-connect'],
    body: {
      resourceType: 'Parameters',
      parameter: [{ name: 'vendor', valueCode: vendor.id }, ...chosen.filter(({ name }) => name === 'measure')],
    },
  });
  if (!begun.ok) return wrong(sentenceOf(begun.issues));
  const authorize = begun.value.parameter?.find(({ name }) => name === 'authorize')?.valueUrl;
  if (authorize === undefined) return seeOther(`${pathIn(request, homePath)}?done=connected`);
  const content = html`<p>${say.connect.ready(vendor.name)}</p>
    <p><a class="button" href="${authorize}">${say.connect.go(vendor.name)}</a></p>`;
  const answer = await devicesPage(visit, {
    title: say.connect.one(vendor.name),
    above: aboveOwn(visit, 'home'),
    content,
  });
  // Whoever comes back from the vendor is at the record that they left from.
  return { ...answer, cookies: [...(answer.cookies ?? []), ...recordKept(visit)] };
}

/** Where a vendor sends a browser back to. */
async function comeBack(visit: RecordVisit, deps: DeviceDeps): Promise<Reply> {
  const { request, grant } = visit;
  const vendor = vendorIn(visit, deps);
  if (vendor === undefined) return gone(visit);
  const came = { tenant: request.tenant, vendor: vendor.id, query: request.query, grant };
  const finished = await finishConnection(deps.fhir, deps, came);
  if (finished.ok) return seeOther(`${pathIn(request, homePath)}?done=connected`);
  const say = choiceWords[request.language].connect;
  const content = html`<p>${say.failed(vendor.name)} ${sentenceOf(finished.issues)}</p>
    <p><a class="button" href="${pathIn(request, `${path}/${vendor.id}`)}">${say.again}</a></p>`;
  const { status } = finished;
  return devicesPage(visit, {
    title: say.one(vendor.name),
    above: aboveOwn(visit, 'home'),
    content,
    status,
    noQuery: true,
  });
}

export const connectPages: readonly DevicePage[] = [
  { method: 'GET', path, whom: 'record', run: list },
  { method: 'GET', path: `${path}/:vendor`, whom: 'record', run: (visit, deps) => ask(visit, deps) },
  { method: 'POST', path: `${path}/:vendor`, whom: 'record', run: begin },
  { method: 'GET', path: `${path}/:vendor/callback`, whom: 'record', run: comeBack },
];
