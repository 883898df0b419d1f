import type { Patient } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import { readOne } from './ask.ts';
import { pathIn } from './links.ts';
import { nameOfPerson } from './names.ts';
import { type OfficerDone, officerWords, type Part, parts } from './officer-words.ts';
import { officerPage } from './sheet.ts';
import type { Just, OfficerVisit, Reply } from './visit.ts';

export const officerPath = '/privacy/officer';

const partPath: Readonly<Record<Part, string>> = {
  requests: officerPath,
  emergencies: `${officerPath}/emergencies`,
  holds: `${officerPath}/holds`,
  ledger: `${officerPath}/ledger`,
  retention: `${officerPath}/retention`,
};

/** One of the pages of the privacy officer, with ways to the others. */
export function officerPart(
  visit: OfficerVisit,
  part: Part,
  content: Html,
  { problems = [] }: Just = {},
): Promise<Reply> {
  const { request } = visit;
  const say = officerWords[request.language];
  const links = parts.map(
    (one) =>
      html`<li><a href="${pathIn(request, partPath[one])}"${one === part ? html` aria-current="page"` : ''}>${say.parts[one]}</a></li>`,
  );
  const all = html`<nav class="places" aria-label="${say.places}"><ul>${links}</ul></nav>
    <p class="lead">${say.leads[part]}</p>
    ${content}`;
  const done = request.query.get('done');
  const said = problems.length === 0 && isDone(done) ? { done: say.done[done] } : {};
  const title = `${say.parts[part]}`;
  return officerPage(visit, { title, content: all, problems, broad: true, ...said });
}

const isDone = (text: string | null): text is OfficerDone => text !== null && Object.hasOwn(officerWords.en.done, text);

/** Names of patients by their ids, as far as an officer knows them. */
export async function patientNames(visit: OfficerVisit, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = await Promise.all(
    [...new Set(ids)].map(async (id): Promise<[string, string]> => {
      const found = await readOne<Patient>(visit, 'Patient', id);
      return [id, found === null ? id : nameOfPerson(found)];
    }),
  );
  return new Map(names);
}

/** The id of a patient in a reference: `Patient/1`. */
export const patientIn = (reference: string | undefined): string | null =>
  /^Patient\/(.+)$/.exec(reference ?? '')?.[1] ?? null;
