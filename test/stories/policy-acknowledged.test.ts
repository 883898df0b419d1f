import type { Consent, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Pair, startPair } from '../support/beside.ts';
import { consentOf } from '../support/consents.ts';

let pair: Pair;
let tokens: Record<'self' | 'app' | 'proxy' | 'doctor' | 'other' | 'operator', string>;

const resources = [
  { resourceType: 'Practitioner', id: 'd' },
  { resourceType: 'Patient', id: 'p', generalPractitioner: [{ reference: 'Practitioner/d' }] },
  { resourceType: 'Patient', id: 'q' },
  { resourceType: 'RelatedPerson', id: 'r', patient: { reference: 'Patient/p' } },
];

beforeAll(async () => {
  pair = await startPair();
  const { server } = pair;
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  const person = { patient: 'p', fhirUser: 'Patient/p' };
  tokens = {
    self: await server.token('patient/*.cruds', person),
    app: await server.token('patient/*.rs', { ...person, actor: 'app' }),
    proxy: await server.token('user/*.rs', { fhirUser: 'RelatedPerson/r', actor: 'proxy' }),
    doctor: await server.token('user/*.rs', { fhirUser: 'Practitioner/d' }),
    other: await server.token('patient/*.rs', { patient: 'q', fhirUser: 'Patient/q' }),
    operator: await server.token(),
  };
});
afterAll(() => pair.close());

type Who = keyof typeof tokens;

const send = (server: 0 | 1, who: Who, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${pair.origins[server]}/fhir/R4/${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/fhir+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const parameters = (values: Record<string, string | boolean>): Parameters => ({
  resourceType: 'Parameters',
  parameter: Object.entries(values).map(([name, value]) =>
    typeof value === 'boolean' ? { name, valueBoolean: value } : { name, valueString: value },
  ),
});

const publish = async (version: string, more: Record<string, string | boolean> = {}): Promise<number> => {
  const body = parameters({ version, url: 'https://example.org/privacy', text: `The policy, ${version}.`, ...more });
  return (await send(0, 'operator', 'POST', '$publish-policy', body)).status;
};

const agree = (who: Who, version: string): Promise<Response> =>
  send(1, who, 'POST', 'Consent/$acknowledge-policy', parameters({ version }));

const statusOf = async (who: Who, path = 'Observation?patient=p', server: 0 | 1 = 1): Promise<number> =>
  (await send(server, who, 'GET', path)).status;

describe('the privacy policy', () => {
  test('O-07 where none is published nobody has to agree to one', async () => {
    for (const who of ['self', 'app', 'proxy', 'doctor'] as const) expect(await statusOf(who)).toBe(200);
    expect(await statusOf('self', '$privacy-policy')).toBe(404);
  });

  test('O-07 that is material is agreed to before anything else, by each person and for their apps, at every server', async () => {
    expect(await statusOf('self')).toBe(200);
    expect(await publish('1')).toBe(200);
    for (const who of ['self', 'app', 'proxy', 'other'] as const) expect(await statusOf(who)).toBe(403);
    const refused = (await (await send(1, 'self', 'GET', 'Observation?patient=p')).json()) as {
      issue: { code: string; details?: { coding: { code: string }[] } }[];
    };
    expect(refused.issue[0]?.code).toBe('suppressed');
    expect(refused.issue[0]?.details?.coding[0]?.code).toBe('policy-acknowledgement-required');
    for (const path of ['Patient/p', 'Patient/p/$everything', 'Consent?patient=p', 'Patient/p/_history'])
      expect(await statusOf('self', path)).toBe(403);
    for (const path of ['metadata', '$privacy-policy']) expect(await statusOf('self', path)).toBe(200);
    for (const who of ['doctor', 'operator'] as const) expect(await statusOf(who)).toBe(200);

    const agreed = await agree('self', '1');
    expect(agreed.status).toBe(201);
    const consent = (await agreed.json()) as Consent;
    expect(pair.server.smart.fhir.validate(consent).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(consent.policy?.[0]?.uri).toBe('https://example.org/privacy|1');
    for (const server of [0, 1] as const) {
      expect(await statusOf('self', undefined, server)).toBe(200);
      expect(await statusOf('app', undefined, server)).toBe(200);
    }
    expect(await statusOf('proxy')).toBe(403);
    expect(await statusOf('other', 'Observation?patient=q')).toBe(403);
    expect((await agree('proxy', '1')).status).toBe(201);
    expect(await statusOf('proxy')).toBe(200);
  });

  test('O-07 that is changed in substance is agreed to anew; that is changed in its wording is not', async () => {
    expect(await publish('1.1', { material: false })).toBe(200);
    expect(await statusOf('self')).toBe(200);
    expect(await publish('2')).toBe(200);
    expect(await statusOf('self')).toBe(403);
    expect((await agree('self', '1')).status).toBe(201);
    expect(await statusOf('self')).toBe(403);
    expect((await agree('self', '2')).status).toBe(201);
    expect(await statusOf('self')).toBe(200);
    expect(await publish('2.1', { material: false })).toBe(200);
    expect(await statusOf('self')).toBe(200);
  });

  test('O-07 that is announced is agreed to from the day on which it is in force', async () => {
    const soon = new Date(Date.now() + 1200);
    expect(await publish('3', { effective: soon.toISOString() })).toBe(200);
    expect(await statusOf('self')).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, soon.getTime() - Date.now() + 50));
    expect(await statusOf('self')).toBe(403);
    const text = (await (await send(0, 'self', 'GET', '$privacy-policy?version=1')).json()) as Parameters;
    expect(text.parameter?.find(({ name }) => name === 'text')?.valueString).toBe('The policy, 1.');
    expect((await agree('self', '3')).status).toBe(201);
    expect(await statusOf('self')).toBe(200);
  });

  test('O-07 is agreed to by nobody for another, is not rewritten, and counts no more for who takes it back', async () => {
    expect((await agree('app', '3')).status).toBe(403);
    expect((await agree('doctor', '3')).status).toBe(403);
    expect((await agree('self', '9')).status).toBe(404);
    expect(await publish('3', { text: 'Another text' })).toBe(409);
    expect((await send(0, 'self', 'POST', '$publish-policy', parameters({ version: '4' }))).status).toBe(403);
    const forged = consentOf(
      'p',
      { type: 'permit' },
      {
        identifier: [{ system: `${pair.server.origin}/privacy/acknowledgements`, value: 'RelatedPerson/r 3' }],
      },
    );
    expect((await send(0, 'self', 'POST', 'Consent', forged)).status).toBe(403);
    expect((await send(0, 'operator', 'POST', 'Consent', forged)).status).toBe(403);
    expect(await statusOf('proxy')).toBe(403);

    const own = (await (await send(0, 'self', 'GET', 'Consent?patient=p&status=active')).json()) as {
      entry: { resource: Consent }[];
    };
    const third = own.entry.find(({ resource }) => resource.policy?.[0]?.uri?.endsWith('|3'))?.resource;
    expect((await send(0, 'self', 'POST', `Consent/${third?.id}/$revokeConsent`)).status).toBe(200);
    expect(await statusOf('self')).toBe(403);
  });
});
