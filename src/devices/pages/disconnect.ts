import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import { button, buttonLink, csrfInput, hidden } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { operate, sentenceOf } from '../../privacy/pages/ask.ts';
import { backWith, pathIn } from '../../privacy/pages/links.ts';
import type { RecordVisit, Reply } from '../../privacy/pages/visit.ts';
import { choiceWords } from './choice-words.ts';
import type { ShownConnection } from './connections.ts';
import { disconnectWords } from './disconnect-words.ts';
import { devicesPage } from './frame.ts';
import { aboveOwn, homePath } from './own-readings.ts';

type Shown = Pick<ShownConnection, 'id' | 'name'>;

const pathOf = (visit: RecordVisit, id: string): string => pathIn(visit.request, `/devices/connections/${id}`);

const carried = ({ csrf, record }: RecordVisit): Html => html`${csrfInput(csrf)}${hidden('record', record.id)}`;

/** The part of a page in which a source is disconnected. */
export function disconnectForm(visit: RecordVisit, { id }: Shown): Html {
  const say = disconnectWords[visit.request.language];
  const wants = visit.request.form.get('readings') === 'erase' ? 'erase' : 'keep';
  return html`<section aria-labelledby="disconnect"><h2 id="disconnect" tabindex="-1">${say.title}</h2>
      <p>${say.lead}</p>
      <form method="post" action="${pathOf(visit, id)}/disconnect" class="form">${carried(visit)}
        <fieldset><legend>${say.readings}</legend>
          ${(['keep', 'erase'] as const).map((value) =>
            box({ type: 'radio', name: 'readings', value, checked: value === wants, label: say[value] }),
          )}</fieldset>
        ${button(say.disconnect, { look: 'danger' })}</form>
    </section>`;
}

/** What is deleted for good is asked for twice. */
function askAgain(visit: RecordVisit, { id, name }: Shown): Promise<Reply> {
  const { sure } = disconnectWords[visit.request.language];
  const content = html`<p>${sure.lead(name)}</p>
    <ul><li>${sure.goes}</li><li>${sure.stays}</li></ul>
    <form method="post" action="${pathOf(visit, id)}/disconnect" class="form">${carried(visit)}
      ${hidden('readings', 'erase')}${hidden('sure', 'yes')}
      ${button(sure.erase, { look: 'danger' })}</form>
    <p>${buttonLink(pathOf(visit, id), sure.back)}</p>`;
  return devicesPage(visit, { title: sure.title(name), above: aboveOwn(visit, 'home'), content });
}

/** @param wrong the page again, with why it was not done */
export async function disconnect(
  visit: RecordVisit,
  one: Shown,
  wrong: (message: string) => Promise<Reply>,
): Promise<Reply> {
  const { request, record } = visit;
  const isErased = request.form.get('readings') === 'erase';
  if (isErased && request.form.get('sure') !== 'yes') return askAgain(visit, one);
  const ended = await operate(
    visit,
    ['Patient', record.id, '$device-disconnect'],
    [
      { name: 'connection', valueString: one.id },
      { name: 'readings', valueCode: isErased ? 'erase' : 'keep' },
    ],
  );
  if (ended.ok) return backWith(request, homePath, isErased ? 'erased' : 'disconnected');
  return wrong(`${choiceWords[request.language].refused} ${sentenceOf(ended.issues)}`);
}
