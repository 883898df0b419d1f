import { html } from 'hono/html';
import {
  button,
  buttonLink,
  csrfInput,
  hidden,
  notice,
  type Problem,
  problemSummary,
  titleWith,
} from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Client } from '../clients/client.ts';
import { kindOf } from '../developer/developer-form.ts';
import type { Viewable } from '../developer/developer-launch.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { Refusal } from '../refusals.ts';
import type { Place } from '../tokens/tokens.ts';
import { fact, stateOf } from './developer.ts';
import { developerWords, timeInWords } from './developer-words.ts';
import { refusalsSection, type Told } from './refusals.ts';
import { samplesOf } from './sample-code.ts';
import { sampleCodeWords } from './sample-code-words.ts';

/** What has just been done with an app. */
export type Done = { kind: 'registered' | 'saved'; secret: string | null } | { kind: 'secret'; secret: string } | null;

export type AppPage = {
  client: Client;
  refusals: readonly Refusal[];
  /** For whom it may be started. */
  viewers: readonly Viewable[];
  done: Done;
  told: Told;
  problems: readonly Problem[];
  csrf: string;
  /** Makes a form good for one use. */
  once: string;
  cookies: readonly string[];
};

const code = (text: string): Html => html`<code>${text}</code>`;

function doneNotice(language: Language, done: Done): Html {
  if (done === null) return html``;
  const say = developerWords[language].app;
  const text = done.kind === 'secret' ? '' : say[done.kind];
  const secret =
    done.secret === null
      ? ''
      : html`<p>${say.secretOnce}</p><p>${say.secret}:</p><pre tabindex="0"><code>${done.secret}</code></pre>`;
  return notice(html`${text === '' ? '' : html`<p><b>${text}</b></p>`}${secret}`, 'good');
}

function facts(language: Language, place: Place, client: Client): Html {
  const { home, kinds, app: say, never } = developerWords[language];
  const { metadata, lastUsedAt } = client;
  const lines = (values: readonly string[]): Html | string =>
    values.length === 0 ? say.none : html`${values.map((one) => html`${code(one)}<br>`)}`;
  const isService = kindOf(client) === 'service';
  return html`<section aria-labelledby="facts">
    <h2 id="facts">${say.facts}</h2>
    <dl class="addresses">
      ${fact(say.clientId, code(client.id))}
      ${fact(say.kind, kinds[kindOf(client)].name)}
      ${fact(say.issuer, code(place.issuer))}
      ${fact(home.fhir, code(place.audience))}
      ${fact(say.scopes, lines(metadata.scope.split(' ')))}
      ${isService ? '' : fact(say.redirects, lines(metadata.redirect_uris))}
      ${isService ? '' : fact(say.launch, lines(metadata.launch_uri === undefined ? [] : [metadata.launch_uri]))}
      ${fact(say.lastUsed, lastUsedAt === null ? never : timeInWords(language, lastUsedAt))}
    </dl>
    <p>${buttonLink(`${place.issuer}/developer/${client.id}/edit`, say.edit)}</p>
  </section>`;
}

function samples(language: Language, place: Place, client: Client): Html {
  const say = sampleCodeWords[language];
  const all = samplesOf(client, place);
  return html`<section aria-labelledby="samples">
    <h2 id="samples">${say.title}</h2>
    <p>${say.lead}</p>
    ${all.map(
      ({ about, code: text }, at) => html`<details${at === 0 ? html` open` : ''}>
        <summary>${say.of[about]}</summary>
        <pre tabindex="0"><code>${text}</code></pre>
      </details>`,
    )}
  </section>`;
}

/** Where an app starts by itself, told which server to use. */
function aloneAddress(client: Client, { audience }: Place): string | null {
  const start = client.metadata.launch_uri ?? client.metadata.client_uri;
  if (start === undefined) return null;
  const url = new URL(start);
  url.searchParams.set('iss', audience);
  return url.href;
}

