import { html } from 'hono/html';
import { box, select } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, type Problem, problemSummary, titleWith } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Client } from '../clients/client.ts';
import type { RecordLine } from '../developer/record-lines.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import type { PatientLine, PatientPage } from '../records.ts';
import { birthDateInWords } from './consent-words.ts';
import { ehrLaunchWords } from './ehr-launch-words.ts';

type Common = {
  csrf: string;
  cookies: readonly string[];
  /** The app that it was begun with. */
  app: Client | null;
  /** For whom it is started, where that is not who is signed in. */
  as: { id: string; name: string } | null;
  problems: readonly Problem[];
};

/** What every form hands on. */
const handedOn = ({ csrf, app, as }: Common): Html =>
  html`${csrfInput(csrf)}${app ? hidden('app', app.id) : ''}${as ? hidden('as', as.id) : ''}`;

const whoseLaunch = (language: Language, { as }: Common): Html =>
  as ? html`<p>${ehrLaunchWords[language].forWhom(as.name)}</p>` : html``;

const answered = (
  language: Language,
  title: string,
  content: Html,
  of: Common,
  forms: readonly string[] = [],
): Promise<Answer> =>
  pageAnswer(layout({ language, title: titleWith(language, title, of.problems), content }), {
    status: of.problems.length === 0 ? 200 : 400,
    cookies: of.cookies,
    forms,
  });

/** With whom an app is to be started. */
export function choosePatientPage(
  { language, place }: SmartRequest,
  of: Common & { sought: string; found: PatientPage; further: boolean },
): Promise<Answer> {
  const { app, as, sought, found, further, problems } = of;
  const say = ehrLaunchWords[language];
  const kept = { ...(app ? { app: app.id } : {}), ...(as ? { as: as.id } : {}) };
  const at = (page: string | null): string =>
    `${place.issuer}/launch?${new URLSearchParams({ ...kept, q: sought, ...(page === null ? {} : { page }) })}`;
  const lines = found.patients.map(({ id, name, birthDate }) => {
    const born = birthDate === null ? '' : say.born(birthDateInWords(language, birthDate));
    return html`<li><button class="choice" type="submit" name="patient" value="${id}">
      <span class="unseen">${say.choose('')}</span><b>${name ?? say.unnamed}</b> <span class="quiet">${born}</span>
    </button></li>`;
  });
  const list =
    lines.length === 0
      ? html`<p role="status">${sought === '' ? say.nobody : say.none}</p>`
      : html`<form method="post" action="${place.issuer}/launch">${handedOn(of)}<ul class="choices">${lines}</ul></form>`;
  const content = html`<div class="sheet">
    ${problemSummary(language, problems)}
    <h1>${say.title}</h1>
    <p class="lead">${app ? say.leadApp(app.metadata.client_name) : say.lead}</p>
    ${whoseLaunch(language, of)}
    <form method="get" action="${place.issuer}/launch" role="search">
      ${Object.entries(kept).map(([name, value]) => hidden(name, value))}
      ${field({ name: 'q', label: say.sought, hint: say.hint, type: 'search', value: sought, longest: 100 })}
      ${button(say.find, { look: 'quiet' })}
    </form>
    <section aria-labelledby="patient"><h2 id="patient" tabindex="-1">${say.list}</h2>
      ${list}
      ${found.next === null ? '' : html`<p><a href="${at(found.next)}">${say.more}</a></p>`}
      ${further ? html`<p><a href="${at(null)}">${say.first}</a></p>` : ''}
    </section>
  </div>`;
  return answered(language, say.title, content, of);
}

export type StartPage = Common & {
  patient: PatientLine;
  apps: readonly Client[];
  visits: readonly RecordLine[];
  others: readonly RecordLine[];
  intent: string;
};

const lineLabel = (language: Language, { what, when }: RecordLine): string =>
  when === null ? what : `${what}, ${birthDateInWords(language, when)}`;

/** Where forms of this page end: at the apps, to which a browser has to be let. */
const originsOf = (apps: readonly Client[]): string[] => [
  ...new Set(apps.flatMap(({ metadata }) => (metadata.launch_uri ? [new URL(metadata.launch_uri).origin] : []))),
];

/** Which app is started, and what it is told besides the patient. */
export function startPage({ language, place }: SmartRequest, of: StartPage): Promise<Answer> {
  const { app, as, patient, apps, visits, others, intent, problems } = of;
  const say = ehrLaunchWords[language];
  const title = say.startTitle(patient.name ?? say.unnamed);
  const options = apps.map(({ id, metadata }) => ({ value: id, label: metadata.client_name }));
  const visitOptions = [
    { value: '', label: say.noVisit },
    ...visits.map((one) => ({ value: one.reference.slice('Encounter/'.length), label: lineLabel(language, one) })),
  ];
  const boxes = others.map((one) =>
    box({ type: 'checkbox', name: 'open', value: one.reference, checked: false, label: lineLabel(language, one) }),
  );
  const form = html`<form method="post" action="${place.issuer}/launch"${as ? '' : html` target="_blank" rel="noopener"`}>
    ${handedOn(of)}${hidden('patient', patient.id)}${hidden('do', 'start')}
    ${app ? '' : select({ name: 'app', label: say.app, options, problems })}
    ${select({ name: 'encounter', label: say.visit, options: visitOptions, problems })}
    ${field({ name: 'intent', label: say.intent, hint: say.intentHint, value: intent, problems })}
    ${boxes.length === 0 ? '' : html`<fieldset><legend>${say.besides}</legend>${boxes}</fieldset>`}
    ${button(app ? `${say.start}: ${app.metadata.client_name}` : say.start)}
    ${as ? '' : html`<p class="hint quiet">${say.newTab}</p>`}
  </form>`;
  const content = html`<div class="sheet">
    ${problemSummary(language, problems)}
    <h1>${title}</h1>
    ${whoseLaunch(language, of)}
    ${apps.length === 0 ? html`<p>${say.noApp}</p>` : form}
    <p><a href="${place.issuer}/launch${app ? `?${new URLSearchParams({ app: app.id, ...(as ? { as: as.id } : {}) })}` : ''}">${say.other}</a></p>
  </div>`;
  return answered(language, title, content, of, originsOf(apps));
}

/** The address of a launch that somebody else is to open. */
export function launchedPage(
  { language, place }: SmartRequest,
  of: { app: Client; name: string; address: string },
): Promise<Answer> {
  const say = ehrLaunchWords[language];
  const content = html`<div class="sheet">
    <h1>${say.demoTitle}</h1>
    <p class="lead">${say.demoLead(of.name)}</p>
    <p>${say.demoLink}:</p>
    <pre tabindex="0"><code>${of.address}</code></pre>
    <p><a href="${place.issuer}/developer/${of.app.id}">${of.app.metadata.client_name}</a></p>
  </div>`;
  return pageAnswer(layout({ language, title: `${say.demoTitle} · Portico`, content }));
}
