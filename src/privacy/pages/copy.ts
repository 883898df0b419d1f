import { html } from 'hono/html';

import { scriptPath } from '../../pages/assets.ts';
import { button, buttonLink, csrfInput, hidden, notice } from '../../pages/form.ts';
import { privatePageHeaders } from '../../pages/headers.ts';
import type { Html } from '../../pages/layout.ts';
import { type Copy, openCopies } from '../copy/copies.ts';
import { type CopyAsk, copyKey, downloadCopy } from '../copy/download.ts';
import { operate, sentenceOf } from './ask.ts';
import { type CopyState, copyWords } from './copy-words.ts';
import { backWith, pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import { momentInWords } from './times.ts';
import type { Just, Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/copy';

function stateOf({ usedAt, expiresAt, sha256 }: Copy, now: number): CopyState {
  if (usedAt !== null) return 'fetched';
  if (sha256 === null) return 'waiting';
  return expiresAt !== null && expiresAt.getTime() <= now ? 'expired' : 'ready';
}

function item({ request, deps }: RecordVisit, copy: Copy): Html {
  const { language } = request;
  const say = copyWords[language];
  const state = stateOf(copy, deps.fhir.now());
  return html`<li><div>
      <h3>${say.of(momentInWords(language, copy.requestedAt))}</h3>
      <p><span class="tag">${say.states[state]}</span>
        ${state === 'ready' && copy.expiresAt !== null ? say.until(momentInWords(language, copy.expiresAt)) : ''}</p>
      ${state === 'waiting' ? html`<p class="quiet">${say.waitingHint} <a href="${pathIn(request, path)}">${say.again}</a></p>` : ''}
    </div>
    ${state === 'ready' ? buttonLink(pathIn(request, `${path}/${copy.id}`), say.open) : ''}
  </li>`;
}

async function show(visit: RecordVisit, { problems = [] }: Just = {}): Promise<Reply> {
  const { request, record, visitor, csrf, deps } = visit;
  const say = copyWords[request.language];
  const copies = await openCopies(deps.fhir.database, request.tenant, visitor.id, record.id);
  const now = deps.fhir.now();
  const isWaiting = copies.some((one) => stateOf(one, now) === 'waiting');
  const content = html`<p class="lead">${say.lead}</p>
    <p>${say.what}</p>
    <form method="post" action="${pathIn(request, path)}" id="ask" tabindex="-1">${csrfInput(csrf)}${hidden('record', record.id)}
      ${button(say.ask, { look: isWaiting ? 'quiet' : 'main' })}</form>
    <section aria-labelledby="mine"><h2 id="mine">${say.mine}</h2>
      <div data-progress="${isWaiting ? 'open' : 'done'}" role="status">
        ${copies.length === 0 ? html`<p>${say.none}</p>` : html`<ul class="rows">${copies.map((one) => item(visit, one))}</ul>`}
      </div>
    </section>`;
  const done = problems.length === 0 && request.query.get('done') === 'asked' ? { done: say.asked } : {};
  const scripts = isWaiting ? [scriptPath('progress')] : [];
  return recordPage(visit, { title: say.title, content, problems, scripts, ...done });
}

const page: Page = { method: 'GET', path, whom: 'record', run: (visit) => show(visit) };

const ask: Page = {
  method: 'POST',
  path,
  whom: 'record',
  async run(visit) {
    const { request, record } = visit;
    const asked = await operate(visit, ['Patient', record.id, '$my-data']);
    if (asked.ok) return backWith(request, path, 'asked');
    const message = `${copyWords[request.language].refused} ${sentenceOf(asked.issues)}`;
    return show(visit, { problems: [{ field: 'ask', message }] });
  },
};

const askOf = ({ request, visitor }: RecordVisit): CopyAsk => ({
  tenant: request.tenant,
  id: request.params.id ?? '',
  session: { userId: visitor.id, signedInAt: new Date(visitor.signedInAt) },
});

function gone(visit: RecordVisit, status: number, why: string): Promise<Reply> {
  const { request } = visit;
  const say = copyWords[request.language].fetch;
  const content = html`${notice(html`<p>${say.gone} ${why}</p>`, 'bad')}
    <p>${buttonLink(pathIn(request, path), say.back)}</p>`;
  return recordPage(visit, { title: say.title, content, status });
}

/** The way to fetch a copy, for who has just shown who they are. Its key is in the form and in no address. */
const fetchPage: Page = {
  method: 'GET',
  path: `${path}/:id`,
  whom: 'record',
  fresh: true,
  async run(visit) {
    const { request, record, csrf, deps } = visit;
    const { language } = request;
    const say = copyWords[language];
    const found = await copyKey(deps.fhir, askOf(visit));
    if (!found.ok) return gone(visit, found.status, sentenceOf(found.issues));
    const content = html`<p>${say.fetch.lead}</p>
      <p>${say.fetch.warn} ${say.until(momentInWords(language, found.value.expiresAt))}</p>
      <form method="post" action="${pathIn(request, `${path}/${request.params.id ?? ''}`)}">
        ${csrfInput(csrf)}${hidden('record', record.id)}${hidden('key', found.value.key)}${button(say.fetch.button)}
      </form>
      <p class="after"><a href="${pathIn(request, path)}">${say.fetch.back}</a></p>`;
    return recordPage(visit, { title: say.fetch.title, content });
  },
};

/** The bytes as they are opened; who goes away ends it. */
const streamOf = (bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(controller) {
      const { value, done } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });

const download: Page = {
  method: 'POST',
  path: `${path}/:id`,
  whom: 'record',
  fresh: true,
  async run(visit) {
    const { request, deps } = visit;
    const opened = await downloadCopy(deps.fhir, { ...askOf(visit), secret: request.form.get('key') ?? '' });
    if (!opened.ok) return gone(visit, opened.status, sentenceOf(opened.issues));
    const { name, size, bytes } = opened.value;
    return {
      status: 200,
      headers: {
        ...privatePageHeaders(),
        'Content-Type': 'application/zip',
        'Content-Length': String(size),
        'Content-Disposition': `attachment; filename="${name}"`,
      },
      body: streamOf(bytes),
    };
  },
};

export const copyPages: readonly Page[] = [page, ask, fetchPage, download];
