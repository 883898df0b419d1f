import type { Bundle, Patient, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
  const entry = Array.from({ length: 7 }, (_, n) => [
    {
      resource: {
        resourceType: 'Patient',
        id: `john-smith-${n}`,
        name: [{ family: 'Smith', given: ['John'] }],
        birthDate: '1980-05-06',
        telecom: [{ system: 'phone', value: '416-555-0199' }],
      },
      request: { method: 'PUT', url: `Patient/john-smith-${n}` },
    },
    {
      resource: {
        resourceType: 'Condition',
        id: `c-${n}`,
        code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006' }] },
        subject: { reference: `Patient/john-smith-${n}` },
        note: [{ text: 'John Smith 416-555-0199' }],
      },
      request: { method: 'PUT', url: `Condition/c-${n}` },
    },
  ]).flat();
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  expect((await server.fetch('', { method: 'POST', body })).status).toBe(200);
}, 60_000);
afterAll(() => server?.close());

async function ask(path: string, actor: 'analytics' | 'hr-admin' | 'operator', organization = 'acme') {
  const token = await server.token('system/*.rs', { actor, organization });
  return server.fetch(path, { headers: { authorization: `Bearer ${token}` } });
}

/** All pages, by their next links. */
async function everything(path: string, organization?: string): Promise<Resource[]> {
  const found: Resource[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await ask(next, 'analytics', organization);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toMatch(/John|Smith|416|1980-|john-smith/);
    const { entry = [], link = [] } = JSON.parse(text) as Bundle;
    found.push(...entry.flatMap(({ resource }) => resource ?? []));
    next = link.find(({ relation }) => relation === 'next')?.url?.replace(`${server.base}/`, '');
  }
  return found;
}

test('O-32 what analysts are given is every row, page by page, and tells of nobody who it is', async () => {
  const found = await everything('$de-identify?type=Patient,Condition&_count=3');
  const patients = found.filter((one): one is Patient => one.resourceType === 'Patient');
  expect(patients.map(({ birthDate }) => birthDate)).toEqual(Array.from({ length: 7 }, () => '1980'));
  const ids = new Set(patients.map(({ id }) => `Patient/${id}`));
  const conditions = found.flatMap((one) => (one.resourceType === 'Condition' ? [one] : []));
  expect(conditions).toHaveLength(7);
  // What belongs together still does.
  for (const { subject } of conditions) expect(ids).toContain(subject.reference);
});

test('O-32 two recipients cannot compare what they were given, and none asks in the name of another', async () => {
  const [one, other] = [
    await everything('$de-identify?type=Patient'),
    await everything('$de-identify?type=Patient', 'globex'),
  ];
  const ids = new Set(one.map(({ id }) => id));
  expect(other.some(({ id }) => ids.has(id))).toBe(false);
  expect((await ask('$de-identify?type=Patient&recipient=globex', 'analytics')).status).toBe(403);
});

test('O-32 an employer is given nothing, an operator says for whom it is, and other types are not shown', async () => {
  expect((await ask('$de-identify', 'hr-admin')).status).toBe(403);
  expect((await ask('$de-identify', 'operator')).status).toBe(400);
  expect((await ask('$de-identify?recipient=research', 'operator')).status).toBe(200);
  expect((await ask('$de-identify?type=DocumentReference', 'analytics')).status).toBe(400);
  expect((await ask('$de-identify?type=Patient&_cursor=x', 'analytics')).status).toBe(400);
});
