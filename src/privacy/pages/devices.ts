import type { Device } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { readOne, searchAll, send, sentenceOf } from './ask.ts';
import { devicesWords } from './devices-words.ts';
import { backWith, pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import type { Just, Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/devices';

type Shown = Device & { id: string };

const isOn = ({ status }: Device): boolean => status === undefined || status === 'active';

function nameOf({ deviceName = [], manufacturer, modelNumber, type, id = '' }: Device): {
  name: string;
  about: string;
} {
  const name = deviceName[0]?.name ?? type?.text ?? type?.coding?.[0]?.display ?? modelNumber ?? id;
  return { name, about: [manufacturer, modelNumber].filter(Boolean).join(' ') };
}

function item({ request, csrf, record }: RecordVisit, device: Shown): Html {
  const say = devicesWords[request.language];
  const { name, about } = nameOf(device);
  return html`<li><div>
      <h2>${name} ${isOn(device) ? '' : html`<span class="tag">${say.off}</span>`}</h2>
      <p class="quiet">${about}</p>
    </div>
    ${
      isOn(device)
        ? html`<form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}${hidden('record', record.id)}${hidden('device', device.id)}
          <button class="button danger" type="submit">${say.disconnect} <span class="unseen">${name}</span></button></form>`
        : ''
    }
  </li>`;
}

async function show(visit: RecordVisit, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record } = visit;
  const say = devicesWords[request.language];
  const devices = await searchAll<Device>(visit, 'Device', { patient: `Patient/${record.id}` });
  const done = problems.length === 0 && request.query.get('done') === 'disconnected';
  const content = html`<p>${devices.length === 0 ? say.none : say.lead}</p>
    <ul class="rows" id="devices" tabindex="-1">${devices.map((one) => item(visit, one))}</ul>
    <p><a href="${pathIn(request, '/account/apps')}">${say.apps}</a></p>`;
  return recordPage(visit, { title: say.title, content, problems, ...(done ? { done: say.done } : {}) });
}

const page: Page = { method: 'GET', path, whom: 'record', run: (visit) => show(visit) };

/** Ends what a device may send: it stays in the record as one that is not used any more. */
const disconnect: Page = {
  method: 'POST',
  path,
  whom: 'record',
  async run(visit) {
    const { request, record } = visit;
    const say = devicesWords[request.language];
    const wrong = (why: string): Promise<Reply> =>
      show(visit, { problems: [{ field: 'devices', message: `${say.refused} ${why}` }] });
    const found = await readOne<Device>(visit, 'Device', request.form.get('device') ?? '');
    if (found?.patient?.reference !== `Patient/${record.id}`) return wrong(say.gone);
    const { id } = found;
    const written = await send(visit, { method: 'PUT', path: ['Device', id], body: { ...found, status: 'inactive' } });
    return written.ok ? backWith(request, path, 'disconnected') : wrong(sentenceOf(written.issues));
  },
};

export const devicesPages: readonly Page[] = [page, disconnect];