function ehrLaunch(language: Language, place: Place, client: Client, viewers: readonly Viewable[]): Html {
  const say = developerWords[language].simulator;
  if (client.metadata.launch_uri === undefined) return html`<p>${say.noLaunch}</p>`;
  if (viewers.length === 0) return html`<p>${say.nobody}</p>`;
  const address = ({ id, isSelf }: Viewable): string =>
    `${place.issuer}/launch?${new URLSearchParams({ app: client.id, ...(isSelf ? {} : { as: id }) })}`;
  return html`<p>${say.ehrLead}</p>
    ${viewers.some(({ isSelf }) => !isSelf) ? html`<p>${say.demo}</p>` : ''}
    <ul class="links">${viewers.map(
      (one) => html`<li><a href="${address(one)}">${one.isSelf ? say.choose : say.as(one.name)}</a></li>`,
    )}</ul>`;
}

function simulator(language: Language, place: Place, client: Client, viewers: readonly Viewable[]): Html {
  const say = developerWords[language].simulator;
  if (kindOf(client) === 'service') {
    return html`<section aria-labelledby="try"><h2 id="try">${say.title}</h2><p>${say.service}</p></section>`;
  }
  const alone = aloneAddress(client, place);
  const open =
    alone === null
      ? html`<p>${say.noLaunch}</p>`
      : html`<pre tabindex="0"><code>${alone}</code></pre>
        <p><a href="${alone}" target="_blank" rel="noopener noreferrer">${say.open} <span class="unseen">${say.newTab}</span></a></p>`;
  return html`<section aria-labelledby="try">
    <h2 id="try">${say.title}</h2>
    <p>${say.lead}</p>
    <h3>${say.patient}</h3><p>${say.patientLead}</p>${open}
    <h3>${say.practitioner}</h3><p>${say.practitionerLead}</p>
    <h3>${say.ehr}</h3>${ehrLaunch(language, place, client, viewers)}
  </section>`;
}

/** What changes an app for good, each behind a lid. */
function changes(language: Language, action: string, page: AppPage): Html {
  const say = developerWords[language].app;
  const { client, csrf, once } = page;
  const form = (what: string, submit: Html): Html =>
    html`<form method="post" action="${action}">${csrfInput(csrf)}${hidden('do', what)}${hidden('once', once)}${submit}</form>`;
  return html`<section>
    ${
      kindOf(client) === 'secret'
        ? html`<details><summary>${say.newSecret}</summary><p>${say.newSecretLead}</p>${form('secret', button(say.makeSecret, { look: 'danger' }))}</details>`
        : ''
    }
    ${
      client.disabled
        ? ''
        : html`<details><summary>${say.disable}</summary><p>${say.disableLead}</p>${form('disable', button(say.disableNow, { look: 'danger' }))}</details>`
    }
  </section>`;
}

/** All there is to an app, for its own developer. */
export function appPage({ language, place }: SmartRequest, page: AppPage): Promise<Answer> {
  const { client, refusals, viewers, done, told, problems, csrf, cookies } = page;
  const say = developerWords[language].app;
  const action = `${place.issuer}/developer/${client.id}`;
  const state = stateOf(client);
  const name = client.metadata.client_name;
  const content = html`<div class="sheet wide">
    ${problemSummary(language, problems)}
    <p><a href="${place.issuer}/developer">${say.back}</a></p>
    <h1>${name}</h1>
    ${doneNotice(language, done)}
    ${state === 'on' ? '' : notice(say[state], 'bad')}
    ${facts(language, place, client)}
    ${samples(language, place, client)}
    ${simulator(language, place, client, viewers)}
    ${refusalsSection(language, { action, csrf, refusals, told, problems })}
    ${changes(language, action, page)}
  </div>`;
  return pageAnswer(layout({ language, title: titleWith(language, name, problems), content }), {
    status: problems.length === 0 ? 200 : 400,
    cookies,
  });
}
