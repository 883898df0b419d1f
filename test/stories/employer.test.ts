import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { clearanceSystem } from '../../src/privacy/parties/clearance.ts';
import {
  type Answer,
  agreement,
  ask,
  coverage,
  employeeNumber,
  jsonOf,
  organization,
  partyToken,
  person,
  put,
} from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

const clearancePolicy = 'https://portico.dev/fhir/policy/workplace-clearance';
const challengePolicy = 'https://portico.dev/fhir/policy/challenge-progress';

let server: Server;
let hr: string;
const get = (path: string, token = hr): Promise<Answer> => ask(server, token, 'GET', path);

type Parameter = { name: string; part?: Parameter[] } & { [value: string]: unknown };
const parameters = (answer: Answer): Parameter[] => jsonOf<{ parameter?: Parameter[] }>(answer).parameter ?? [];
const namesOf = (answer: Answer): string[] => parameters(answer).map(({ name }) => name);

/** 25 people of acme: 24 of Sales and one of Legal; half of Sales had a visit. Nine of tiny. */
function workforce(): Resource[] {
  return Array.from({ length: 34 }, (_, at) => {
    const id = `w${at}`;
    const employer = at < 25 ? 'acme' : 'tiny';
    const department = at === 24 ? 'Legal' : 'Sales';
    const of = {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'subgroup' }] },
    };
    const visit: Resource = {
      resourceType: 'Encounter',
      id: `v${at}`,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
      subject: { reference: `Patient/${id}` },
    };
    return [
      person(id, { identifier: [employeeNumber(employer, `E-${at}`)] }),
      coverage(`c${at}`, { member: id, employer, payor: 'sun', more: { class: [{ ...of, value: department }] } }),
      ...(at < 12 ? [visit] : []),
    ];
  }).flat();
}

const setModule = (module: string, enabled: boolean, employer = 'acme'): Promise<Response> =>
  server.fetch(`Organization/${employer}/$set-module`, {
    method: 'POST',
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'module', valueCode: module },
        { name: 'enabled', valueBoolean: enabled },
      ],
    }),
  });

const observed = (id: string, patient: string, status: string, recommendation: string): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: clearanceSystem, code: 'status' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: '2026-02-03T08:00:00Z',
  valueCodeableConcept: { coding: [{ system: clearanceSystem, code: status }], text: 'canary-symptom' },
  note: [{ text: 'canary-note' }],
  component: [
    {
      code: { coding: [{ system: clearanceSystem, code: 'recommendation' }] },
      valueCodeableConcept: { coding: [{ system: clearanceSystem, code: recommendation }] },
    },
  ],
});

beforeAll(async () => {
  server = await startServer();
  hr = await partyToken(server, { actor: 'hr-admin', organization: 'acme' });
  await put(server, ...['acme', 'tiny', 'sun', 'other'].map(organization), ...workforce());
});
afterAll(() => server.close());

type Report = {
  type: string;
  meta: { security: { code: string }[] };
  extension: { url: string }[];
  group: {
    code: { coding: { code: string }[] };
    population: { count?: number }[];
    stratifier?: {
      code: { coding: { code: string }[] }[];
      stratum: { value?: { text: string }; population: { count?: number }[] }[];
    }[];
  }[];
};

const reportOf = async (employer: string): Promise<Report> => {
  const token = await partyToken(server, { actor: 'hr-admin', organization: employer });
  return jsonOf<Report>(await get(`Organization/${employer}/$aggregate-report`, token));
};

const counts = (report: Report): number[] =>
  JSON.stringify(report)
    .match(/"count":\d+/g)
    ?.map((text) => Number(text.slice(8))) ?? [];

