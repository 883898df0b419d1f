import { afterAll, beforeAll, expect, test } from 'vitest';

import { grantOf, type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import { everyRow, type Grant, type Interaction, type Projection, type Rule } from '../access.ts';
import { release } from '../store/release.ts';

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);

/** Of a visit, its status and when it was. */
const whenOnly: Projection = {
  name: 'when only',
  parameters: new Set(['_id', 'status', 'date']),
  of(content) {
    const { resourceType, id, status, period } = JSON.parse(content);
    return JSON.stringify({ resourceType, id, status, period });
  },
};

let world: SearchWorld;

const visit = (id: string, patient: string, code: string) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: `Patient/${patient}` },
  reasonCode: [{ coding: [{ system: 'http://icd.test', code }] }],
  period: { start: '2026-01-01' },
});

beforeAll(async () => {
  world = await searchWorld();
  await world.store([
    { resourceType: 'Patient', id: 'own', name: [{ family: 'Alpha' }] },
    { resourceType: 'Patient', id: 'other', name: [{ family: 'Beta' }] },
    visit('mine', 'own', 'F32.2'),
    visit('theirs', 'other', 'F32.2'),
  ]);
}, 120_000);

afterAll(() => world.close());

/** All of `own`, and of others when they had visits. */
function inPart(): Grant {
  const own: Rule = { ...everyRow(reading), patients: ['own'] };
  const others: Rule = { ...everyRow(reading), projection: whenOnly };
  const types = new Map([
    ['Encounter', [own, others]],
    ['Patient', [everyRow(reading)]],
  ]);
  return { ...grantOf(), types, hash: 'in part' };
}

const onlyPart = (): Grant => ({
  ...inPart(),
  types: new Map([
    ['Encounter', [{ ...everyRow(reading), projection: whenOnly }]],
    ['Patient', [everyRow(reading)]],
  ]),
  hash: 'only part',
});

test('what is shown in part is found by what is shown of it', async () => {
  expect((await world.find('Encounter?status=finished&_sort=date', inPart())).sort()).toEqual([
    'Encounter/mine',
    'Encounter/theirs',
  ]);
});

test.each([
  'Encounter?reason-code=F32.2',
  'Encounter?reason-code:not=F99',
  'Encounter?reason-code:missing=false',
  'Encounter?subject=Patient/other,Patient/own',
  'Encounter?subject:Patient.family=Alpha,Beta',
  'Encounter?_filter=reason-code eq F32.2',
  'Encounter?_sort=reason-code',
  'Encounter?_lastUpdated=gt2000',
])('%s finds the rows that are shown whole, and where there are none is refused', async (where) => {
  expect(await world.find(where, inPart())).toEqual(['Encounter/mine']);
  expect((await world.find(where, onlyPart())).join()).toMatch(/^403 .*not shown to you/);
});

test('what is hidden of a row is not found out by a search from elsewhere', async () => {
  const chained = 'Patient?_has:Encounter:subject:reason-code=F32.2';
  expect(await world.find(chained, inPart())).toEqual(['Patient/own']);
  expect((await world.find(chained, onlyPart())).join()).toMatch(/^403/);
  expect((await world.find('Patient?_has:Encounter:subject:status=finished', onlyPart())).join()).toMatch(/^403/);
  expect((await world.find('Patient/other/Encounter?status=finished', onlyPart())).join()).toMatch(/^403/);
});

test('a reference that is not shown is not followed, in either direction', async () => {
  const included = async (where: string) => {
    const page = await world.ask(where, onlyPart());
    return 'found' in page ? page.found.map(({ type, id }) => `${type}/${id}`).sort() : page.issues;
  };
  expect(await included('Encounter?_id=theirs&_include=Encounter:subject&_include=*')).toEqual(['Encounter/theirs']);
  expect(await included('Patient?_id=other&_revinclude=Encounter:subject&_revinclude=*')).toEqual(['Patient/other']);
});

test('what leaves is what is shown, and the ledger hears of it', async () => {
  const page = await world.ask('Encounter?status=finished&_sort=_id', inPart());
  if (!('found' in page)) throw new Error('the search was refused');
  const seen: NonNullable<Grant['seen']> = [];
  const [mine, theirs] = release({ ...inPart(), seen }, page.found, 's');
  expect(JSON.parse(mine?.content ?? '').reasonCode).toBeDefined();
  expect(JSON.parse(theirs?.content ?? '')).toEqual({
    resourceType: 'Encounter',
    id: 'theirs',
    status: 'finished',
    period: { start: '2026-01-01' },
  });
  expect(seen.map(({ id, patient }) => [id, patient])).toEqual([
    ['mine', 'own'],
    ['theirs', 'other'],
  ]);
});
