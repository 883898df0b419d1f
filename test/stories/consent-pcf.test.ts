import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { consentOf, labels, purposes, to, types } from '../support/consents.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let tokens: Record<'d' | 'e' | 'stranger' | 'patient' | 'research', string>;

const subject = { reference: 'Patient/p' };
const ambulatory = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' };
const observation = (id: string, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: id === 'weight' ? '29463-7' : '8867-4' }] },
  subject,
  effectiveDateTime: '2024-05-01T10:00:00Z',
  ...more,
});

const resources = [
  { resourceType: 'Organization', id: 'org', name: 'Clinic' },
  { resourceType: 'Organization', id: 'researchers', name: 'Research house' },
  { resourceType: 'Practitioner', id: 'd' },
  { resourceType: 'Practitioner', id: 'e' },
  { resourceType: 'Practitioner', id: 's' },
  {
    resourceType: 'PractitionerRole',
    id: 'd-org',
    practitioner: { reference: 'Practitioner/d' },
    organization: { reference: 'Organization/org' },
  },
  {
    resourceType: 'Patient',
    id: 'p',
    generalPractitioner: [{ reference: 'Practitioner/d' }, { reference: 'Practitioner/e' }],
  },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: ambulatory,
    subject,
    period: { start: '2024-05-01' },
  },
  observation('in-2022', { effectiveDateTime: '2022-12-31T23:30:00Z' }),
  observation('in-2023', { effectiveDateTime: '2023-01-01' }),
  observation('by-d', { performer: [{ reference: 'Practitioner/d' }] }),
  observation('visit', { encounter: { reference: 'Encounter/visit' } }),
  observation('weight', {}),
  observation('restricted', { meta: { security: labels('R') } }),
  observation('psy', { meta: { security: labels('R', 'PSY') } }),
];

/** Observations without a label. */
const normal = ['by-d', 'in-2022', 'in-2023', 'visit', 'weight'];
const but = (...ids: string[]) => normal.filter((id) => !ids.includes(id));
const tpo = purposes('TREAT', 'HPAYMT', 'HOPERAT');
const data = (meaning: 'instance' | 'related' | 'authoredby', reference: string) => [
  { meaning, reference: { reference } },
];

beforeAll(async () => {
  server = await startServer();
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  const doctor = (id: string) => server.token('user/*.rs', { fhirUser: `Practitioner/${id}` });
  tokens = {
    d: await doctor('d'),
    e: await doctor('e'),
    stranger: await doctor('s'),
    patient: await server.token('patient/*.cruds', { patient: 'p', fhirUser: 'Patient/p' }),
    research: await server.token('system/*.rs', { actor: 'system', organization: 'researchers', purpose: 'TREAT' }),
  };
});
afterAll(() => server.close());

const as = (who: keyof typeof tokens): RequestInit => ({ headers: { authorization: `Bearer ${tokens[who]}` } });

async function seenBy(who: keyof typeof tokens): Promise<string[]> {
  const answer = await server.fetch('Observation?subject=Patient/p&_total=accurate&_count=50', as(who));
  const bundle = (await answer.json()) as { total?: number; entry?: { resource: { id: string } }[] };
  const ids = (bundle.entry ?? []).map(({ resource }) => resource.id).sort();
  if (bundle.total !== undefined) expect(bundle.total).toBe(ids.length);
  for (const { id } of resources.filter((one) => one.resourceType === 'Observation')) {
    const read = await server.fetch(`Observation/${id}`, as(who));
    expect([id, read.status]).toEqual([id, ids.includes(id) ? 200 : 404]);
  }
  return ids;
}

/** With a Consent in force, and not after. */
async function withConsent(consent: Consent, look: () => Promise<void>): Promise<void> {
  const answer = await server.fetch('Consent', { ...as('patient'), method: 'POST', body: JSON.stringify(consent) });
  const text = await answer.text();
  expect([answer.status, answer.status === 201 ? '' : text]).toEqual([201, '']);
  const { id } = JSON.parse(text) as { id: string };
  try {
    await look();
  } finally {
    expect((await server.fetch(`Consent/${id}`, { ...as('patient'), method: 'DELETE' })).status).toBe(204);
  }
}