test('O-30 an employer sees figures of groups, and of 24 and one no department', async () => {
  const answer = await get('Organization/acme/$aggregate-report');
  expect(answer.status, answer.text).toBe(200);
  const report = jsonOf<Report>(answer);
  expect(report.type).toBe('summary');
  const [enrolled] = report.group;
  expect(enrolled?.population[0]?.count).toBe(25);
  const departments = enrolled?.stratifier?.find(
    ({ code }) => code[0]?.coding[0]?.code === 'department' && code.length === 1,
  );
  expect(departments?.stratum.map(({ value }) => value?.text).sort()).toEqual(['Legal', 'Sales']);
  expect(departments?.stratum.flatMap(({ population }) => population[0]?.count ?? [])).toEqual([]);
  const visits = report.group.find(({ code }) => code.coding[0]?.code === 'visit');
  expect(visits?.population[0]?.count).toBe(10);
  expect(counts(report).every((count) => count >= 10 && count % 5 === 0)).toBe(true);
  expect(answer.text).not.toMatch(/Patient\/|Family|E-\d/);
  const validation = await server.fetch('MeasureReport/$validate', { method: 'POST', body: answer.text });
  expect(await validation.text()).not.toMatch(/"severity":"error"/);
});

test('O-30 of an employer with nine people there is no figure at all', async () => {
  const report = await reportOf('tiny');
  expect(counts(report)).toEqual([]);
  expect(JSON.stringify(report)).not.toContain('Sales');
});

test('O-30 whoever asks the next day is told the same, whoever has left in between', async () => {
  const before = await reportOf('acme');
  await put(server, coverage('c3', { member: 'w3', employer: 'acme', payor: 'sun', more: { status: 'cancelled' } }));
  expect((await reportOf('acme')).group).toEqual(before.group);
  await put(server, coverage('c3', { member: 'w3', employer: 'acme', payor: 'sun' }));
});

test('O-30 how often an employer may ask in a day is limited', async () => {
  await server.database.query(`update party_query set asked = 1000 where tenant = $1 and organization = 'tiny'`, [1]);
  const token = await partyToken(server, { actor: 'hr-admin', organization: 'tiny' });
  expect((await get('Organization/tiny/$aggregate-report', token)).status).toBe(429);
});

test('O-30 the figures of another employer are as unknown as those of one that never was', async () => {
  const [other, none] = [
    await get('Organization/tiny/$aggregate-report'),
    await get('Organization/zz/$aggregate-report'),
  ];
  expect([other.status, none.status]).toEqual([404, 404]);
  expect(other.text.replaceAll('tiny', 'zz')).toBe(none.text);
  const practitioner = await partyToken(server, { actor: 'practitioner', fhirUser: 'Practitioner/x' }, 'user/*.rs');
  expect((await get('Organization/acme/$aggregate-report', practitioner)).status).toBe(403);
});

test('O-36 the figures say that they may not be passed on', async () => {
  const answer = await get('Organization/acme/$aggregate-report');
  expect(answer.headers.get('x-data-obligation')).toBe('NORDSCLCD');
  const report = jsonOf<Report>(answer);
  expect(report.meta.security.map(({ code }) => code)).toEqual(['NORDSCLCD']);
  expect(report.extension[0]?.url).toBe('https://portico.dev/fhir/StructureDefinition/onward-use');
});

test('O-30 O-05 O-12 a personnel department reads no type of anybody’s record, and of Organizations its own', async () => {
  for (const type of [
    'Patient',
    'Observation',
    'Claim',
    'Coverage',
    'CoverageEligibilityResponse',
    'Encounter',
    'Group',
  ]) {
    expect((await get(type)).status, type).toBe(403);
    expect((await get(`${type}/w1`)).status, type).toBe(403);
  }
  expect((await get('Organization/acme')).status).toBe(200);
  expect((await get('Organization/tiny')).status).toBe(404);
  expect((await get('Practitioner')).status).toBe(403);
});

