import type { Parameters } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { notice } from '../../pages/form.ts';
import type { RetentionRule } from '../retention/retention-rules.ts';
import { sendFor, sentenceOf } from './ask.ts';
import { ledgerWords } from './ledger-words.ts';
import { officerPart, officerPath } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { table } from './tables.ts';
import { dateInWords, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/retention`;

type Purge = { day: string; rule: string; type: string; purged: number; held: number };

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
  const rules = all<RetentionRule>('rule').map(({ name, types, jurisdiction, years, trigger, withstands, source }) => [
    name,
    html`${types.length}<details><summary>${say.columns.types}</summary>${types.map((type) => typeInWords(language, type)).join(', ')}</details>`,
    say.years(years),
    `${say.triggers[trigger]}${jurisdiction === '*' ? '' : ` (${jurisdiction})`}`,
    say.withstands[withstands],
    source,
  ]);
  const purges = all<Purge>('purge').map(({ day, rule, type, purged, held }) => [
    dateInWords(language, day),
    rule,
    typeInWords(language, type),
    numberInWords(language, purged),
    numberInWords(language, held),
  ]);
  const content = html`<section aria-labelledby="purges"><h2 id="purges">${say.purges}</h2>
      ${purges.length === 0 ? html`<p>${officerWords[language].none.retention}</p>` : table(say.purges, Object.values(say.purged), purges)}</section>
    <section aria-labelledby="rules"><h2 id="rules">${say.rules}</h2>${table(say.rules, Object.values(say.columns), rules)}</section>`;
  return officerPart(visit, 'retention', content);
}

/** What is kept for how long, and what went because its time was over. */
export const officerRetentionPage: Page = { method: 'GET', path, whom: 'officer', run: show };
