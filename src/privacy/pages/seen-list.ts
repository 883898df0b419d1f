import { html } from 'hono/html';

import { box, select } from '../../pages/fields.ts';
import { button, field, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import type { AccountingRow } from '../ledger/accounting.ts';
import { pathIn } from './links.ts';
import {
  consentsIn,
  dayOf,
  isRefused,
  kindOf,
  type SeenFilter,
  whatInWords,
  whoInWords,
  whoKey,
  whyInWords,
} from './seen-rows.ts';
import { deeds, kinds, seenWords } from './seen-words.ts';
import { begun, timeOfDay, weekdayInWords } from './times.ts';
import type { RecordVisit } from './visit.ts';

export const seenPath = '/privacy/seen';

function reasons({ request }: RecordVisit, use: AccountingRow): Html {
  const { language } = request;
  const say = seenWords[language];
  const why = whyInWords(language, use);
  const consents = consentsIn(use);
  const links = consents.map(
    (id, at) =>
      html` <a href="${pathIn(request, `/privacy/consents/${id}`)}">${at === 0 ? say.allowed : say.allowedAgain}</a>`,
  );
  return why === '' && links.length === 0
    ? html``
    : html`<p class="quiet">${say.because}${say.colon}${why}${links}</p>`;
}

function item(visit: RecordVisit, use: AccountingRow): Html {
  const { language } = visit.request;
  const say = seenWords[language];
  return html`<li${use.emergency ? html` class="emergency"` : ''}>
    <p class="quiet"><time datetime="${use.recorded.toISOString()}">${timeOfDay(language, use.recorded)}</time> UTC
      ${use.emergency ? html`<b class="tag bad">${say.emergency}</b>` : ''}
      ${isRefused(use) ? html`<span class="tag">${say.refused}</span>` : ''}</p>
    <h3>${whoInWords(language, use, visit.record.id)}</h3>
    <p>${whatInWords(language, use)}</p>
    ${reasons(visit, use)}
  </li>`;
}

/** Uses by day, the newest first. */
export function timeline(visit: RecordVisit, uses: readonly AccountingRow[]): Html {
  const { language } = visit.request;
  const days = Map.groupBy(uses, dayOf);
  return html`${[...days].map(
    ([day, own]) => html`<section class="day" aria-labelledby="day-${day}">
      <h2 id="day-${day}">${begun(weekdayInWords(language, Date.parse(day)))}</h2>
      <ol class="timeline">${own.map((use) => item(visit, use))}</ol>
    </section>`,
  )}`;
}

/** What the list may be narrowed by; it asks by an address, so that it can be gone back to. */
export function filterForm(
  visit: RecordVisit,
  all: readonly AccountingRow[],
  filter: SeenFilter,
  problems: readonly Problem[],
): Html {
  const { request, record } = visit;
  const { language } = request;
  const say = seenWords[language];
  const others = all.filter((use) => kindOf(use, record.id) !== 'own');
  const people = new Map(others.map((use) => [whoKey(use), whoInWords(language, use, record.id)]));
  const isOpen =
    problems.length > 0 ||
    filter.from !== '' ||
    filter.to !== '' ||
    filter.who !== '' ||
    filter.kind !== '' ||
    filter.deed !== '' ||
    filter.own;
  const day = (name: 'from' | 'to'): Html =>
    field({ name, label: say[name], type: 'date', value: filter[name], problems });
  return html`<details${isOpen ? html` open` : ''}><summary>${say.filters}</summary>
    <form method="get" action="${pathIn(request, seenPath)}" class="filters">
      ${day('from')}${day('to')}
      ${select({
        name: 'who',
        label: say.who,
        value: filter.who,
        options: [{ value: '', label: say.everybody }, ...[...people].map(([value, label]) => ({ value, label }))],
      })}
      ${select({
        name: 'kind',
        label: say.kind,
        value: filter.kind,
        options: [
          { value: '', label: say.everyKind },
          ...kinds.map((kind) => ({ value: kind, label: say.kinds[kind] })),
        ],
      })}
      ${select({
        name: 'deed',
        label: say.deed,
        value: filter.deed,
        options: [
          { value: '', label: say.everyDeed },
          ...deeds.map((deed) => ({ value: deed, label: say.deeds[deed] })),
        ],
      })}
      ${box({ type: 'checkbox', name: 'own', value: '1', checked: filter.own, label: say.ownToo })}
      <p>${button(say.apply, { look: 'quiet' })} <a href="${pathIn(request, seenPath)}">${say.clear}</a></p>
    </form>
  </details>`;
}
