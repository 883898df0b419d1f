import type { Device } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { readOne, searchAll, send, sentenceOf } from '../../privacy/pages/ask.ts';
import { backWith, pathIn, seeOther } from '../../privacy/pages/links.ts';
import { dayInWords, listInWords, momentInWords } from '../../privacy/pages/times.ts';
import type { Just, RecordVisit, Reply } from '../../privacy/pages/visit.ts';
import { measureOf } from '../measures.ts';
import { connectionsFor, isOpen, type ShownConnection } from './connections.ts';
import type { DevicePage } from './device-page.ts';
import { devicesPage } from './frame.ts';
import { homeWords } from './home-words.ts';
import { aboveOwn, homePath, ownBook } from './own-readings.ts';
import { nameOfDevice } from './readings.ts';
import { recordChooser } from './record-choice.ts';
import { latestTiles } from './tiles.ts';

const at = (language: RecordVisit['request']['language'], instant: string | null): string =>
  instant === null ? homeWords[language].never : momentInWords(language, Date.parse(instant));

function connection({ request }: RecordVisit, one: ShownConnection): Html {
  const { language } = request;
  const say = homeWords[language];
  const titles = one.measures?.flatMap((id) => measureOf(id)?.title[language] ?? []);
  const problem = one.problem === null ? null : (say.problems[one.problem] ?? one.problem);
  const vendor = /^vendor:(.+)$/.exec(one.source)?.[1];
  return html`<li class="connection">
    <h3>${one.name} <span class="tag${one.state === 'active' ? '' : ' bad'}">${say.states[one.state] ?? one.state}</span></h3>
    ${problem === null ? '' : html`<p class="problem">${say.problem} ${problem}</p>`}
    <dl class="facts small">
      <div><dt>${say.lastSync}</dt><dd>${at(language, one.lastSync)}</dd></div>
      <div><dt>${say.lastReading}</dt><dd>${at(language, one.lastReading)}</dd></div>
      <div><dt>${say.brings}</dt><dd>${titles === undefined ? say.all : listInWords(language, titles)}</dd></div>
    </dl>
    <p><a class="button quiet" href="${pathIn(request, `/devices/connections/${one.id}`)}">${say.change}<span class="unseen"> ${one.name}</span></a>
      ${one.state === 'expired' && vendor !== undefined ? html`<a class="button" href="${pathIn(request, `/devices/connect/${vendor}`)}">${say.again}</a>` : ''}</p>
  </li>`;
}

function endedOnes({ request: { language } }: RecordVisit, ended: readonly ShownConnection[]): Html {
  const say = homeWords[language];
  if (ended.length === 0) return html``;
  return html`<details><summary>${say.ended}</summary><ul class="links">${ended.map(
    ({ name, until }) =>
      html`<li>${name}${until === null ? '' : html` · ${say.until(dayInWords(language, Date.parse(until)))}`}</li>`,
  )}</ul></details>`;
}

/** What measures, apart from what stands for a source itself. */
function measuring({ request, csrf, record }: RecordVisit, devices: readonly (Device & { id: string })[]): Html {
  const say = homeWords[request.language];
  if (devices.length === 0) return html``;
  return html`<section aria-labelledby="devices"><h2 id="devices" tabindex="-1">${say.measuring}</h2>
    <p>${say.measuringLead}</p>
    <ul class="rows">${devices.map((one) => {
      const isOff = one.status !== undefined && one.status !== 'active';
      const about = [one.manufacturer, one.modelNumber].filter(Boolean).join(' ');
      return html`<li><div><h3>${nameOfDevice(one)} ${isOff ? html`<span class="tag">${say.off}</span>` : ''}</h3>
          <p class="quiet">${about}</p></div>
        ${
          isOff
            ? ''
            : html`<form method="post" action="${pathIn(request, '/devices/off')}">${csrfInput(csrf)}${hidden('record', record.id)}${hidden('device', one.id)}
          <button class="button quiet" type="submit">${say.switchOff}<span class="unseen"> ${nameOfDevice(one)}</span></button></form>`
        }</li>`;
    })}</ul></section>`;
}

async function show(visit: RecordVisit, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record } = visit;
  const say = homeWords[request.language];
  const [connections, devices, tiles] = await Promise.all([
    connectionsFor(visit),
    searchAll<Device>(visit, 'Device', { patient: `Patient/${record.id}` }),
    latestTiles(ownBook(visit)),
  ]);
  const sources = new Set(connections.map(({ device }) => device));
  const open = connections.filter(isOpen);
  const done =
    problems.length > 0
      ? undefined
      : Object.entries(say.done).find(([name]) => name === request.query.get('done'))?.[1];
  const content = html`${recordChooser(visit)}
    <section aria-labelledby="readings"><h2 id="readings">${say.readings}</h2>${tiles}</section>
    <section aria-labelledby="sends"><h2 id="sends">${say.sends}</h2>
      ${open.length === 0 ? html`<p>${say.none}</p>` : html`<ul class="plain">${open.map((one) => connection(visit, one))}</ul>`}
      <p><a class="button" href="${pathIn(request, '/devices/connect')}">${say.connect}</a></p>
      ${endedOnes(
        visit,
        connections.filter((one) => !isOpen(one)),
      )}</section>
    ${measuring(
      visit,
      devices.filter(({ id }) => !sources.has(`Device/${id}`)),
    )}
    <p><a href="${pathIn(request, '/privacy')}">${say.privacy}</a></p>`;
  return devicesPage(visit, { title: say.title, above: aboveOwn(visit, 'account'), content, problems, done });
}

/** A device that measures no more: it stays in the record as one that is not used. */
async function switchOff(visit: RecordVisit): Promise<Reply> {
  const { request, record } = visit;
  const say = homeWords[request.language];
  const wrong = (why: string): Promise<Reply> =>
    show(visit, { problems: [{ field: 'devices', message: `${say.refused} ${why}` }] });
  const found = await readOne<Device>(visit, 'Device', request.form.get('device') ?? '');
  if (found?.patient?.reference !== `Patient/${record.id}`) return wrong(say.gone);
  const { id } = found;
  const written = await send(visit, { method: 'PUT', path: ['Device', id], body: { ...found, status: 'inactive' } });
  return written.ok ? backWith(request, homePath, 'off') : wrong(sentenceOf(written.issues));
}

export const homePages: readonly DevicePage[] = [
  { method: 'GET', path: homePath, whom: 'record', run: (visit) => show(visit) },
  { method: 'POST', path: '/devices/off', whom: 'record', run: switchOff },
  {
    method: 'GET',
    // Where it was before there were readings beside it.
    path: '/privacy/devices',
    whom: 'record',
    run: async ({ request }) => seeOther(pathIn(request, homePath)),
  },
];
