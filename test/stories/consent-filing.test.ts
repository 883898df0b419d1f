import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { consentOf, hl7, labels, purposes, to, types } from '../support/consents.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let tokens: Record<'patient' | 'other' | 'proxy' | 'app' | 'doctor' | 'officer' | 'system', string>;

const resources = [
  { resourceType: 'Practitioner', id: 'd' },
  { resourceType: 'Patient', id: 'p', generalPractitioner: [{ reference: 'Practitioner/d' }] },
  { resourceType: 'Patient', id: 'q' },
  { resourceType: 'RelatedPerson', id: 'r', patient: { reference: 'Patient/p' } },
];

beforeAll(async () => {
  server = await startServer();
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  const patient = { patient: 'p', fhirUser: 'Patient/p' };
  tokens = {
    patient: await server.token('patient/*.cruds', patient),
    other: await server.token('patient/*.cruds', { patient: 'q', fhirUser: 'Patient/q' }),
    proxy: await server.token('user/*.cruds', { fhirUser: 'RelatedPerson/r', actor: 'proxy' }),
    app: await server.token('patient/*.cruds', { ...patient, actor: 'app' }),
    doctor: await server.token('user/*.cruds', { fhirUser: 'Practitioner/d' }),
    officer: await server.token('user/*.cruds', { fhirUser: 'Practitioner/d', actor: 'privacy-officer' }),
    system: await server.token('system/*.cruds', { actor: 'system' }),
  };
});
afterAll(() => server.close());

type Who = keyof typeof tokens | 'operator';

const as = (who: Who): RequestInit =>
  who === 'operator' ? {} : { headers: { authorization: `Bearer ${tokens[who]}` } };

type Answer = { status: number; id: string; issues: string[] };

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as {
    id?: string;
    issue?: { diagnostics: string; expression?: string[] }[];
  };
  const issues = (body.issue ?? []).map(({ diagnostics, expression }) => `${expression?.[0]}: ${diagnostics}`);
  return { status: response.status, id: body.id ?? '', issues };
}

const file = async (who: Who, consent: unknown): Promise<Answer> =>
  answerOf(await server.fetch('Consent', { ...as(who), method: 'POST', body: JSON.stringify(consent) }));

const put = async (who: Who, id: string, consent: object): Promise<Answer> =>
  answerOf(
    await server.fetch(`Consent/${id}`, { ...as(who), method: 'PUT', body: JSON.stringify({ ...consent, id }) }),
  );

const drop = async (who: Who, id: string): Promise<Answer> =>
  answerOf(await server.fetch(`Consent/${id}`, { ...as(who), method: 'DELETE' }));

const gives = consentOf('p', { type: 'permit', actor: [to('Practitioner/d')], class: types('Observation') });
const takes = consentOf('p', { type: 'deny', actor: [to('Practitioner/d')], class: types('Observation') });

const actor = (role: Consent['category'][0], reference: object) => ({ role, reference });
const irc = hl7('v3-ParticipationType', 'IRCP');
const withExtension = { modifierExtension: [{ url: 'http://example.org/x', valueBoolean: true }] };