test('O-33 an employer without the module has no operation, one with it is told of taking part and of nothing else', async () => {
  await put(server, observed('cl1', 'w1', 'not-cleared', 'self-isolate'));
  const without = await get('Organization/acme/$clearance-status?employee=E-1');
  expect(without.status).toBe(404);
  expect(without.text).toBe(
    (await get('Organization/acme/$clearance-statu?employee=E-1')).text.replace('statu ', 'status '),
  );
  expect((await setModule('clearance', true)).status).toBe(200);
  const answer = await get('Organization/acme/$clearance-status?employee=E-1');
  expect(answer.status, answer.text).toBe(200);
  expect(jsonOf(answer)).toEqual({
    resourceType: 'Parameters',
    parameter: [
      { name: 'employeeId', valueString: 'E-1' },
      { name: 'participated', valueBoolean: true },
      { name: 'date', valueDate: '2026-02-03' },
    ],
  });
  const absent = await get('Organization/acme/$clearance-status?employee=E-2');
  expect(parameters(absent).find(({ name }) => name === 'participated')?.valueBoolean).toBe(false);
  // Who works elsewhere, and who nowhere.
  const [elsewhere, nowhere] = [
    await get('Organization/acme/$clearance-status?employee=E-30'),
    await get('Organization/acme/$clearance-status?employee=E-99'),
  ];
  expect(elsewhere.status).toBe(404);
  expect(elsewhere.text.replace('E-30', 'E-99')).toBe(nowhere.text);
});

test('O-34 how it came out is told while the employee agrees, in two fields', async () => {
  const agreed = agreement('agreed', 'w1', clearancePolicy, 'Organization/acme');
  await put(server, agreed);
  const told = await get('Organization/acme/$clearance-status?employee=E-1');
  expect(namesOf(told)).toEqual(['employeeId', 'participated', 'date', 'status', 'recommendation']);
  expect(
    parameters(told)
      .slice(3)
      .map(({ valueCode }) => valueCode),
  ).toEqual(['not-cleared', 'self-isolate']);
  expect(told.text).not.toContain('canary');
  // What it agrees to is that, and nothing of the record is read by it.
  for (const path of ['Observation', 'Observation/cl1', 'Patient/w1', 'Observation?patient=w1'])
    expect((await get(path)).status, path).toBe(403);
  await put(server, { ...agreed, status: 'inactive' });
  expect(namesOf(await get('Organization/acme/$clearance-status?employee=E-1'))).toEqual([
    'employeeId',
    'participated',
    'date',
  ]);
  await put(server, { ...agreed, provision: { ...(agreed.provision as object), period: { end: '2026-01-02' } } });
  expect(namesOf(await get('Organization/acme/$clearance-status?employee=E-1'))).toHaveLength(3);
  await put(server, agreement('agreed', 'w1', clearancePolicy, 'Organization/other'));
  expect(namesOf(await get('Organization/acme/$clearance-status?employee=E-1'))).toHaveLength(3);
});

test('O-35 what was answered no employer sees, whatever was agreed to', async () => {
  await put(
    server,
    {
      resourceType: 'QuestionnaireResponse',
      id: 'answers',
      status: 'completed',
      questionnaire: 'https://portico.dev/fhir/Questionnaire/workplace-clearance',
      subject: { reference: 'Patient/w1' },
      authored: '2026-02-03T08:00:00Z',
      item: [{ linkId: '1', answer: [{ valueString: 'canary-answer' }] }],
    },
    agreement('everything', 'w1', 'https://profiles.ihe.net/ITI/PCF/Policy-all-normal', 'Organization/acme'),
  );
  const paths = [
    'QuestionnaireResponse/answers',
    'QuestionnaireResponse?subject=Patient/w1',
    'QuestionnaireResponse/answers/_history/1',
    'QuestionnaireResponse/_history',
    'Patient/w1/$everything',
    'Patient?_id=w1&_revinclude=QuestionnaireResponse:subject',
    'Patient/w1/QuestionnaireResponse',
    '_history',
    'Organization/acme/$clearance-status?employee=E-1',
    'Patient?_has:QuestionnaireResponse:subject:status=completed',
  ];
  for (const path of paths) expect((await get(path)).text, path).not.toContain('canary-answer');
  expect((await get('QuestionnaireResponse/answers')).status).toBe(403);
  await server.fetch('Consent/everything', { method: 'DELETE' });
});

const challenge: Resource = {
  resourceType: 'Group',
  id: 'steps',
  type: 'person',
  actual: true,
  managingEntity: { reference: 'Organization/acme' },
  member: ['w1', 'w2', 'w3'].map((id) => ({ entity: { reference: `Patient/${id}` } })),
};
const walked = (id: string, patient: string, steps: number): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '55423-8' }] },
  subject: { reference: `Patient/${patient}` },
  focus: [{ reference: 'Group/steps' }],
  valueInteger: steps,
});

