import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { consentOf, purposes, to, types } from '../support/consents.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let tokens: Record<'acme' | 'other' | 'patient', string>;

const subject = { reference: 'Patient/p' };
const resources = [
  { resourceType: 'Organization', id: 'acme', name: 'Acme' },
  { resourceType: 'Organization', id: 'other', name: 'Another employer' },
  { resourceType: 'Practitioner', id: 'hr', name: [{ family: 'Personnel' }] },
  { resourceType: 'Patient', id: 'p' },
  {
    resourceType: 'Observation',
    id: 'new',
    status: 'final',
    code: { text: 'x' },
    subject,
    effectiveDateTime: '2025-06-30',
  },
  {
    resourceType: 'Observation',
    id: 'old',
    status: 'final',
    code: { text: 'x' },
    subject,
    effectiveDateTime: '2020-01-01',
  },
  { resourceType: 'Condition', id: 'c', code: { text: 'x' }, subject },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'answers',
    status: 'completed',
    subject,
  },
];

beforeAll(async () => {
  server = await startServer();
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  const hr = (organization: string) =>
    server.token('user/*.rs', { actor: 'hr-admin', organization, fhirUser: 'Practitioner/hr' });
  tokens = {
    acme: await hr('acme'),
    other: await hr('other'),
    patient: await server.token('patient/*.cruds', { patient: 'p', fhirUser: 'Patient/p' }),
  };
});
afterAll(() => server.close());

const as = (who: keyof typeof tokens): RequestInit => ({ headers: { authorization: `Bearer ${tokens[who]}` } });

const statusOf = async (who: keyof typeof tokens, path: string): Promise<number> =>
  (await server.fetch(path, as(who))).status;

async function file(provision: ConsentProvision, more?: Partial<Consent>): Promise<string> {
  const body = JSON.stringify(consentOf('p', provision, more));
  const answer = await server.fetch('Consent/$fileConsent', { ...as('patient'), method: 'POST', body });
  expect(answer.status, await answer.text()).toBe(201);
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

const revoke = async (id: string): Promise<void> => {
  const answer = await server.fetch(`Consent/${id}/$revokeConsent`, { ...as('patient'), method: 'POST' });
  expect(answer.status).toBe(200);
};

const toAcme: ConsentProvision = { type: 'permit', actor: [to('Organization/acme')], class: types('Observation') };
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function ids(who: keyof typeof tokens): Promise<string[]> {
  const answer = await server.fetch('Observation?_count=10', as(who));
  if (!answer.ok) return [];
  const { entry = [] } = (await answer.json()) as { entry?: { resource: { id: string } }[] };
  return entry.map(({ resource }) => resource.id).sort();
}

describe('an employer', () => {
  test('O-31 sees nothing of anybody without their Consent, nor by one that has run out or has not begun', async () => {
    // Of a type of which there is nothing to see, nothing may be asked.
    expect(await statusOf('acme', 'Observation/new')).toBe(403);
    expect(await statusOf('acme', 'Patient/p')).toBe(403);
    for (const period of [{ end: day(-1) }, { start: day(2) }, { start: '2020-01-01', end: '2020-12-31' }]) {
      const id = await file({ ...toAcme, period });
      expect(await statusOf('acme', 'Observation/new')).toBe(403);
      expect(await ids('acme')).toEqual([]);
      await revoke(id);
    }
  });

  test('O-31 sees by a Consent what it names, to whom it names, for what it names, and no more', async () => {
    const id = await file({
      ...toAcme,
      period: { start: day(0), end: day(0) },
      dataPeriod: { start: '2025-06' },
      purpose: purposes('HOPERAT'),
    });
    expect(await ids('acme')).toEqual(['new']);
    expect(await ids('other')).toEqual([]);
    expect(await statusOf('acme', 'Observation/old')).toBe(404);
    expect(await statusOf('acme', 'Condition/c')).toBe(403);
    expect(await statusOf('acme', 'Patient/p')).toBe(403);
    await revoke(id);
    expect(await ids('acme')).toEqual([]);
    const research = await file({ ...toAcme, purpose: purposes('HRESCH') });
    expect(await ids('acme')).toEqual([]);
    await revoke(research);
  });

  test('O-31 sees nothing any more from the moment on at which a Consent ends by itself', async () => {
    const end = new Date(Date.now() + 1500);
    const id = await file({ ...toAcme, period: { end: end.toISOString() } });
    expect(await statusOf('acme', 'Observation/new')).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, end.getTime() - Date.now() + 50));
    expect(await statusOf('acme', 'Observation/new')).toBe(403);
    await revoke(id);
  });

  test('O-31 is given nothing by a Consent that names nobody, and what it never sees by none', async () => {
    const everybody = await file({ type: 'permit', purpose: purposes('TREAT', 'HPAYMT', 'HOPERAT') });
    expect(await ids('acme')).toEqual([]);
    await revoke(everybody);
    const all = await file({ type: 'permit', actor: [to('Organization/acme')] });
    expect(await ids('acme')).toEqual(['new', 'old']);
    expect(await statusOf('acme', 'QuestionnaireResponse/answers')).toBe(403);
    await revoke(all);
  });
});