// biome-ignore format: a table
const vague: [what: string, provision: ConsentProvision, where: string, sentence: RegExp, more?: Partial<Consent>][] = [
  ['neither permits nor denies', { class: types('Observation') }, 'Consent.provision.type', /must be said/],
  ['says the opposite of its policy', { type: 'permit' }, 'Consent.provision', /contradict/, { policyRule: hl7('v3-ActCode', 'OPTOUT') }],
  ['rejects to give nothing', { type: 'deny' }, 'Consent.policy', /gives nothing/, { policy: [{ uri: 'https://profiles.ihe.net/ITI/PCF/Policy-deny' }] }],
  ['has an exception to an exception', { type: 'permit', provision: [{ type: 'deny', provision: [{ type: 'permit' }] }] }, 'Consent.provision.provision[0].provision', /no exceptions/],
  ['has an exception that says neither', { type: 'permit', provision: [{ class: types('Observation') }] }, 'Consent.provision.provision[0].type', /must permit or deny/],
  ['is changed by an extension', { type: 'deny', ...withExtension }, 'Consent.provision', /extension/],
  ['is changed by an extension within', { type: 'deny', actor: [{ ...to('Practitioner/d'), ...withExtension }] }, 'Consent.provision', /extension/],
  ['names a custodian', { type: 'deny', actor: [actor(hl7('v3-ParticipationType', 'CST'), { reference: 'Practitioner/d' })] }, 'Consent.provision.actor[0].role', /receives/],
  ['names somebody at another server', { type: 'deny', actor: [to('https://elsewhere.example/fhir/Practitioner/d')] }, 'Consent.provision.actor[0].reference', /this server/],
  ['names somebody who is not known', { type: 'deny', actor: [to('Practitioner/nobody')] }, 'Consent.provision.actor[0].reference', /not known here/],
  ['names somebody in words', { type: 'deny', actor: [actor(irc, { display: 'Dr Who' })] }, 'Consent.provision.actor[0].reference', /must be named/],
  ['names all employers at once', { type: 'permit', actor: [actor(irc, { identifier: { system: 'https://portico.dev/fhir/CodeSystem/actor', value: 'hr-admin' } })] }, 'Consent.provision.actor[0].reference', /name its Organization/],
  ['denies the patient', { type: 'deny', actor: [to('Patient/p')] }, 'Consent.provision.actor', /own record/],
  ['knows a label that nothing bears', { type: 'deny', securityLabel: labels('XYZ') }, 'Consent.provision.securityLabel[0]', /XYZ/],
  ['has a purpose of its own', { type: 'permit', purpose: [{ system: 'http://example.org', code: 'FooBar' }] }, 'Consent.provision.purpose[0]', /Purposes/],
  ['has a purpose that does not exist', { type: 'permit', purpose: purposes('PARTY') }, 'Consent.provision.purpose[0]', /Purposes/],
  ['keeps people from what saves lives', { type: 'deny', purpose: purposes('BTG') }, 'Consent.provision.purpose', /emergency/],
  ['has a class of documents', { type: 'deny', class: [{ system: 'urn:ietf:bcp:13', code: 'application/pdf' }] }, 'Consent.provision.class[0]', /resource types/],
  ['is about what is in no record', { type: 'deny', class: types('Organization') }, 'Consent.provision.class[0]', /nobody's record/],
  ['is about a code that is only words', { type: 'deny', code: [{ text: 'headache' }] }, 'Consent.provision.code[0]', /by a code/],
  ['is about data elsewhere', { type: 'deny', data: [{ meaning: 'instance', reference: { reference: 'https://elsewhere.example/fhir/Observation/1' } }] }, 'Consent.provision.data[0].reference', /this server/],
  ['has an action of its own', { type: 'permit', action: [hl7('consentaction', 'disclose')] }, 'Consent.provision.action', /actions are/],
  ['denies to correct only', { type: 'deny', action: [hl7('consentaction', 'correct')] }, 'Consent.provision.action', /deny access/],
];

describe('a Consent that cannot be held to', () => {
  test.each(vague)('O-62 is refused where it %s', async (_what, provision, where, sentence, more) => {
    const answer = await file('patient', consentOf('p', provision, more));
    expect(answer.status).toBe(422);
    const found = answer.issues.filter((one) => one.startsWith(`${where}: `));
    expect(found.length, answer.issues.join('\n')).toBeGreaterThan(0);
    expect(found.join()).toMatch(sentence);
  });

  test('O-62 is told all that is wrong with it at once, and may be stored while it has no effect', async () => {
    const provision: ConsentProvision = { type: 'deny', securityLabel: labels('XYZ'), purpose: purposes('PARTY') };
    expect((await file('patient', consentOf('p', provision))).issues).toHaveLength(2);
    const draft = await file('patient', consentOf('p', provision, { status: 'draft' }));
    expect(draft.status).toBe(201);
    expect((await put('patient', draft.id, consentOf('p', provision))).status).toBe(422);
    const research = consentOf('p', provision, { scope: hl7('consentscope', 'research') });
    expect((await file('patient', research)).status).toBe(201);
  });

  test('O-62 is refused by a patch, in a batch and in a transaction as well', async () => {
    const draft = await file(
      'patient',
      consentOf('p', { type: 'deny', purpose: purposes('BTG') }, { status: 'draft' }),
    );
    const patched = await server.fetch(`Consent/${draft.id}`, {
      method: 'PATCH',
      headers: { ...as('patient').headers, 'content-type': 'application/json-patch+json' },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'active' }]),
    });
    expect(patched.status).toBe(422);
    const bundle = (type: string) => ({
      resourceType: 'Bundle',
      type,
      entry: [
        {
          resource: consentOf('p', { type: 'deny', purpose: purposes('BTG') }),
          request: { method: 'POST', url: 'Consent' },
        },
      ],
    });
    const send = (type: string) =>
      server.fetch('', { ...as('patient'), method: 'POST', body: JSON.stringify(bundle(type)) });
    expect((await send('transaction')).status).toBe(422);
    const batch = (await (await send('batch')).json()) as { entry: { response: { status: string } }[] };
    expect(batch.entry[0]?.response.status).toMatch(/^422/);
  });
});

