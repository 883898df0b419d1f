import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const hl7 = (system: string, code: string) => ({ system: `http://terminology.hl7.org/CodeSystem/${system}`, code });

const asSystem = async (path: string) => {
  const token = await server.token('system/*.rs', { actor: 'system', subject: 'ehr' });
  const answer = await server.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  return JSON.parse(await answer.text());
};

test('O-72 records of substance use are disclosed to another system by consent, and with the notice that forbids to pass them on', async () => {
  const put = async (resource: { resourceType: string; id: string }) => {
    const answer = await server.fetch(`${resource.resourceType}/${resource.id}`, {
      method: 'PUT',
      body: JSON.stringify(resource),
    });
    expect(answer.status, await answer.clone().text()).toBe(201);
  };
  await put({ resourceType: 'Patient', id: 'p' });
  const condition = {
    resourceType: 'Condition',
    id: 'c',
    subject: { reference: 'Patient/p' },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F11.20' }] },
  };
  await put(condition);
  expect((await asSystem('Condition?patient=p')).entry).toBeUndefined();
  const consent = {
    resourceType: 'Consent',
    id: 'all',
    status: 'active',
    scope: { coding: [hl7('consentscope', 'patient-privacy')] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: 'Patient/p' },
    dateTime: '2026-02-10T00:00:00Z',
    performer: [{ reference: 'Patient/p' }],
    policyRule: { coding: [hl7('v3-ActCode', 'OPTIN')] },
    provision: {
      type: 'permit',
      purpose: [hl7('v3-ActReason', 'TREAT')],
      securityLabel: [hl7('v3-Confidentiality', 'R'), hl7('v3-ActCode', 'ETH')],
    },
  };
  await put(consent);
  const page = await asSystem('Condition?patient=p');
  expect(page.entry.map((one: { resource: { resourceType: string } }) => one.resource.resourceType)).toEqual([
    'Condition',
    'DocumentReference',
  ]);
  expect(page.entry[1].resource.description).toContain('42 CFR part 2 prohibits');
  expect(page.entry[1].resource.description).toContain('Consent/all');
  expect(page.meta.security.map(({ code }: { code: string }) => code)).toEqual(['42CFRPart2', 'NORDSCLCD']);
  // A person who reads what is theirs is told no law.
  const own = await server.token('patient/*.rs', { patient: 'p', actor: 'self' });
  const answer = await server.fetch('Condition?patient=p', { headers: { authorization: `Bearer ${own}` } });
  expect(JSON.parse(await answer.text()).entry).toHaveLength(1);
});
