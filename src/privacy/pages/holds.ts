import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import { button, csrfInput, field, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { allHolds, type Hold } from '../hold/hold.ts';
import { operate, sentenceOf } from './ask.ts';
import { holdsWords } from './holds-words.ts';
import { backWith, pathIn } from './links.ts';
import { officerPart, officerPath, patientNames } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { dayInWords } from './times.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/holds`;
const DAY = 86_400_000;

function item({ request, csrf }: OfficerVisit, hold: Hold, name: string): Html {
  const { language } = request;
  const say = holdsWords[language];
  const until = hold.until === null ? say.open : say.until(dayInWords(language, hold.until));
  return html`<li><div><h3>${name} <code>${hold.patient}</code></h3>
      <p>${hold.matter}</p>
      <p class="quiet">${say.since(dayInWords(language, hold.placedAt))}, ${until}${hold.sealed ? html` · <b>${say.sealed}</b>` : ''}</p></div>
    <form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}${hidden('do', 'release')}
      ${hidden('patient', hold.patient)}${hidden('hold', hold.id)}
      <button class="button quiet" type="submit">${say.release} <span class="unseen">${say.of(name)}</span></button></form></li>`;
}

function holdForm({ request, csrf }: OfficerVisit, problems: readonly Problem[]): Html {
  const { form, language } = request;
  const say = holdsWords[language];
  const typed = (name: string): string => (form.get('do') === 'hold' ? (form.get(name) ?? '') : '');
  return html`<section aria-labelledby="set"><h2 id="set">${say.set}</h2>
    <form method="post" action="${pathIn(request, path)}" class="form">${csrfInput(csrf)}${hidden('do', 'hold')}
      ${field({ name: 'patient', label: say.patient, hint: say.patientHint, value: typed('patient'), longest: 64, problems, required: true, autocomplete: 'off' })}
      ${field({ name: 'matter', label: say.matter, hint: say.matterHint, value: typed('matter'), problems, required: true })}
      ${field({ name: 'until', label: say.end, hint: say.endHint, type: 'date', value: typed('until'), problems })}
      ${box({ type: 'checkbox', name: 'sealed', value: '1', checked: typed('sealed') !== '', label: say.seal })}
      <div class="after">${button(say.place)}</div>
    </form></section>`;
}

async function show(visit: OfficerVisit, problems: readonly Problem[] = []): Promise<Reply> {
  const { request, deps } = visit;
  const say = holdsWords[request.language];
  const holds = await allHolds(deps.fhir.database, request.tenant, deps.fhir.now());
  const names = await patientNames(
    visit,
    holds.map(({ patient }) => patient),
  );
  const content = html`<section aria-labelledby="standing"><h2 id="standing" tabindex="-1">${say.standing}</h2>
      ${
        holds.length === 0
          ? html`<p>${officerWords[request.language].none.holds}</p>`
          : html`<ul class="rows">${holds.map((one) => item(visit, one, names.get(one.patient) ?? one.patient))}</ul>`
      }</section>
    ${holdForm(visit, problems)}`;
  return officerPart(visit, 'holds', content, { problems });
}

async function hold(visit: OfficerVisit): Promise<Reply> {
  const { request, deps } = visit;
  const say = holdsWords[request.language].wrong;
  const [patient = '', matter = '', until = ''] = ['patient', 'matter', 'until'].map((name) =>
    (request.form.get(name) ?? '').trim(),
  );
  // The last day is in it to its end.
  const end = until === '' ? null : Date.parse(until) + DAY;
  const problems: Problem[] = [
    ...(/^[A-Za-z0-9.-]{1,64}$/.test(patient) ? [] : [{ field: 'patient', message: say.patient }]),
    ...(matter === '' ? [{ field: 'matter', message: say.matter }] : []),
    ...(end === null || end > deps.fhir.now() ? [] : [{ field: 'until', message: say.end }]),
  ];
  if (problems.length > 0) return show(visit, problems);
  const held = await operate(
    visit,
    ['Patient', patient, '$hold'],
    [
      { name: 'matter', valueString: matter },
      { name: 'sealed', valueBoolean: request.form.has('sealed') },
      ...(end === null ? [] : [{ name: 'until', valueInstant: new Date(end).toISOString() }]),
    ],
  );
  if (held.ok) return backWith(request, path, 'held');
  const message =
    held.status === 404 ? say.patient : `${officerWords[request.language].refused} ${sentenceOf(held.issues)}`;
  return show(visit, [{ field: 'patient', message }]);
}

async function release(visit: OfficerVisit): Promise<Reply> {
  const { request } = visit;
  const [patient = '', id = ''] = ['patient', 'hold'].map((name) => request.form.get(name) ?? '');
  const released = await operate(visit, ['Patient', patient, '$release-hold'], [{ name: 'hold', valueId: id }]);
  if (released.ok) return backWith(request, path, 'released');
  const message = `${officerWords[request.language].refused} ${sentenceOf(released.issues)}`;
  return show(visit, [{ field: 'standing', message }]);
}

/** Records that are held, and the way to hold one and to let it go. */
export const holdPages: readonly Page[] = [
  { method: 'GET', path, whom: 'officer', run: (visit) => show(visit) },
  {
    method: 'POST',
    path,
    whom: 'officer',
    run: (visit) => (visit.request.form.get('do') === 'release' ? release(visit) : hold(visit)),
  },
];