describe('who may consent', () => {
  // biome-ignore format: a table
  const may: [who: Who, gives: number, takes: number][] = [
    ['patient', 201, 201],
    ['proxy', 201, 201],
    ['operator', 201, 201],
    ['officer', 201, 201],
    ['app', 403, 201],
    ['doctor', 403, 403],
    ['system', 403, 403],
    ['other', 403, 403],
  ];

  test.each(may)('O-62 %s: to give %i, to take %i', async (who, give, take) => {
    expect((await file(who, gives)).status).toBe(give);
    expect((await file(who, takes)).status).toBe(take);
  });

  test('O-62 an app proposes what gives, and its user decides', async () => {
    const proposed = await file('app', { ...gives, status: 'proposed' });
    expect(proposed.status).toBe(201);
    expect((await put('app', proposed.id, gives)).status).toBe(403);
    expect((await put('patient', proposed.id, gives)).status).toBe(200);
    expect((await put('app', proposed.id, { ...gives, status: 'inactive' })).status).toBe(200);
  });

  test('O-62 nobody else takes back what a patient has denied, or deletes it', async () => {
    const denied = await file('patient', takes);
    for (const who of ['app', 'doctor'] as const) {
      expect((await put(who, denied.id, { ...takes, status: 'inactive' })).status).toBe(403);
      expect((await put(who, denied.id, gives)).status).toBe(403);
      expect((await drop(who, denied.id)).status).toBe(403);
    }
    const gone = [{ request: { method: 'DELETE', url: `Consent/${denied.id}` } }];
    const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: gone });
    expect((await server.fetch('', { ...as('doctor'), method: 'POST', body: bundle })).status).toBe(403);
    expect((await drop('other', denied.id)).status).toBe(204);
    expect((await server.fetch(`Consent/${denied.id}`, as('patient'))).status).toBe(200);
    expect((await drop('patient', denied.id)).status).toBe(204);
  });

  test('O-62 nobody turns the Consent of one into that of another', async () => {
    const denied = await file('operator', takes);
    const other = { ...takes, patient: { reference: 'Patient/q' } };
    expect((await put('patient', denied.id, other)).status).toBe(403);
    expect((await put('other', denied.id, other)).status).toBe(404);
  });

  test('O-62 nobody writes a Consent in the name of the server', async () => {
    const identifier = [{ system: `${server.origin}/oauth2/grants`, value: '1' }];
    for (const who of ['patient', 'app', 'operator'] as const)
      expect((await file(who, { ...takes, identifier })).status).toBe(403);
  });
});
