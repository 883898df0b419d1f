import type { Parameters } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { button, csrfInput, field, hidden, notice, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { GRACE } from '../erase/ask.ts';
import { inventoryOf } from '../erase/inventory.ts';
import { holdsOn } from '../hold/hold.ts';
import { keptByLaw } from '../retention/kept.ts';
import { operate, sentenceOf } from './ask.ts';
import { eraseWords } from './erase-words.ts';
import { pathIn, seeOther } from './links.ts';
import { recordPage } from './sheet.ts';
import { begun, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/delete';

const list = (title: string, id: string, lines: readonly string[]): Html => html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2><ul class="links">${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;

/** Of a hold that is sealed nobody is told. */
async function isHeld({ deps, request, record }: RecordVisit): Promise<boolean> {
  const { database, now } = deps.fhir;
  return (await holdsOn(database, request.tenant, [record.id], now())).some(({ sealed }) => !sealed);
}

/** What of the record the law keeps, by type and reason, as the receipt will say it. */
async function keptOf({ deps, request: { tenant, language }, record }: RecordVisit): Promise<string[]> {
  const { own } = await inventoryOf(deps.fhir.database, tenant, record.id);
  const kept = await keptByLaw(deps.fhir, tenant, own);
  const groups = Map.groupBy(kept, ({ type, reason }) => JSON.stringify([type, reason]));
  return [...groups.values()].map((all) => {
    const [{ type, reason } = { type: '', reason: '' }] = all;
    return `${begun(typeInWords(language, type))} (${numberInWords(language, all.length)}): ${reason}`;
  });
}

async function show(visit: RecordVisit, problems: readonly Problem[] = []): Promise<Reply> {
  const { request, csrf, record } = visit;
  const say = eraseWords[request.language];
  const { confirm } = say;
  const content = html`<p class="lead">${say.lead}</p>
    ${(await isHeld(visit)) ? notice(say.held, 'bad') : ''}
    <p>${say.copyFirst} <a href="${pathIn(request, '/privacy/copy')}">${say.copyLink}</a></p>
    ${list(say.goes, 'goes', say.going)}
    ${list(say.stays, 'stays', [...say.staying, ...(await keptOf(visit))])}
    <section aria-labelledby="when"><h2 id="when">${say.grace.title}</h2>
      <p>${say.grace.text(GRACE)}</p><p>${say.grace.account}</p></section>
    <section aria-labelledby="sure"><h2 id="sure">${confirm.title}</h2>
      <form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}${hidden('record', record.id)}
        ${field({
          name: 'word',
          label: confirm.label(confirm.word),
          hint: confirm.hint,
          value: request.form.get('word') ?? '',
          autocomplete: 'off',
          problems,
          required: true,
          longest: 30,
        })}
        ${button(confirm.button, { look: 'danger' })}
      </form>
    </section>`;
  return recordPage(visit, { title: say.title, content, problems });
}

/** Where the deletion is looked at from now on, of what the operation answers. */
function linkIn(text: string): string | null {
  const { parameter = [] } = JSON.parse(text) as Parameters; // the operation's own
  const url = parameter.find(({ name }) => name === 'link')?.valueUrl;
  return url === undefined ? null : new URL(url).pathname;
}

async function erase(visit: RecordVisit): Promise<Reply> {
  const { request, record } = visit;
  const { confirm } = eraseWords[request.language];
  const word = (request.form.get('word') ?? '').trim().toUpperCase();
  if (word !== confirm.word) return show(visit, [{ field: 'word', message: confirm.wrong(confirm.word) }]);
  const asked = await operate(visit, ['Patient', record.id, '$erase']);
  if (!asked.ok) return show(visit, [{ field: 'word', message: `${confirm.refused} ${sentenceOf(asked.issues)}` }]);
  return seeOther(linkIn(asked.value) ?? pathIn(request, '/privacy'));
}

export const erasePages: readonly Page[] = [
  { method: 'GET', path, whom: 'record', fresh: true, run: (visit) => show(visit) },
  { method: 'POST', path, whom: 'record', fresh: true, run: erase },
];