type Row = [name: string, provision: ConsentProvision, d: string[], e: string[], more?: Partial<Consent>];

const policy = (name: string) => ({ policy: [{ uri: `https://profiles.ihe.net/ITI/PCF/Policy-${name}` }] });

// biome-ignore format: a table
const table: Row[] = [
  ['agreeing with treatment, payment and operations changes nothing', { type: 'permit', purpose: tpo }, normal, normal],
  ['one that has expired changes nothing', { type: 'deny', purpose: tpo, period: { end: '2022-12-31' } }, normal, normal],
  ['one that begins later changes nothing yet', { type: 'deny', period: { start: '2999-01-01' } }, normal, normal],
  ['rejecting treatment takes all', { type: 'deny', purpose: tpo }, [], []],
  ['rejecting research takes nothing of who treats', { type: 'deny', purpose: purposes('HRESCH') }, normal, normal],
  ['of one year only, its last day included', { type: 'permit', purpose: tpo, dataPeriod: { start: '2022-01', end: '2022-12' } }, ['in-2022'], ['in-2022']],
  ['not of one year', { type: 'permit', purpose: tpo, provision: [{ type: 'deny', dataPeriod: { start: '2022-01', end: '2022-12' } }] }, but('in-2022'), but('in-2022')],
  ['what one practitioner made', { type: 'permit', purpose: tpo, data: data('authoredby', 'Practitioner/d') }, ['by-d'], ['by-d']],
  ['not what one practitioner made', { type: 'permit', purpose: tpo, provision: [{ type: 'deny', data: data('authoredby', 'Practitioner/d') }] }, but('by-d'), but('by-d')],
  ['what belongs to a visit', { type: 'permit', purpose: tpo, data: data('related', 'Encounter/visit') }, ['visit'], ['visit']],
  ['not what belongs to a visit', { type: 'permit', purpose: tpo, provision: [{ type: 'deny', data: data('related', 'Encounter/visit') }] }, but('visit'), but('visit')],
  ['one thing', { type: 'permit', purpose: tpo, data: data('instance', 'Observation/weight') }, ['weight'], ['weight']],
  ['not one thing', { type: 'permit', purpose: tpo, provision: [{ type: 'deny', data: data('instance', 'Observation/weight') }] }, but('weight'), but('weight')],
  ['what is Normal', { type: 'permit', purpose: tpo, securityLabel: labels('N') }, normal, normal],
  ['what is Normal and Restricted', { type: 'permit', purpose: tpo, securityLabel: labels('N', 'R') }, [...normal, 'restricted'].sort(), [...normal, 'restricted'].sort()],
  ['Normal, and not Restricted', { type: 'permit', purpose: tpo, securityLabel: labels('N'), provision: [{ type: 'deny', securityLabel: labels('R') }] }, normal, normal],
  ['Normal, and one of them Restricted', { type: 'permit', purpose: tpo, securityLabel: labels('N'), provision: [{ type: 'permit', actor: [to('Practitioner/d')], securityLabel: labels('R') }] }, [...normal, 'restricted'].sort(), normal],
  ['Normal, and one of them what is of the mind', { type: 'permit', purpose: tpo, securityLabel: labels('N'), provision: [{ type: 'permit', actor: [to('Practitioner/d')], securityLabel: labels('PSY') }] }, [...normal, 'psy'].sort(), normal],
  ['the mind to one of them, and nothing else', { type: 'permit', actor: [to('Practitioner/d')], securityLabel: labels('PSY') }, [...normal, 'psy'].sort(), normal],
  ['by a wider word for the same matter', { type: 'permit', actor: [to('Practitioner/d')], securityLabel: labels('MH') }, [...normal, 'psy'].sort(), normal],
  ['a policy that gives nothing', { type: 'permit', purpose: tpo }, [], [], policy('deny')],
  ['nothing but in an emergency', { type: 'permit', purpose: tpo }, [], [], policy('break-glass-only')],
  ['everything, by name of a policy', { type: 'permit', purpose: tpo }, normal, normal, policy('all-normal')],
  ['not one code', { type: 'deny', code: [{ coding: [{ system: 'http://loinc.org', code: '29463-7' }] }] }, but('weight'), but('weight')],
  ['not one type', { type: 'deny', class: types('Observation') }, [], []],
  ['not one of them', { type: 'deny', actor: [to('Practitioner/d')] }, [], normal],
  ['not one of them by their role', { type: 'deny', actor: [to('PractitionerRole/d-org')] }, [], normal],
  ['not one of them by where they work', { type: 'deny', actor: [to('Organization/org')] }, [], normal],
  ['nobody but one of them', { type: 'deny', provision: [{ type: 'permit', actor: [to('Practitioner/d')] }] }, normal, []],
  ['nobody, but what belongs to a visit', { type: 'deny', provision: [{ type: 'permit', data: data('related', 'Encounter/visit') }] }, ['visit'], ['visit']],
  ['inactive, it has no effect', { type: 'deny' }, normal, normal, { status: 'inactive' }],
  ['proposed, it has no effect', { type: 'deny' }, normal, normal, { status: 'proposed' }],
  ['rejected, it has no effect', { type: 'deny' }, normal, normal, { status: 'rejected' }],
  ['a draft, it has no effect', { type: 'deny' }, normal, normal, { status: 'draft' }],
  ['entered in error, it has no effect', { type: 'deny' }, normal, normal, { status: 'entered-in-error' }],
];

