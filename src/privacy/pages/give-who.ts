import type { Organization, Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { button, field } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { searchAll } from './ask.ts';
import { nameOf } from './consent-text.ts';
import { giveWords } from './give-words.ts';
import { pathIn } from './links.ts';
import type { RecordVisit } from './visit.ts';

export const givePath = '/privacy/consents/new';

/** Whom a consent is about: `Practitioner/1`, `Organization/2`, or all who treat. */
export type Who = { reference: string; name: string };

export const CARE = 'care';

/** Who is meant by the text of a form or an address; null: nobody of the directory. */
export async function whoOf(visit: RecordVisit, text: string | null): Promise<Who | null> {
  if (text === null || text === '') return null;
  if (text === CARE) return { reference: CARE, name: giveWords[visit.request.language].care };
  if (!/^(Practitioner|Organization)\/[A-Za-z0-9.-]{1,64}$/.test(text)) return null;
  const name = await nameOf(visit, text);
  return name === null ? null : { reference: text, name };
}

type Line = Who & { about: string };

const LINES = '20';

/** Where practitioners work and as what, by their reference. */
async function workOf(visit: RecordVisit, practitioners: readonly { id: string }[]): Promise<Map<string, string>> {
  if (practitioners.length === 0) return new Map();
  const practitioner = practitioners.map(({ id }) => `Practitioner/${id}`).join(',');
  const roles = await searchAll<PractitionerRole>(visit, 'PractitionerRole', { practitioner });
  return new Map(
    roles.map((role): [string, string] => {
      const as = role.specialty?.[0] ?? role.code?.[0];
      const text = [as?.text ?? as?.coding?.[0]?.display, role.organization?.display].filter(Boolean).join(', ');
      return [role.practitioner?.reference ?? '', text];
    }),
  );
}

async function search(visit: RecordVisit, sought: string): Promise<Line[]> {
  const name = sought.replaceAll(/([\\,$|])/g, '\\$1');
  const [practitioners, organizations] = await Promise.all([
    searchAll<Practitioner>(visit, 'Practitioner', { name, _count: LINES }),
    searchAll<Organization>(visit, 'Organization', { name, _count: LINES }),
  ]);
  const work = await workOf(visit, practitioners);
  const people = await Promise.all(
    practitioners.map(async ({ id }) => ({
      reference: `Practitioner/${id}`,
      name: (await nameOf(visit, `Practitioner/${id}`)) ?? id,
      about: work.get(`Practitioner/${id}`) ?? '',
    })),
  );
  const places = organizations.map(({ id, name: called = id, type = [], address = [] }) => ({
    reference: `Organization/${id}`,
    name: called,
    about: [type[0]?.text ?? type[0]?.coding?.[0]?.display, address[0]?.city].filter(Boolean).join(', '),
  }));
  return [...people, ...places];
}

/** The first question of a new consent. */
export async function whoChooser(visit: RecordVisit): Promise<Html> {
  const { request } = visit;
  const say = giveWords[request.language];
  const sought = (request.query.get('q') ?? '').trim().slice(0, 100);
  const lines = sought === '' ? [] : await search(visit, sought);
  const line = ({ reference, name, about }: Line): Html => html`<li>
    <a class="choice" href="${pathIn(request, givePath)}?${new URLSearchParams({ who: reference })}"><b>${name}</b>
      ${about === '' ? '' : html`<span class="quiet">${about}</span>`}</a></li>`;
  return html`<h2>${say.who}</h2>
    <p>${say.whoLead}</p>
    <ul class="choices">${line({ reference: CARE, name: say.care, about: say.careHint })}</ul>
    <form method="get" action="${pathIn(request, givePath)}" role="search" class="seek">
      ${field({ name: 'q', label: say.search, hint: say.searchHint, type: 'search', value: sought, longest: 100 })}
      ${button(say.find, { look: 'quiet' })}
    </form>
    ${sought === '' ? '' : html`<p role="status"><b>${lines.length === 0 ? say.none : `${say.found}: ${lines.length}`}</b></p>`}
    <ul class="choices">${lines.map(line)}</ul>`;
}
