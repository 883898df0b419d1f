import type { Consent, ConsentProvision, ConsentProvisionActor, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectionOfCaller } from '../../src/devices/connections/find.ts';
import { openConnection } from '../../src/devices/connections/open.ts';
import { fhir } from '../../src/devices/formats/fhir.ts';
import { ingest } from '../../src/devices/ingest.ts';
import { measures } from '../../src/devices/measures.ts';
import type { ItemOutcome } from '../../src/devices/outcomes.ts';
import { rollUp } from '../../src/devices/rollups/roll-up.ts';
import { takeFetched, workPayload } from '../../src/devices/take-payload.ts';
import type { Grant } from '../../src/fhir/access.ts';
import { callerOf } from '../support/caller.ts';
import { consentOf, labels, to } from '../support/consents.ts';
import { bloodPressure, collection, heartRate, statusesOf, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  const practitioner = { resourceType: 'Practitioner', id: 'gp' };
  await server.fetch('Practitioner/gp', { method: 'PUT', body: JSON.stringify(practitioner) });
});
afterAll(() => server?.close());

let made = 0;
async function somebody(): Promise<string> {
  const id = `p${made++}`;
  const body = JSON.stringify({ resourceType: 'Patient', id, generalPractitioner: [{ reference: 'Practitioner/gp' }] });
  expect((await server.fetch(`Patient/${id}`, { method: 'PUT', body })).status).toBe(201);
  return id;
}

