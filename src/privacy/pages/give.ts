import type { Encounter } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { box, select } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { searchAll, sentenceOf } from './ask.ts';
import { fileConsent } from './consent-change.ts';
import { actorsOf, consentFrom, filledIn, problemsIn } from './give-consent.ts';
import { givePath, type Who, whoChooser, whoOf } from './give-who.ts';
import { giveWords } from './give-words.ts';
import { backWith, pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import { begun, dateInWords } from './times.ts';
import { choosableMatters, choosableTypes, matterInWords, typeInWords } from './type-words.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const VISITS = '50';

/** The visits of the record, to choose one of. */
async function visitSelect(visit: RecordVisit, value: string, problems: readonly Problem[]): Promise<Html> {
  const { language } = visit.request;
  const say = giveWords[language];
  const visits = await searchAll<Encounter>(visit, 'Encounter', {
    patient: `Patient/${visit.record.id}`,
    _sort: '-date',
    _count: VISITS,
  });
  const options = visits.map(({ id, period, type, reasonCode, serviceProvider }) => {
    const what = [
      type?.[0]?.text ?? type?.[0]?.coding?.[0]?.display ?? reasonCode?.[0]?.text,
      serviceProvider?.display,
    ];
    return {
      value: id,
      label: say.visitOn(dateInWords(language, period?.start ?? ''), what.filter(Boolean).join(', ')),
    };
  });
  return select({
    name: 'visit',
    label: say.visit,
    hint: say.visitHint,
    options: [{ value: '', label: say.everyVisit }, ...options],
    value,
    problems,
  });
}

type Boxes = {
  name: string;
  legend: string;
  hint: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
};

const boxes = ({
  name,
  legend,
  hint,
  options,
  chosen,
}: Boxes): Html => html`<details${chosen.length > 0 ? html` open` : ''}>
    <summary>${legend}</summary>
    <fieldset aria-describedby="${name}-hint"><legend class="unseen">${legend}</legend>
      <p class="hint" id="${name}-hint">${hint}</p>
      <ul class="boxes">${options.map(
        ({ value, label }) =>
          html`<li>${box({ type: 'checkbox', name, value, checked: chosen.includes(value), label })}</li>`,
      )}</ul>
    </fieldset>
  </details>`;

async function form(visit: RecordVisit, who: Who, problems: readonly Problem[]): Promise<Html> {
  const { request, csrf, record } = visit;
  const { language } = request;
  const say = giveWords[language];
  const filled = filledIn(request.form);
  const wrong = problems.find((one) => one.field === 'decision');
  const decide = (value: 'permit' | 'deny'): Html =>
    html`<li>${box({ type: 'radio', name: 'decision', value, checked: filled.decision === value, label: say[value] })}</li>`;
  const day = (name: 'from' | 'to' | 'until', hint?: string): Html =>
    field({
      name,
      label: say[name],
      type: 'date',
      value: filled[name],
      problems,
      ...(hint === undefined ? {} : { hint }),
    });
  return html`<p class="lead">${say.about(who.name)}</p>
    <p><a href="${pathIn(request, givePath)}">${say.another}</a></p>
    <form method="post" action="${pathIn(request, givePath)}">
      ${csrfInput(csrf)}${hidden('record', record.id)}${hidden('who', who.reference)}
      <fieldset id="decision" tabindex="-1" class="${wrong ? 'wrong' : ''}"><legend>${say.decision}</legend>
        ${wrong ? html`<p class="problem">${wrong.message}</p>` : ''}
        <ul class="boxes">${decide('permit')}${decide('deny')}</ul>
        <p class="hint">${say.denyHint}</p>
      </fieldset>
      ${boxes({
        name: 'kinds',
        legend: say.kinds,
        hint: say.kindsHint,
        options: choosableTypes.map((value) => ({ value, label: begun(typeInWords(language, value)) })),
        chosen: filled.kinds,
      })}
      ${boxes({
        name: 'matters',
        legend: say.matters,
        hint: say.mattersHint,
        options: choosableMatters.map((value) => ({ value, label: begun(matterInWords(language, value)) })),
        chosen: filled.matters,
      })}
      <details${filled.from !== '' || filled.to !== '' || filled.visit !== '' ? html` open` : ''}>
        <summary>${say.period}</summary>
        <p class="hint">${say.periodHint}</p>
        ${day('from')}${day('to')}
        ${await visitSelect(visit, filled.visit, problems)}
      </details>
      <div class="after">${day('until', say.untilHint)}</div>
      ${button(say.save)}
    </form>`;
}

async function show(visit: RecordVisit, who: Who | null, problems: readonly Problem[] = []): Promise<Reply> {
  const { title } = giveWords[visit.request.language];
  const content = who === null ? await whoChooser(visit) : await form(visit, who, problems);
  return recordPage(visit, { title, content, problems });
}

const page: Page = {
  method: 'GET',
  path: givePath,
  whom: 'record',
  run: async (visit) => show(visit, await whoOf(visit, visit.request.query.get('who'))),
};

const give: Page = {
  method: 'POST',
  path: givePath,
  whom: 'record',
  async run(visit) {
    const { request } = visit;
    const say = giveWords[request.language].wrong;
    const who = await whoOf(visit, request.form.get('who'));
    if (who === null) return show(visit, null, [{ field: 'q', message: say.who }]);
    const filled = filledIn(request.form);
    const problems = await problemsIn(visit, filled);
    if (problems.length > 0) return show(visit, who, problems);
    const actors = await actorsOf(visit, who, filled);
    if (actors.length === 0) return show(visit, who, [{ field: 'decision', message: say.nobody }]);
    const written = await fileConsent(visit, consentFrom(visit, actors, filled));
    if (written.ok) return backWith(request, '/privacy/consents', 'given');
    return show(visit, who, [{ field: 'decision', message: `${say.refused} ${sentenceOf(written.issues)}` }]);
  },
};

export const givePages: readonly Page[] = [page, give];
