import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { optOut, optOutLink } from '../../src/privacy/parties/marketing/opt-out.ts';
import { type Answer, ask, jsonOf, partyToken, person, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let sender: string;

const agreed = (id: string, patient: string, more: object = {}, provision: object = {}): Resource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-01T00:00:00Z',
  performer: [{ reference: `Patient/${patient}` }],
  policy: [{ uri: 'https://portico.dev/fhir/policy/marketing' }],
  provision: {
    type: 'permit',
    purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }],
    ...provision,
  },
  ...more,
});

type Parameter = { name: string; part?: Parameter[] } & { [value: string]: unknown };
const parameters = (answer: Answer): Parameter[] => jsonOf<{ parameter?: Parameter[] }>(answer).parameter ?? [];
const audience = (token = sender): Promise<Answer> => ask(server, token, 'GET', '$marketing-audience');
const contacts = async (): Promise<unknown[]> =>
  parameters(await audience()).map(({ part }) => part?.find(({ name }) => name === 'contact')?.valueString);
const check = (contact: string, token = sender): Promise<Answer> =>
  ask(server, token, 'POST', '$marketing-send-check', {
    resourceType: 'Parameters',
    parameter: [{ name: 'contact', valueString: contact }],
  });

beforeAll(async () => {
  server = await startServer();
  sender = await partyToken(server, { actor: 'marketing' }, 'system/*.rs');
  await put(
    server,
    ...['ada', 'bob', 'cara', 'dan', 'eve', 'finn'].map((id) => person(id)),
    person('kid', { birthDate: `${new Date().getUTCFullYear() - 10}-01-01` }),
    {
      resourceType: 'Goal',
      id: 'g',
      lifecycleStatus: 'active',
      category: [
        {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/goal-category', code: 'dietary' }],
          text: 'canary-text',
        },
      ],
      description: { text: 'canary-description' },
      subject: { reference: 'Patient/ada' },
    },
    agreed('ada-m', 'ada'),
    agreed('bob-m', 'bob', { status: 'inactive' }),
    agreed('cara-m', 'cara', {}, { period: { end: '2026-01-02' } }),
    agreed('dan-m', 'dan'),
    agreed('dan-no', 'dan', {}, { type: 'deny' }),
    agreed(
      'finn-other',
      'finn',
      {},
      { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }] },
    ),
    agreed('kid-m', 'kid'),
  );
});
afterAll(() => server.close());

test('O-64 who has not agreed is sent nothing, and of who has three keys are told', async () => {
  const answer = await audience();
  expect(answer.status, answer.text).toBe(200);
  expect(parameters(answer)).toEqual([
    {
      name: 'addressee',
      part: [
        { name: 'contact', valueString: 'ada@mail.example' },
        { name: 'first-name', valueString: 'Givenada' },
        { name: 'goal', valueCode: 'dietary' },
      ],
    },
  ]);
});

test('O-64 F21 what sends our messages reads no record', async () => {
  for (const path of ['Patient', 'Patient/ada', 'Consent', 'Goal?subject=Patient/ada'])
    expect((await ask(server, sender, 'GET', path)).status, path).toBe(403);
});

test('O-64 nobody else asks for marketing, whatever purpose they name', async () => {
  const asks = [
    { actor: 'practitioner', fhirUser: 'Practitioner/x', purpose: 'HMARKT' },
    { actor: 'system', purpose: 'HMARKT' },
    { actor: 'app', patient: 'ada', purpose: 'HMARKT' },
    { actor: 'hr-admin', organization: 'acme', purpose: 'HMARKT' },
    { actor: 'marketing', purpose: 'HOPERAT' },
  ] as const;
  for (const who of asks) {
    const scope = 'fhirUser' in who ? 'user/*.rs' : 'patient' in who ? 'patient/*.rs' : 'system/*.rs';
    const token = await partyToken(server, who, scope);
    expect((await audience(token)).status, who.actor).toBe(403);
    expect((await check('ada@mail.example', token)).status, who.actor).toBe(403);
    expect((await ask(server, token, 'GET', 'Patient/ada')).status, who.actor).toBe(403);
  }
});

test('O-64 whoever opts out between queueing and sending is not sent to', async () => {
  await put(server, agreed('eve-m', 'eve'));
  expect(await contacts()).toContain('eve@mail.example');
  const [send, link] = parameters(await check('eve@mail.example'));
  expect(send?.valueBoolean).toBe(true);
  const url = String(link?.valueUrl);
  expect(url.startsWith(`${server.origin}/privacy/opt-out/`)).toBe(true);
  expect(url).not.toContain('eve');
  const token = url.slice(`${server.origin}/privacy/opt-out/`.length);
  expect((await optOut(server.smart.fhir, token)).ok).toBe(true);
  expect(parameters(await check('eve@mail.example'))).toEqual([{ name: 'send', valueBoolean: false }]);
  expect(await contacts()).not.toContain('eve@mail.example');
  // Once more changes nothing, and who agrees anew has agreed.
  expect((await optOut(server.smart.fhir, token)).ok).toBe(true);
  await put(server, agreed('eve-again', 'eve'));
  expect(await contacts()).toContain('eve@mail.example');
});

test('O-64 a link that is forged ends nothing', async () => {
  const link = optOutLink(server.smart.fhir, 1, 'ada');
  const token = link.slice(link.lastIndexOf('/') + 1);
  for (const forged of [`${token.slice(0, -2)}xx`, token.slice(4), 'x', '']) {
    const answer = await optOut(server.smart.fhir, forged);
    expect(!answer.ok && answer.status, forged).toBe(404);
  }
  expect(await contacts()).toContain('ada@mail.example');
});
