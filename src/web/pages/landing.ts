import { html } from 'hono/html';

import type { CastMember } from '../../demo/cast.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { layout } from '../../pages/layout.ts';
import { barChart, bars } from './chart.ts';
import { commands } from './commands.ts';
import type { Words } from './words.ts';
import { words } from './words.ts';

export type Landing = {
  /** Where the server can be reached, without a trailing slash: `http://127.0.0.1:8103`. */
  origin: string;
  /** The FHIR base, without a trailing slash. */
  base: string;
  language: Language;
  version: string;
  /** Whether the database answered just now. */
  healthy: boolean;
  now: Date;
  /** The demo patients; null when there is no demo world. */
  demo: readonly CastMember[] | null;
  /** Current resources by type; null when that is nobody's business. */
  counts: Readonly<Record<string, number>> | null;
};

/** So many patients are shown at once; the rest unfold. */
const SHOWN = 8;
const CHART_TYPES = 14;

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

function healthLine(page: Landing, say: Words): Html {
  const time = `${page.now.toISOString().slice(11, 16)} UTC`;
  return page.healthy
    ? html`<p class="health good">${say.healthy(time)}</p>`
    : html`<p class="health bad">${say.unhealthy(time)}</p>`;
}

/** Pages for people, by their addresses. */
const doors = (language: Language, say: Words): Html => html`<section aria-labelledby="doors">
    <h2 id="doors">${say.comeIn}</h2>
    <ul class="audiences">
      ${(['account', 'privacy', 'launch', 'developer', 'operator'] as const).map(
        (door) =>
          html`<li><h3><a href="/${door}?lang=${language}">${say.doors[door].name}</a></h3><p>${say.doors[door].what}</p></li>`,
      )}
    </ul>
  </section>`;

function addresses({ base, origin }: Landing, say: Words): Html {
  const open = (url: string) => html`<a href="${url}"><code>${url}</code></a>`;
  return html`<section aria-labelledby="addresses">
    <h2 id="addresses">${say.addresses}</h2>
    <p>${say.addressesLead}</p>
    <dl class="addresses">
      <div><dt>${say.address.fhir}</dt><dd><code>${base}</code></dd></div>
      <div><dt>${say.address.metadata}</dt><dd>${open(`${base}/metadata`)}</dd></div>
      <div><dt>${say.address.smart}</dt><dd>${open(`${base}/.well-known/smart-configuration`)}</dd></div>
      <div><dt>${say.address.livez}</dt><dd>${open(`${origin}/livez`)}</dd></div>
      <div><dt>${say.address.readyz}</dt><dd>${open(`${origin}/readyz`)}</dd></div>
    </dl>
  </section>`;
}

const command = (title: string, text: string): Html => html`<li>
      <h3>${title}</h3>
      <pre><code>${text}</code></pre>
    </li>`;

function tryIt({ base, demo }: Landing, say: Words): Html {
  const all = commands(base);
  return html`<section aria-labelledby="try">
    <h2 id="try">${say.tryIt}</h2>
    <p>${say.tryItLead} <span class="quiet">${say.copyHint}</span></p>
    <ol class="steps">
      ${command(say.steps.token, all.token)}
      ${demo ? [command(say.steps.read, all.read), command(say.steps.search, all.search), command(say.steps.everything, all.everything)] : ''}
      ${command(say.steps.create, all.create)}
    </ol>
  </section>`;
}

function patientRow(one: CastMember, say: Words): Html {
  const conditions = one.conditions.map((key) => say.conditions[key]).join(', ');
  const devices = one.devices.map((key) => say.devices[key]).join(', ');
  return html`<tr role="row">
        <th scope="row" role="rowheader">${one.name}</th>
        <td role="cell" data-label="${say.columns.age}">${one.age}</td>
        <td role="cell" data-label="${say.columns.id}"><code>${one.id}</code></td>
        <td role="cell" data-label="${say.columns.conditions}">${conditions || html`<span class="quiet">${say.well}</span>`}</td>
        <td role="cell" data-label="${say.columns.devices}">${devices || html`<span class="quiet">${say.noDevice}</span>`}</td>
      </tr>`;
}

/** The roles are written out because browsers forget them when a phone shows the rows as cards. */
function patientTable(shown: readonly CastMember[], caption: string, say: Words): Html {
  const { columns } = say;
  return html`<table role="table">
      <caption class="unseen">${caption}</caption>
      <thead role="rowgroup"><tr role="row">
        ${[columns.name, columns.age, columns.id, columns.conditions, columns.devices].map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}
      </tr></thead>
      <tbody role="rowgroup">${shown.map((one) => patientRow(one, say))}</tbody>
    </table>`;
}

function demoPatients(demo: readonly CastMember[], say: Words): Html {
  // Those with something to look at come first.
  const [first, rest] = [
    demo.filter(({ devices }) => devices.length > 0).slice(0, SHOWN),
    demo.filter(({ devices }) => devices.length > 0).slice(SHOWN),
  ];
  const others = [...rest, ...demo.filter(({ devices }) => devices.length === 0)];
  return html`<section aria-labelledby="people">
    <h2 id="people">${say.people}</h2>
    <p>${say.peopleLead} <strong>${say.peopleNote}</strong></p>
    ${patientTable(first, say.caption, say)}
    ${others.length > 0 ? html`<details><summary>${say.more(others.length)}</summary>${patientTable(others, say.more(others.length), say)}</details>` : ''}
  </section>`;
}

function stored(counts: Readonly<Record<string, number>>, language: Language, say: Words): Html {
  const format = (count: number): string => count.toLocaleString(locales[language]);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return html`<section aria-labelledby="stored">
    <h2 id="stored">${say.stored}</h2>
    <p>${say.storedLead(format(total))}</p>
    ${barChart(bars(counts, CHART_TYPES, say.storedRest), format)}
  </section>`;
}

const furtherReading = ({ base, language }: Landing, say: Words): Html => html`<section aria-labelledby="further">
    <h2 id="further">${say.further}</h2>
    <ul class="links">
      <li><strong>${say.links.readme}</strong><br>${say.readmeText}</li>
      <li><a href="${base}/metadata">${say.links.capability}</a></li>
      <li><a href="https://hl7.org/fhir/R4/" hreflang="en">${say.links.fhir}</a></li>
      <li><a href="https://hl7.org/fhir/R4/search.html" hreflang="en">${say.links.search}</a></li>
      <li><a href="/devices?lang=${language}">${say.links.devices}</a></li>
      <li><a href="/privacy/complaint?lang=${language}">${say.links.complaint}</a></li>
    </ul>
  </section>`;

/** The page at `/`: what this server is, for people who came by a browser. */
export function landingPage(page: Landing): Html {
  const say = words[page.language];
  const content = html`
    <div class="hero">
      <h1>${say.title}</h1>
      <p class="lead">${say.lead}</p>
      ${healthLine(page, say)}
    </div>
    <section aria-labelledby="whom">
      <h2 id="whom">${say.forWhom}</h2>
      <ul class="audiences">
        ${say.audiences.map(({ who, what }) => html`<li><h3>${who}</h3><p>${what}</p></li>`)}
      </ul>
    </section>
    ${doors(page.language, say)}
    ${tryIt(page, say)}
    ${addresses(page, say)}
    ${page.demo ? demoPatients(page.demo, say) : ''}
    ${page.counts ? stored(page.counts, page.language, say) : ''}
    ${furtherReading(page, say)}`;
  return layout({
    language: page.language,
    title: `Portico · ${say.title}`,
    content,
    footer: html`<p>${say.version} ${page.version}</p><p>${say.licence}</p>`,
  });
}