const day = Date.UTC(2026, 4, 6);
const at = (minute: number, from = day): string => new Date(from + minute * 60_000).toISOString();
const coded = (code: string, minute: number, patient: string): Observation => ({
  ...heartRate(patient, at(minute), 36.6),
  code: { coding: [{ system: 'http://loinc.org', code }] },
  valueQuantity: { value: 36.6, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
});
const none = (minute: number, patient: string): Observation => ({
  ...heartRate(patient, at(minute), 1),
  code: { coding: [{ system: 'http://x.example', code: 'none-of-ours' }] },
});

const headersOf = async (scope: string, patient: string) => ({
  authorization: `Bearer ${await server.token(scope, { patient, fhirUser: `Patient/${patient}`, subject: patient })}`,
  'content-type': 'application/fhir+json',
});

/** The highest of the readings as a number: ids and times may have its digits by chance. */
const peak = /(?<![\w.-])171(?![\w.-])/;

describe('what a scope does not cover is not taken in, in whichever tier it would be', () => {
  const sent = (patient: string) =>
    collection(
      heartRate(patient, at(0), 60),
      coded('8310-5', 1, patient),
      bloodPressure(patient, at(2), 120, 80),
      none(3, patient),
    );

  test.each<[string, string[]]>([
    ['patient/Observation.c', ['201', '201', '201', '201']],
    ['patient/Observation.c?code=http://loinc.org|8867-4', ['201', '403', '403', '403']],
    ['patient/Observation.c?code=http://loinc.org|85354-9', ['403', '403', '201', '403']],
    ['patient/Observation.c?code=http://x.example|none-of-ours', ['403', '403', '403', '201']],
    [
      'patient/Observation.c?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs',
      ['201', '201', '201', '403'],
    ],
    [
      'patient/Observation.c?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      ['403', '403', '403', '403'],
    ],
    ['patient/Observation.rs', []],
    ['patient/Observation.u', []],
    ['patient/Device.cruds', []],
    ['patient/*.rs', []],
  ])('%s', async (scope, statuses) => {
    const patient = await somebody();
    const answer = await submit(server, sent(patient), { headers: await headersOf(scope, patient) });
    expect(statusesOf(answer), answer.text).toEqual(statuses);
    if (statuses.length === 0) expect(answer.status).toBe(403);
    const [row] = await server.database.query(
      'select count(*)::int from observation where tenant = 1 and patient = $1',
      [patient],
    );
    expect(row).toEqual([statuses.filter((one) => one === '201').length]);
  });
});

/** A gateway that a patient has connected. */
async function gateway(patient: string): Promise<{ granted: () => Promise<Grant>; actor: ConsentProvisionActor }> {
  const { clientId } = (await registerApp(server)).app;
  const bearer = await server.token('patient/*.cruds', { patient, fhirUser: `Patient/${patient}` });
  const connected = await server.fetch(`Patient/${patient}/$device-connect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'gateway', valueString: clientId }] }),
  });
  expect(connected.status, await connected.text()).toBe(200);
  const scopes = [
    { context: 'system' as const, type: 'Observation', interactions: new Set(['c' as const]), query: null },
  ];
  const caller = callerOf({
    actor: 'device-gateway',
    purpose: '',
    subject: clientId,
    clientId,
    patient: null,
    reach: [],
    scopes,
  });
  const identifier = { system: `${server.origin}/oauth2/clients`, value: clientId };
  return { granted: () => server.smart.decide(caller), actor: { ...gp, reference: { identifier } } };
}

async function bring(grant: Grant, patient: string, ...sent: Observation[]): Promise<string[]> {
  const context = server.smart.fhir;
  const found = await connectionOfCaller(context, grant, patient);
  if (!found.ok) return [String(found.status)];
  const items = fhir.read(collection(...sent), '', { received: context.now(), zone: 0 });
  const link = { tenant: 1, patient, connection: found.value, grant };
  const outcomes: ItemOutcome[] = [];
  for await (const some of ingest(context, link, items, { received: context.now(), payload: { id: 'x', hash: 'x' } }))
    outcomes.push(...some);
  return outcomes.map(({ status }) => status);
}

/** Files a Consent of the patient in which part of what is permitted is not. */
async function deny(patient: string, actor: ConsentProvisionActor, provision: ConsentProvision): Promise<void> {
  const consent = consentOf(patient, { type: 'permit', provision: [{ type: 'deny', actor: [actor], ...provision }] });
  const answer = await server.fetch('Consent', { method: 'POST', body: JSON.stringify(consent) });
  expect(answer.status, await answer.text()).toBe(201);
}

const gp = to('Practitioner/gp');
const heart = [{ coding: [{ system: 'http://loinc.org', code: '8867-4' }] }];
const pressure = [{ coding: [{ system: 'http://loinc.org', code: '85354-9' }] }];

describe('what the patient has denied is not taken in', () => {
  test.each<[string, ConsentProvision, string[]]>([
    ['by code, of the narrow tier', { code: heart }, ['403', '201', '201']],
    ['by code, of the other', { code: pressure }, ['201', '403', '201']],
    [
      'by the code of none of our measures',
      { code: [{ coding: [{ system: 'http://x.example', code: 'none-of-ours' }] }] },
      ['201', '201', '403'],
    ],
    ['by period', { dataPeriod: { start: '2026-05-06', end: '2026-05-06' } }, ['403', '403', '403']],
    ['by another period', { dataPeriod: { start: '2026-05-07', end: '2026-05-08' } }, ['201', '201', '201']],
  ])('%s', async (_, provision, statuses) => {
    const patient = await somebody();
    const { granted, actor } = await gateway(patient);
    // Where a source is meant it is named at the top, as in the Consent that it stands on.
    const consent = consentOf(patient, { type: 'deny', actor: [actor], ...provision });
    expect((await server.fetch('Consent', { method: 'POST', body: JSON.stringify(consent) })).status).toBe(201);
    const sent = [heartRate(patient, at(0), 60), bloodPressure(patient, at(1), 120, 80), none(2, patient)];
    expect(await bring(await granted(), patient, ...sent)).toEqual(statuses);
  });
});

/** The Consent that a source stands on, as its patient writes it anew. */
async function rewritten(patient: string, change: (provision: ConsentProvision) => ConsentProvision): Promise<void> {
  const [row] = await server.database.query(
    "select consent from device_connection where tenant = 1 and patient = $1 and state = 'active'",
    [patient],
  );
  const consent = (await (await server.fetch(`Consent/${row?.[0]}`)).json()) as Consent;
  const body = JSON.stringify({ ...consent, provision: change(consent.provision ?? {}) });
  const answer = await server.fetch(`Consent/${consent.id}`, { method: 'PUT', body });
  expect(answer.status, await answer.text()).toBe(200);
}

const narrower: [string, (provision: ConsentProvision) => ConsentProvision, string[]][] = [
  [
    'by an exception of a code',
    (one) => ({ ...one, provision: [{ type: 'deny', code: heart }] }),
    ['403', '201', '201'],
  ],
  [
    'by an exception of a period',
    (one) => ({ ...one, provision: [{ type: 'deny', dataPeriod: { start: '2026-05-06', end: '2026-05-06' } }] }),
    ['403', '403', '403'],
  ],
  ['to a code', (one) => ({ ...one, code: pressure }), ['403', '201', '403']],
  ['to a period', (one) => ({ ...one, dataPeriod: { start: '2026-05-07', end: '2026-05-08' } }), ['403', '403', '403']],
];

describe('a Consent that a source stands on holds as it is now, written by way of FHIR as well', () => {
  test.each(narrower)('of a gateway, limited %s', async (_, change, statuses) => {
    const patient = await somebody();
    const { granted } = await gateway(patient);
    await rewritten(patient, change);
    const sent = [heartRate(patient, at(0), 60), bloodPressure(patient, at(1), 120, 80), none(2, patient)];
    expect(await bring(await granted(), patient, ...sent)).toEqual(statuses);
  });

  test('and of one to nearly every measure all of those come in', async () => {
    const patient = await somebody();
    const { granted } = await gateway(patient);
    const most = measures.filter(({ id }) => id !== 'body-weight');
    await rewritten(patient, (one) => ({ ...one, code: most.map(({ codings }) => ({ coding: [...codings] })) }));
    const sent = [heartRate(patient, at(0), 60), bloodPressure(patient, at(1), 120, 80), none(2, patient)];
    expect(await bring(await granted(), patient, ...sent)).toEqual(['201', '201', '403']);
  });

  test.each(narrower)('of a vendor, limited %s', async (_, change, statuses) => {
    const patient = await somebody();
    const context = server.smart.fhir;
    const by = { reference: `Patient/${patient}` };
    const opening = {
      tenant: 1,
      id: `c-${patient}`,
      patient,
      kind: 'vendor' as const,
      source: 'vendor:withings',
      name: 'Withings',
      consent: null,
      by,
    };
    const opened = await openConnection(context, opening);
    await rewritten(patient, change);
    const sent = [heartRate(patient, at(0), 60), bloodPressure(patient, at(1), 120, 80), none(2, patient)];
    const text = JSON.stringify(collection(...sent));
    if (opened === null) throw new Error('it is open');
    await takeFetched(context, opened, 'fhir', text);
    const [row] = await server.database.query(
      "select id from device_payload where tenant = 1 and patient = $1 and state = 'taken'",
      [patient],
    );
    const tally = await workPayload(context, 1, String(row?.[0]));
    const taken = statuses.filter((one) => one === '201').length;
    expect(tally).toEqual({ created: taken, known: 0, amended: 0, refused: statuses.length - taken });
  });
});

describe('what the patient keeps from who treats them', () => {
  let patient: string;
  let headers: Record<string, string>;
  const readers = async () => ({
    authorization: `Bearer ${await server.token('user/*.rs', { fhirUser: 'Practitioner/gp', subject: 'gp' })}`,
  });
  const get = async (path: string): Promise<string> => (await server.fetch(path, { headers: await readers() })).text();
  const ids: string[] = [];

  beforeAll(async () => {
    patient = await somebody();
    headers = await headersOf('patient/*.cruds', patient);
    const sent = Array.from({ length: 30 }, (_, n) => heartRate(patient, at(n), n === 7 ? 171 : 60));
    const answer = await submit(server, collection(...sent, coded('8310-5', 100, patient)), { headers });
    expect(answer.status, answer.text).toBe(201);
    for (const { response } of answer.entries) ids.push(response?.location?.split('/')[1] ?? '');
    await rollUp({ ...server.smart.fhir, now: () => Date.now() }, 1);
  });

  test('before, all of it is there', async () => {
    expect(await get(`Observation?patient=${patient}&_count=100`)).toMatch(peak);
    expect(await get(`Observation?patient=${patient}&code=heart-rate-daily`)).toMatch(peak);
  });

  test('is not told by what is summed up, by statistics, by where it is from, nor by the ledger', async () => {
    await deny(patient, gp, { code: heart });
    const paths = [
      `Observation?patient=${patient}&_count=100`,
      `Observation?patient=${patient}&code=heart-rate-daily`,
      `Observation?patient=${patient}&code=heart-rate-hourly`,
      `Observation?patient=${patient}&code=8867-4-daily`,
      `Observation?patient=${patient}&combo-value-quantity=gt170`,
      `Observation?patient=${patient}&component-value-quantity=gt170`,
      `Observation/$stats?subject=Patient/${patient}&code=http://loinc.org|8867-4&statistic=maximum&statistic=count`,
      `Observation/$stats?subject=Patient/${patient}&code=https://portico.dev/fhir/CodeSystem/roll-up|heart-rate-daily&statistic=maximum`,
      `Observation/$lastn?patient=Patient/${patient}&category=vital-signs&max=3`,
      `Patient/${patient}/$everything?_count=200`,
      `Patient?_id=${patient}&_revinclude=Observation:patient`,
    ];
    for (const path of paths) {
      const text = await get(path);
      expect(text, path).not.toMatch(peak);
      // The Consent itself says what it is about.
      if (!text.includes('"resourceType":"Consent"')) expect(text, path).not.toContain('"8867-4"');
      for (const id of ids.slice(0, 30)) expect(text.includes(`"id":"${id}"`), path).toBe(false);
    }
    expect(await get(`Observation?patient=${patient}&_count=100`)).toContain('8310-5');
    expect(await get(`Observation?patient=${patient}&code=8867-4&_summary=count`)).toContain('"total":0');
    for (const one of [ids[7], ids[8]])
      expect((await server.fetch(`Observation/${one}`, { headers: await readers() })).status).toBe(404);
    // The id of a reading follows from what it is of and when: who sees it where it is from could tell that.
    const from = await get(`Provenance?patient=${patient}&_count=100`);
    expect(ids.slice(0, 30).filter((id) => from.includes(id))).toEqual([]);
    const named = await get(`Provenance?target=Observation/${ids[7]}`);
    expect(named).not.toContain('"resource"');
    expect(await get(`AuditEvent?patient=${patient}&_count=100`)).not.toContain(ids[7]);
  });

  test('a part of a day that is denied is not told by the rest of it', async () => {
    const other = await somebody();
    const own = await headersOf('patient/*.cruds', other);
    await submit(
      server,
      collection(...Array.from({ length: 30 }, (_, n) => heartRate(other, at(n), n === 7 ? 171 : 60))),
      { headers: own },
    );
    await rollUp({ ...server.smart.fhir, now: () => Date.now() }, 1);
    await deny(other, gp, { dataPeriod: { start: at(5), end: at(9) } });
    for (const path of [
      `Observation?patient=${other}&_count=100`,
      `Observation/$stats?subject=Patient/${other}&code=http://loinc.org|8867-4&statistic=maximum`,
      `Observation/$lastn?patient=Patient/${other}&category=vital-signs&max=100`,
      `Patient/${other}/$everything?_count=200`,
    ])
      expect(await get(path), path).not.toMatch(peak);
  });

  test('readings with a restricted label are not summed up for who may not see them', async () => {
    const other = await somebody();
    const own = await headersOf('patient/*.cruds', other);
    const security = labels('R');
    const sent = Array.from({ length: 10 }, (_, n) =>
      heartRate(other, at(n), n === 7 ? 171 : 60, n === 7 ? { meta: { security } } : {}),
    );
    expect((await submit(server, collection(...sent), { headers: own })).status).toBe(201);
    await rollUp({ ...server.smart.fhir, now: () => Date.now() }, 1);
    await deny(other, gp, { securityLabel: labels('R') });
    for (const path of [
      `Observation?patient=${other}&_count=100`,
      `Observation/$stats?subject=Patient/${other}&code=http://loinc.org|8867-4&statistic=maximum`,
      `Patient/${other}/$everything?_count=200`,
    ])
      expect(await get(path), path).not.toMatch(peak);
  });
});
