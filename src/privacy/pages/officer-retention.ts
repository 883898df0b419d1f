import type { Parameters } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { notice } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Html } from '../../pages/layout.ts';
import type { RetentionRule } from '../retention/retention-rules.ts';
import { sendFor, sentenceOf } from './ask.ts';
import { ledgerWords } from './ledger-words.ts';
import { officerPart, officerPath } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { table } from './tables.ts';
import { begun, dateInWords, listInWords, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/retention`;

type Purge = { day: string; rule: string; type: string; purged: number; held: number };

function ruleIn(
  language: Language,
  { name, types, jurisdiction, years, trigger, withstands, source }: RetentionRule,
): Html {
  const { columns, triggers, withstands: against, years: lasting } = ledgerWords[language].retention;
  const from = `${triggers[trigger]}${jurisdiction === '*' ? '' : ` (${jurisdiction})`}`;
  const line = (title: string, value: Html | string): Html => html`<div><dt>${title}</dt><dd>${value}</dd></div>`;
  const kinds = listInWords(
    language,
    types.map((type) => typeInWords(language, type)),
  );
  return html`<li class="granted"><h3>${begun(name)}</h3><dl class="facts small">
    ${line(columns.years, lasting(years))}${line(columns.from, from)}${line(columns.withstands, against[withstands])}${line(columns.source, source)}
    ${line(columns.types, kinds)}</dl></li>`;
}

async function show(visit: OfficerVisit): Promise<Reply> {
  const { language } = visit.request;
  const say = ledgerWords[language].retention;
  const answer = await sendFor<Parameters>(visit, { path: ['$retention-report'] });
  if (!answer.ok) return officerPart(visit, 'retention', notice(sentenceOf(answer.issues), 'bad'));
  // Each is JSON of what the operation says it is.
  const all = <T>(wanted: string): T[] =>
    (answer.value.parameter ?? []).flatMap(({ name, valueString }) =>
      name === wanted && valueString ? [JSON.parse(valueString) as T] : [],
    );
  const rules = all<RetentionRule>('rule').map((rule) => ruleIn(language, rule));
  const purges = all<Purge>('purge').map(({ day, rule, type, purged, held }) => [
    dateInWords(language, day),
    rule,
    typeInWords(language, type),
    numberInWords(language, purged),
    numberInWords(language, held),
  ]);
  const content = html`<section aria-labelledby="purges"><h2 id="purges">${say.purges}</h2>
      ${purges.length === 0 ? html`<p>${officerWords[language].none.retention}</p>` : table(say.purges, Object.values(say.purged), purges)}</section>
    <section aria-labelledby="rules"><h2 id="rules">${say.rules}</h2><ul class="choices">${rules}</ul></section>`;
  return officerPart(visit, 'retention', content);
}

/** What is kept for how long, and what went because its time was over. */
export const officerRetentionPage: Page = { method: 'GET', path, whom: 'officer', run: show };
