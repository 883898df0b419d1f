import { html } from 'hono/html';

import { button, buttonLink, csrfInput, notice } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { cancelErasure, erasureByLink } from '../erase/ask.ts';
import type { Erasure } from '../erase/erasure.ts';
import type { Count, Receipt, ReceiptBody } from '../erase/receipt.ts';
import { holdsOn } from '../hold/hold.ts';
import { eraseWords } from './erase-words.ts';
import { frameWords } from './frame-words.ts';
import { pathIn, seeOther } from './links.ts';
import { deadEnd, plainPage } from './sheet.ts';
import { momentInWords, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { Just, Page, Reply, Visit } from './visit.ts';

const path = '/privacy/erasures/:id/:secret';

const here = ({ request }: Visit): string =>
  pathIn(request, `/privacy/erasures/${request.params.id ?? ''}/${request.params.secret ?? ''}`);

function counts({ request: { language } }: Visit, { resources, versions, sides, files }: ReceiptBody): Html {
  const say = eraseWords[language].link;
  const row = (
    name: string,
    { before, after }: Count,
  ): Html => html`<tr role="row"><th scope="row" role="rowheader">${name}</th>
    <td role="cell" data-label="${say.columns.before}">${numberInWords(language, before)}</td>
    <td role="cell" data-label="${say.columns.after}">${numberInWords(language, after)}</td></tr>`;
  return html`<table role="table"><caption class="unseen">${say.counts}</caption>
    <thead role="rowgroup"><tr role="row">${Object.values(say.columns).map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
    <tbody role="rowgroup">${Object.entries(resources).map(([type, count]) => row(typeInWords(language, type), count))}
      ${row(say.rows.versions, versions)}${row(say.rows.sides, sides)}${row(say.rows.files, files)}</tbody>
  </table>`;
}

/** What was deleted, in figures, and what shows it. */
function receiptOf(visit: Visit, receipt: Receipt): Html {
  const { language } = visit.request;
  const say = eraseWords[language].link;
  const body = JSON.parse(receipt.body) as ReceiptBody; // what was signed here
  return html`<section aria-labelledby="receipt"><h2 id="receipt">${say.receipt}</h2>
      <p>${say.erasedOn(momentInWords(language, new Date(body.erased)))}</p>
      <h3>${say.counts}</h3>${counts(visit, body)}</section>
    <section aria-labelledby="kept"><h2 id="kept">${say.kept}</h2>
      ${
        body.kept.length === 0
          ? html`<p>${say.keptNone}</p>`
          : html`<ul class="links">${body.kept.map(({ type, count, reason }) => html`<li>${typeInWords(language, type)} (${numberInWords(language, count)}): ${reason}</li>`)}</ul>`
      }</section>
    <section><details><summary>${say.signature}</summary><p>${say.signatureHint}</p>
      <pre tabindex="0"><code>${JSON.stringify(receipt, null, 1)}</code></pre></details></section>`;
}

/** Of a hold that is sealed nobody is told: then it waits as what is due in a moment does. */
async function isHeld({ deps }: Visit, { tenant, patient }: Erasure): Promise<boolean> {
  const holds = await holdsOn(deps.fhir.database, tenant, [patient], deps.fhir.now());
  return holds.some(({ sealed }) => !sealed);
}

async function show(visit: Visit, erasure: Erasure, { problems = [], done }: Just = {}): Promise<Reply> {
  const { request, csrf } = visit;
  const { dueAt, receipt } = erasure;
  const state = erasure.state === 'deferred' && !(await isHeld(visit, erasure)) ? 'grace' : erasure.state;
  const { language } = request;
  const say = eraseWords[language].link;
  const mayCancel = state === 'grace' || state === 'deferred';
  const content = html`<p class="lead">${say.states[state]}</p>
    ${state === 'grace' ? html`<p>${say.due(momentInWords(language, dueAt))}</p>` : ''}
    ${mayCancel || state === 'erasing' ? notice(say.keep) : ''}
    ${
      mayCancel
        ? html`<section aria-labelledby="cancel"><h2 id="cancel">${say.cancel.title}</h2><p>${say.cancel.text}</p>
        <form method="post" action="${here(visit)}">${csrfInput(csrf)}${button(say.cancel.button)}</form></section>`
        : ''
    }
    ${state === 'cancelled' ? html`<p>${buttonLink(pathIn(request, '/account/sign-in'), say.signIn)}</p>` : ''}
    ${receipt === null ? '' : receiptOf(visit, receipt)}`;
  return plainPage(visit, { title: say.title, content, problems, ...(done === undefined ? {} : { done }) });
}

const found = ({ deps, request }: Visit): Promise<Erasure | null> =>
  erasureByLink(deps.fhir, request.tenant, request.params.id ?? '', request.params.secret ?? '');

const unknown = (visit: Visit): Promise<Reply> =>
  deadEnd(visit, frameWords[visit.request.language].refused.unknown, 404);

/** What becomes of a deletion, for whoever asked for it and has no account any more. */
const page: Page = {
  method: 'GET',
  path,
  whom: 'anybody',
  async run(visit) {
    const erasure = await found(visit);
    if (erasure === null) return unknown(visit);
    const isDone = erasure.state === 'cancelled' && visit.request.query.get('done') === 'cancelled';
    return show(visit, erasure, isDone ? { done: eraseWords[visit.request.language].link.cancel.done } : {});
  },
};

const cancel: Page = {
  method: 'POST',
  path,
  whom: 'anybody',
  async run(visit) {
    const erasure = await found(visit);
    if (erasure === null) return unknown(visit);
    const cancelled = await cancelErasure(visit.deps.fhir, erasure);
    if (cancelled.ok) return seeOther(`${here(visit)}?done=cancelled`);
    const { late } = eraseWords[visit.request.language].link.cancel;
    return show(visit, (await found(visit)) ?? erasure, { problems: [{ field: 'content', message: late }] });
  },
};

export const erasureLinkPages: readonly Page[] = [page, cancel];
