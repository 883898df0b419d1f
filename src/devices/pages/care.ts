import type { Patient } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import { readOne, searchAll } from '../../privacy/pages/ask.ts';
import { frameWords as privacyWords } from '../../privacy/pages/frame-words.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import { nameOfPerson } from '../../privacy/pages/names.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import { measureOf } from '../measures.ts';
import { csvReply } from './csv.ts';
import type { CareVisit, DevicePage } from './device-page.ts';
import { devicesPage } from './frame.ts';
import { frameWords } from './frame-words.ts';
import { type Book, readingsPage } from './readings-shown.ts';
import { latestTiles } from './tiles.ts';

/** The readings of a patient, as who treats them may see them; null for one whom they may not see. */
async function bookOf(visit: CareVisit): Promise<{ book: Book; name: string } | null> {
  const { request, deps, grant } = visit;
  const patient = request.params.patient ?? '';
  const found = await readOne<Patient>(visit, 'Patient', patient);
  if (found === null) return null;
  const name = nameOfPerson(found);
  const path = `/devices/of/${found.id}`;
  const above = html`<p><a href="${pathIn(request, path)}">${frameWords[request.language].of(name)}</a></p>`;
  return { name, book: { visit, looking: { request, deps, grant, patient: found.id }, above, path } };
}

const gone = (visit: CareVisit) => deadEnd(visit, privacyWords[visit.request.language].refused.unknown, 404);

/** What the devices of a patient measured, for who treats them: what they see is what the gate shows them, and the ledger knows. */
export const carePages: readonly DevicePage[] = [
  {
    method: 'GET',
    path: '/devices/of',
    whom: 'care',
    async run(visit) {
      const { request } = visit;
      const say = frameWords[request.language];
      const patients = await searchAll<Patient>(visit, 'Patient', { _sort: 'family' });
      const line = (one: Patient & { id: string }) =>
        html`<li><a class="choice" href="${pathIn(request, `/devices/of/${one.id}`)}">${nameOfPerson(one)}</a></li>`;
      const content =
        patients.length === 0 ? html`<p>${say.nobody}</p>` : html`<ul class="choices">${patients.map(line)}</ul>`;
      const above = html`<p><a href="${pathIn(request, '/account')}">${privacyWords[request.language].account}</a></p>`;
      return devicesPage(visit, { title: say.patients, above, content });
    },
  },
  {
    method: 'GET',
    path: '/devices/of/:patient',
    whom: 'care',
    async run(visit) {
      const found = await bookOf(visit);
      if (found === null) return gone(visit);
      const { request } = visit;
      const above = html`<p><a href="${pathIn(request, '/devices/of')}">${frameWords[request.language].patients}</a></p>`;
      const content = html`<h2>${frameWords[request.language].latest}</h2>${await latestTiles(found.book)}`;
      return devicesPage(visit, { title: frameWords[request.language].of(found.name), above, content });
    },
  },
  {
    method: 'GET',
    path: '/devices/of/:patient/:measure',
    whom: 'care',
    async run(visit) {
      const found = await bookOf(visit);
      const shown = found && (await readingsPage(found.book, visit.request.params.measure ?? ''));
      return shown ?? gone(visit);
    },
  },
  {
    method: 'GET',
    path: '/devices/of/:patient/:measure/csv',
    whom: 'care',
    async run(visit) {
      const found = await bookOf(visit);
      const measure = measureOf(visit.request.params.measure ?? '');
      return found === null || measure === undefined ? gone(visit) : csvReply(found.book.looking, measure);
    },
  },
];
