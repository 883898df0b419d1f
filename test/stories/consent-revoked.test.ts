import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Pair, startPair } from '../support/beside.ts';

/** Reads and revocations together. */
const OPERATIONS = 10_000;
const READERS = 4;

let pair: Pair;
/** Of the practitioner whom the patient lets in and shuts out; of the patient. */
let doctor: string;
let patient: string;

const hl7 = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});

const consent = {
  resourceType: 'Consent',
  status: 'active',
  scope: hl7('consentscope', 'patient-privacy'),
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/p' },
  dateTime: '2026-01-01',
  policy: [{ uri: 'http://example.org/policy' }],
  provision: {
    type: 'permit',
    actor: [{ role: hl7('v3-ParticipationType', 'IRCP'), reference: { reference: 'Practitioner/d' } }],
    class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
  },
};

async function send(server: 0 | 1, token: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${pair.origins[server]}/fhir/R4/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function file(server: 0 | 1): Promise<string> {
  const answer = await send(server, patient, 'POST', 'Consent/$fileConsent', consent);
  expect(answer.status).toBe(201);
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

beforeAll(async () => {
  pair = await startPair();
  const { server } = pair;
  const resources = [
    { resourceType: 'Practitioner', id: 'd' },
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p' } },
  ];
  for (const one of resources) {
    const stored = await server.fetch(`${one.resourceType}/${one.id}`, { method: 'PUT', body: JSON.stringify(one) });
    expect(stored.status).toBe(201);
  }
  doctor = await server.token('user/*.rs', { fhirUser: 'Practitioner/d' });
  patient = await server.token('patient/*.cruds', { patient: 'p', fhirUser: 'Patient/p' });
});
afterAll(() => pair.close());

describe('a Consent that is taken back', () => {
  test('O-61 counts from its filing to its withdrawal, which is seen in it, and no further', async () => {
    expect((await send(1, doctor, 'GET', 'Observation/o')).status).toBe(404);
    const id = await file(0);
    expect((await send(1, doctor, 'GET', 'Observation/o')).status).toBe(200);
    expect((await send(1, doctor, 'GET', 'Patient/p')).status).toBe(404);
    expect((await send(0, doctor, 'POST', `Consent/${id}/$revokeConsent`)).status).toBe(404);
    expect((await send(0, patient, 'POST', `Consent/${id}/$revokeConsent`)).status).toBe(200);
    expect((await send(1, doctor, 'GET', 'Observation/o')).status).toBe(404);
    expect((await send(0, doctor, 'GET', 'Observation?patient=p')).status).toBe(200);
    const kept = (await (await send(0, patient, 'GET', `Consent/${id}`)).json()) as {
      status: string;
      provision: { period: { end: string } };
    };
    expect(kept.status).toBe('inactive');
    expect(Date.parse(kept.provision.period.end)).toBeGreaterThan(0);
    expect((await send(0, patient, 'POST', `Consent/${id}/$revokeConsent`)).status).toBe(200);
  });

  test('O-61 the operation that names the Consent and the patient does the same, and not of another patient', async () => {
    const id = await file(1);
    const body = (who: string) => ({
      resourceType: 'Parameters',
      parameter: [
        { name: 'consent', valueReference: { reference: `Consent/${id}` } },
        { name: 'patient', valueReference: { reference: `Patient/${who}` } },
      ],
    });
    expect((await send(0, patient, 'POST', 'Consent/$revokeConsent', body('q'))).status).toBe(404);
    expect((await send(1, doctor, 'GET', 'Observation/o')).status).toBe(200);
    expect((await send(0, patient, 'POST', 'Consent/$revokeConsent', body('p'))).status).toBe(200);
    expect((await send(1, doctor, 'GET', 'Observation/o')).status).toBe(404);
  });

  test('O-61 A-56 of 10,000 operations at two servers no read that begins after a withdrawal returns data', async () => {
    let done = 0;
    let filings = 0;
    let isShut = true;
    let seen = 0;
    let hidden = 0;
    const wrong: string[] = [];
    const isOver = (): boolean => done >= OPERATIONS;

    async function read(reader: number): Promise<void> {
      while (!isOver()) {
        done++;
        const began = { isShut, filings };
        const server = ((reader + done) % 2) as 0 | 1;
        const isSearch = reader % 2 === 0;
        const answer = await send(server, doctor, 'GET', isSearch ? 'Observation?patient=p' : 'Observation/o');
        const text = await answer.text();
        const shows = isSearch ? text.includes('"id":"o"') : answer.status === 200;
        if (shows) seen++;
        else hidden++;
        // Where no filing has begun since, it was shut all the time.
        if (shows && began.isShut && began.filings === filings) wrong.push(`read ${done} of reader ${reader}`);
      }
    }

    async function revoke(): Promise<void> {
      while (!isOver()) {
        filings++;
        isShut = false;
        const id = await file((filings % 2) as 0 | 1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        const answer = await send(((filings + 1) % 2) as 0 | 1, patient, 'POST', `Consent/${id}/$revokeConsent`);
        expect(answer.status).toBe(200);
        isShut = true;
        done += 2;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    await Promise.all([revoke(), ...Array.from({ length: READERS }, (_, reader) => read(reader))]);
    expect(wrong).toEqual([]);
    expect(filings).toBeGreaterThan(20);
    expect(seen).toBeGreaterThan(500);
    expect(hidden).toBeGreaterThan(500);
  }, 240_000);
});