test('O-25 who takes part is seen by whom they agreed to, under a handle', async () => {
  await put(
    server,
    challenge,
    ...[walked('s1', 'w1', 4000), walked('s2', 'w1', 500), walked('s3', 'w2', 9000)],
    agreement('w1-peers', 'w1', challengePolicy, 'Group/steps'),
    agreement('w2-peers', 'w2', challengePolicy, 'Group/steps'),
    agreement('w2-hr', 'w2', challengePolicy, 'Organization/acme'),
  );
  const self = (id: string): Promise<string> =>
    partyToken(server, { patient: id, fhirUser: `Patient/${id}`, actor: 'self' }, 'patient/*.rs');
  const seen = await get('Group/steps/$leaderboard', await self('w3'));
  expect(seen.status, seen.text).toBe(200);
  const scores = (answer: Answer) => parameters(answer).map(({ part }) => part?.[1]?.valueDecimal);
  expect(scores(seen)).toEqual([9000, 4500]);
  expect(parameters(seen).every(({ part }) => part?.map(({ name }) => name).join() === 'handle,score')).toBe(true);
  expect(seen.text).not.toMatch(/Patient|w1|w2|Family|Given/);
  expect(seen.headers.get('cache-control')).toBe('no-store');
  // The personnel department sees who agreed to that.
  expect(scores(await get('Group/steps/$leaderboard'))).toEqual([9000]);
  // A handle is no name to look for.
  const handle = String(parameters(seen)[0]?.part?.[0]?.valueString);
  const looked = await get(`Patient?name=${encodeURIComponent(handle)}`, await self('w3'));
  expect(jsonOf<{ total?: number; entry?: unknown[] }>(looked).entry ?? []).toEqual([]);
  // Nobody else, and nobody after they have withdrawn.
  expect((await get('Group/steps/$leaderboard', await self('w9'))).status).toBe(404);
  await put(server, { ...agreement('w2-peers', 'w2', challengePolicy, 'Group/steps'), status: 'inactive' });
  expect(scores(await get('Group/steps/$leaderboard', await self('w3')))).toEqual([4500]);
  expect(scores(await get('Group/steps/$leaderboard'))).toEqual([9000]);
});

test('O-25 that a challenge may show how somebody does gives no app or member anything of their record', async () => {
  const app = await partyToken(server, { patient: 'w3', fhirUser: 'Patient/w3', actor: 'app' }, 'user/*.rs');
  expect((await get('Observation/s1', app)).status).toBe(404);
  expect((await get('Patient/w1', app)).status).toBe(404);
});

test('O-35 no Consent opens what is labelled never to be an employer’s', async () => {
  const label = { system: 'https://portico.dev/fhir/CodeSystem/label', code: 'never-employer' };
  const of = { status: 'final', code: { text: 'canary-weight' }, subject: { reference: 'Patient/w5' } };
  const whole = agreement('whole', 'w5', 'https://profiles.ihe.net/ITI/PCF/Policy-all-normal', 'Organization/acme');
  await put(
    server,
    { resourceType: 'Observation', id: 'seen', ...of },
    { resourceType: 'Observation', id: 'kept', ...of, meta: { security: [label] } },
    whole,
  );
  // Beyond figures an employer reads what somebody consents to: it opens no label.
  expect((await get('Observation/seen')).status).toBe(200);
  expect((await get('Observation/kept')).status).toBe(404);
  const opening = { ...(whole.provision as object), securityLabel: [label] };
  await server.fetch('Consent/whole', { method: 'PUT', body: JSON.stringify({ ...whole, provision: opening }) });
  expect((await get('Observation/kept')).status).not.toBe(200);
  expect((await get('Observation?patient=w5')).text).not.toContain('"kept"');
  await server.fetch('Consent/whole', { method: 'DELETE' });
  expect((await get('Observation/seen')).status).toBe(403);
});
