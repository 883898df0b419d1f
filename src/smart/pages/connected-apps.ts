import { html } from 'hono/html';
import { button, csrfInput, hidden, notice } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { itemsOf } from '../authorize/consent-items.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { csrfOf } from '../people/sessions.ts';
import type { PatientLine } from '../records.ts';
import { changesInWords, otherInWords, rowsInWords } from '../scopes/scope-words.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { consentWords, dayInWords } from './consent-words.ts';

/** What one app was granted in one record: every time that it was let in. */
export type Connected = { grants: readonly AppGrant[]; client: Client | null; patient: PatientLine | null };

/** What has just been taken back: the name of the app, or null where there was nothing left to take. */
export type Taken = { app: string | null } | null;

function mayDo(language: Language, scope: string): Html {
  const say = consentWords[language].apps;
  const lines = itemsOf(scope).map((item) => {
    if (item.kind === 'other') return otherInWords(language, item.value);
    const what = rowsInWords(language, item.scope);
    return item.kind === 'read' ? say.read(what) : say.write(what, changesInWords(language, item.scope));
  });
  return html`<h3>${say.may}</h3>
    <ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

const latest = (days: readonly (Date | null)[]): Date | null =>
  days.reduce((one, other) => (one === null || (other !== null && other > one) ? other : one), null);

function appOf(language: Language, action: string, csrf: Html, { grants, client, patient }: Connected): Html {
  const say = consentWords[language].apps;
  const name = client?.metadata.client_name ?? say.unknownApp;
  const since = new Date(Math.min(...grants.map(({ createdAt }) => createdAt.getTime())));
  const used = latest(grants.map(({ lastUsedAt }) => lastUsedAt));
  const times = [
    say.since(dayInWords(language, since)),
    used === null ? say.unused : say.used(dayInWords(language, used)),
    grants.some(({ sessionId }) => sessionId === null) ? say.lasting : say.session,
  ];
  const scope = [...new Set(grants.flatMap((one) => one.scope.split(' ')))].join(' ');
  return html`<li class="granted">
    <h2>${name}</h2>
    ${patient === null ? '' : html`<p>${say.inRecord(patient.name ?? consentWords[language].consent.unnamed)}</p>`}
    <p class="quiet">${times.join(' · ')}</p>
    ${mayDo(language, scope)}
    <form method="post" action="${action}">
      ${csrf}${grants.map(({ id }) => hidden('grant', id))}
      ${button(say.revoke(name), { look: 'danger' })}
    </form>
  </li>`;
}

/** The apps that somebody let in, what each may do, and a way to take it back. */
export function connectedAppsPage(
  context: SmartContext,
  request: SmartRequest,
  connected: readonly Connected[],
  taken: Taken,
): Promise<Answer> {
  const { language, place } = request;
  const say = consentWords[language].apps;
  const account = `${new URL(place.issuer).pathname.replace(/\/$/, '')}/account`;
  const { token, cookies } = csrfOf(context, request);
  const content = html`<div class="sheet wide">
    <h1>${say.title}</h1>
    ${taken === null ? '' : notice(taken.app === null ? say.gone : say.revoked(taken.app), 'good')}
    <p>${connected.length === 0 ? say.none : say.lead}</p>
    <ul class="choices">${connected.map((one) => appOf(language, `${account}/apps`, csrfInput(token), one))}</ul>
    <p><a href="${account}">${say.back}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.title} · Portico`, content }), { cookies });
}