describe('Consents in the shapes of Privacy Consent on FHIR', () => {
  test.each(table)('O-62 %s', async (_name, provision, d, e, more) => {
    await withConsent(consentOf('p', provision, more), async () => {
      expect(await seenBy('d')).toEqual(d);
      expect(await seenBy('e')).toEqual(e);
      expect(await seenBy('patient')).toEqual([...normal, 'psy', 'restricted'].sort());
    });
    expect(await seenBy('d')).toEqual(normal);
  });

  test('O-62 what is given to a stranger is that and nothing else, and only while it is for their purpose', async () => {
    expect(await seenBy('stranger')).toEqual([]);
    const provision: ConsentProvision = { type: 'permit', actor: [to('Practitioner/s')], purpose: purposes('TREAT') };
    await withConsent(consentOf('p', { ...provision, data: data('instance', 'Observation/weight') }), async () => {
      expect(await seenBy('stranger')).toEqual(['weight']);
      expect((await server.fetch('Patient/p', as('stranger'))).status).toBe(404);
    });
    await withConsent(consentOf('p', { ...provision, purpose: purposes('HRESCH') }), async () => {
      expect(await seenBy('stranger')).toEqual([]);
    });
    const both = consentOf('p', { ...provision, provision: [{ type: 'deny', securityLabel: labels('PSY') }] });
    await withConsent(both, async () => expect(await seenBy('stranger')).toEqual(normal));
  });

  test('O-62 of a Consent to one and a denial to all, what is denied is denied', async () => {
    await withConsent(consentOf('p', { type: 'permit', actor: [to('Practitioner/s')] }), async () => {
      expect(await seenBy('stranger')).toEqual(normal);
      await withConsent(consentOf('p', { type: 'deny', data: data('instance', 'Observation/weight') }), async () => {
        expect(await seenBy('stranger')).toEqual(but('weight'));
      });
    });
  });

  test('O-62 another system sees what is denied to nobody in particular as little', async () => {
    expect(await seenBy('research')).toEqual(normal);
    await withConsent(consentOf('p', { type: 'deny', dataPeriod: { start: '2022', end: '2022' } }), async () => {
      expect(await seenBy('research')).toEqual(but('in-2022'));
    });
    await withConsent(consentOf('p', { type: 'deny', actor: [to('Organization/researchers')] }), async () => {
      expect(await seenBy('research')).toEqual([]);
      expect(await seenBy('d')).toEqual(normal);
    });
  });
});
