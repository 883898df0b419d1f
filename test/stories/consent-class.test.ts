import type { ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { consentOf, hl7, labels } from '../support/consents.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let tokens: Record<'treating' | 'stranger' | 'patient', string>;

const subject = { reference: 'Patient/p' };

beforeAll(async () => {
  server = await startServer();
  const resources = [
    { resourceType: 'Practitioner', id: 'treating', active: true },
    { resourceType: 'Practitioner', id: 'stranger', active: true },
    { resourceType: 'Patient', id: 'p', generalPractitioner: [{ reference: 'Practitioner/treating' }] },
    { resourceType: 'Condition', id: 'plain', code: { text: 'a cold' }, subject },
    {
      resourceType: 'Condition',
      id: 'labelled',
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.2' }] },
      subject,
    },
  ];
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  tokens = {
    treating: await server.token('user/*.rs', { fhirUser: 'Practitioner/treating' }),
    stranger: await server.token('user/*.rs', { fhirUser: 'Practitioner/stranger' }),
    patient: await server.token('patient/*.cruds', { patient: 'p', fhirUser: 'Patient/p' }),
  };
});
afterAll(() => server.close());

const as = (who: keyof typeof tokens): RequestInit => ({ headers: { authorization: `Bearer ${tokens[who]}` } });

async function seen(who: keyof typeof tokens): Promise<string[]> {
  const answer = await server.fetch('Condition', as(who));
  const { entry = [] } = (await answer.json()) as { entry?: { resource: { id: string } }[] };
  return entry.map(({ resource }) => resource.id).sort();
}

test('O-62 who allows something to everybody who treats them lets nobody at their record who does not', async () => {
  const file = async (provision: ConsentProvision): Promise<void> => {
    const body = JSON.stringify(consentOf('p', provision));
    const answer = await server.fetch('Consent/$fileConsent', { ...as('patient'), method: 'POST', body });
    expect(answer.status, await answer.text()).toBe(201);
  };
  const clinicians: ConsentProvision['actor'] = [
    {
      role: hl7('v3-ParticipationType', 'IRCP'),
      reference: { identifier: { system: 'https://portico.dev/fhir/CodeSystem/actor', value: 'practitioner' } },
    },
  ];
  expect(await seen('treating')).toEqual(['plain']);
  await file({ type: 'permit', actor: clinicians });
  expect(await seen('treating')).toEqual(['plain']);
  expect(await seen('stranger')).toEqual([]);
  await file({ type: 'permit', actor: clinicians, securityLabel: labels('MH') });
  expect(await seen('treating')).toEqual(['labelled', 'plain']);
  expect(await seen('stranger')).toEqual([]);
  await file({ type: 'deny', actor: clinicians });
  expect(await seen('treating')).toEqual([]);
});
