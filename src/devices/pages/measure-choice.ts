import type { ParametersParameter } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { box } from '../../pages/fields.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import { type Measure, measureOf, measures } from '../measures.ts';
import { choiceWords } from './choice-words.ts';
import { tilesWords } from './tiles-words.ts';

const parts: ReadonlySet<string> = new Set(measures.flatMap(({ components = [] }) => components));

/** What can be chosen by itself: a systolic pressure comes with its diastolic. */
const choosable = (ids: readonly string[] | null): Measure[] =>
  (ids === null ? [...measures] : ids.flatMap((id) => measureOf(id) ?? [])).filter(({ id }) => !parts.has(id));

/**
 * What a source may bring: everything, or some of what it can.
 *
 * @param offered ids of measures; null: any
 * @param chosen ids of measures; null: whichever
 */
export function measureChoice(
  language: Language,
  offered: readonly string[] | null,
  chosen: readonly string[] | null,
): Html {
  const say = choiceWords[language];
  const { groups } = tilesWords[language];
  const all = choosable(offered);
  const order = [...new Set(all.map(({ category }) => category))];
  const isChosen = ({ id }: Measure): boolean => chosen?.includes(id) ?? false;
  const list = (category: Measure['category']): Html => html`<fieldset><legend>${groups[category]}</legend>
    <ul class="boxes">${all
      .filter((one) => one.category === category)
      .map(
        (one) =>
          html`<li>${box({ type: 'checkbox', name: 'measure', value: one.id, checked: isChosen(one), label: one.title[language] })}</li>`,
      )}</ul></fieldset>`;
  return html`<fieldset id="measures" tabindex="-1"><legend>${say.legend}</legend>
      ${box({ type: 'radio', name: 'all', value: 'yes', checked: chosen === null, label: say.all })}
      ${box({ type: 'radio', name: 'all', value: 'no', checked: chosen !== null, label: say.some })}
    </fieldset>
    <details class="choosing"${chosen === null ? '' : html` open`}><summary>${say.which}</summary>${order.map(list)}</details>`;
}

/** What a form of these says, as parameters; null: nothing was chosen. A box that is ticked says that not all is meant. */
export function chosenOf(form: URLSearchParams): ParametersParameter[] | null {
  const named = form.getAll('measure').map((id) => ({ name: 'measure', valueCode: id }));
  if (form.get('all') === 'yes') return [{ name: 'all', valueBoolean: true }];
  return named.length === 0 ? null : named;
}
