import { afterAll, beforeAll, expect, test } from 'vitest';

import { runDueJobs } from '../../../test/support/jobs.ts';
import { type Server, startServer, type TokenAsk } from '../../../test/support/server.ts';
import { endOfRule, isOfPlace, longest } from './ends.ts';
import { purgePast } from './purge-past.ts';
import { type RetentionRule, retentionRules } from './retention-rules.ts';

const DAY = 86_400_000;
const rule = (more: Partial<RetentionRule>): RetentionRule => ({
  name: 'r',
  types: ['Observation'],
  class: 'clinical',
  jurisdiction: '*',
  years: 10,
  trigger: 'last-activity',
  withstands: 'nothing',
  source: 's',
  ...more,
});
const at = (text: string): number => Date.parse(text);
const bearing = { patient: null, activity: at('2026-02-28'), periodEnd: null, isOpen: false };

test.each([
  ['last-activity', {}, '2036-02-28'],
  ['period-end', { periodEnd: at('2020-02-29') }, '2030-03-01'],
  ['death', { patient: { resourceType: 'Patient', deceasedDateTime: '2024-05-01' } as const }, '2034-05-02'],
  ['majority', { patient: { resourceType: 'Patient', birthDate: '2020-06-01' } as const }, '2048-06-01'],
] as const)('ten years from %s', (trigger, more, end) => {
  expect(endOfRule(rule({ trigger }), { ...bearing, ...more })).toBe(at(end));
});

test('what has not ended is kept, and what a rule does not know is none of its matter', () => {
  expect(endOfRule(rule({ trigger: 'period-end' }), bearing)).toBe(Number.POSITIVE_INFINITY);
  expect(endOfRule(rule({ trigger: 'death' }), bearing)).toBeNull();
  expect(endOfRule(rule({ trigger: 'majority' }), bearing)).toBeNull();
});

test('of several rules the longest counts, where the patient lives', () => {
  const us = rule({ name: 'us', jurisdiction: 'US', years: 20 });
  const ontario = rule({ name: 'ontario', jurisdiction: 'CA-ON', years: 15 });
  const living = (country: string, state: string) => ({
    ...bearing,
    patient: { resourceType: 'Patient' as const, address: [{ country, state }] },
  });
  expect(longest([rule({}), us, ontario], 'Observation', living('CA', 'ON'))?.rule.name).toBe('ontario');
  expect(longest([rule({}), us, ontario], 'Observation', living('CA', 'BC'))?.rule.name).toBe('r');
  expect(longest([rule({}), us, ontario], 'Observation', bearing)?.rule.name).toBe('us');
  expect(isOfPlace(us, null)).toBe(true);
});

test('every rule says where it is from', () => {
  for (const { source, types } of retentionRules) {
    expect(URL.canParse(source)).toBe(true);
    expect(types.length).toBeGreaterThan(0);
  }
  expect(new Set(retentionRules.map(({ name }) => name)).size).toBe(retentionRules.length);
});

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

type Body = {
  id: string;
  issue: { code: string; diagnostics: string }[];
  parameter: { name: string; valueString?: string; valueCode?: string }[];
};
async function call(
  path: string,
  ask: TokenAsk | null = null,
  init: RequestInit = {},
): Promise<{ status: number; text: string; body: Body }> {
  const scope = ask?.patient ? 'patient/*.cruds' : 'system/*.cruds';
  const headers: Record<string, string> = ask ? { authorization: `Bearer ${await server.token(scope, ask)}` } : {};
  const response = await server.fetch(path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? ({} as Body) : (JSON.parse(text) as Body) }; // looked at member by member
}
const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }) => {
  const { resourceType, id } = resource;
  const { status, text } = await call(`${resourceType}/${id}`, null, { method: 'PUT', body: JSON.stringify(resource) });
  expect(status, text).toBeLessThan(300);
};
const self = (id: string): TokenAsk => ({ actor: 'self', patient: id, fhirUser: `Patient/${id}` });
const remove = (name: string, ask: TokenAsk) => call(name, ask, { method: 'DELETE' });
const observation = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'weight' },
  subject: { reference: `Patient/${patient}` },
  ...more,
});
const coded = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});
const claim = (id: string, patient: string, status = 'active') => ({
  resourceType: 'Claim',
  id,
  status,
  type: coded('claim-type', 'professional'),
  use: 'claim',
  patient: { reference: `Patient/${patient}` },
  created: '2026-01-01',
  provider: { reference: 'Organization/clinic' },
  priority: coded('processpriority', 'normal'),
  insurance: [{ sequence: 1, focal: true, coverage: { display: 'plan' } }],
});

test('O-85 a bill that is not settled is deleted by nobody, a settled one not by the patient; the reason is told', async () => {
  await put({ resourceType: 'Patient', id: 'bill' });
  await put(claim('open', 'bill'));
  const refused = await remove('Claim/open', self('bill'));
  expect([refused.status, refused.body.issue[0]?.code]).toEqual([409, 'business-rule']);
  expect(refused.body.issue[0]?.diagnostics).toContain('bills that are not settled');
  expect((await remove('Claim/open', { actor: 'system' })).status).toBe(409);
  await put({
    resourceType: 'ClaimResponse',
    id: 'answer',
    status: 'active',
    type: coded('claim-type', 'professional'),
    use: 'claim',
    patient: { reference: 'Patient/bill' },
    created: '2026-01-02',
    insurer: { display: 'Carrier' },
    request: { reference: 'Claim/open' },
    outcome: 'complete',
  });
  expect((await remove('Claim/open', self('bill'))).status).toBe(409);
  expect((await remove('Claim/open', { actor: 'system' })).status).toBe(204);
  await put(claim('draft', 'bill', 'draft'));
  expect((await remove('Claim/draft', { actor: 'system' })).status).toBe(204);
});

test('O-85 the patient deletes what they have written, and not what was written by who treats them', async () => {
  await put({ resourceType: 'Patient', id: 'writer' });
  await put(observation('own', 'writer', { performer: [{ reference: 'Patient/writer' }] }));
  await put(observation('theirs', 'writer', { performer: [{ reference: 'Practitioner/gp' }] }));
  expect((await remove('Observation/own', self('writer'))).status).toBe(204);
  const refused = await remove('Observation/theirs', self('writer'));
  expect([refused.status, refused.body.issue[0]?.code]).toEqual([409, 'business-rule']);
  expect(refused.text).toContain('$erase');
  expect((await remove('Observation/never', self('writer'))).status).toBe(204);
});

test('O-86 ten years and a day after the last entry a record is purged; one that is held stays, and the report tells', async () => {
  const context = server.smart.fhir;
  for (const id of ['old', 'held', 'young']) {
    const birthDate = id === 'young' ? new Date(Date.now() - 5 * 365 * DAY).toISOString().slice(0, 10) : '1980-01-01';
    await put({ resourceType: 'Patient', id, birthDate });
    await put(observation(`${id}-o`, id));
    await put(observation(`${id}-gone`, id));
    await call(`Observation/${id}-gone`, null, { method: 'DELETE' });
  }
  expect((await call('Patient/held/$hold?matter=m', { actor: 'legal' }, { method: 'POST' })).status).toBe(200);
  const nine = new Date();
  nine.setUTCFullYear(nine.getUTCFullYear() + 10);
  await purgePast({ ...context, now: () => nine.getTime() - DAY }, 1);
  expect((await call('Observation/old-o')).status).toBe(200);
  await purgePast({ ...context, now: () => nine.getTime() + DAY }, 1);
  expect((await call('Observation/old-o')).status).toBe(404);
  expect((await call('Observation/old-gone/_history/1')).status).toBe(404);
  expect((await call('Patient/old')).status).toBe(404);
  expect((await call('Observation/held-o')).status).toBe(200);
  // Who was a child then has the record until ten years after they are grown up.
  expect((await call('Observation/young-o')).status).toBe(200);
  const report = await call('$retention-report', { actor: 'privacy-officer' });
  const told = report.body.parameter
    .filter(({ name }) => name === 'purge')
    .map(
      ({ valueString }) =>
        JSON.parse(valueString ?? '') as { rule: string; type: string; purged: number; held: number },
    );
  const clinical = told.find(({ rule: by, type }) => by === 'clinical record' && type === 'Observation');
  expect(clinical?.held).toBe(2);
  expect(clinical?.purged).toBeGreaterThanOrEqual(2);
  expect((await call('$retention-report', { actor: 'practitioner', fhirUser: 'Practitioner/gp' })).status).toBe(403);
});

test('O-86 an operator keeps by other rules; what withstands an erasure is kept, and listed', async () => {
  await put({ resourceType: 'Patient', id: 'kept' });
  await put(observation('kept-o', 'kept'));
  await put(claim('kept-c', 'kept'));
  const open = retentionRules.find(({ name }) => name === 'bills that are not settled');
  const { name, ...rest } = { ...rule({}), ...open, withstands: 'erasure' };
  const set = (query: string, actor: TokenAsk['actor']) =>
    call(
      `$set-retention-rule?name=${encodeURIComponent(name)}${query}`,
      { ...(actor ? { actor } : {}) },
      { method: 'POST' },
    );
  expect((await set(`&rule=${encodeURIComponent('{"years":1}')}`, 'privacy-officer')).status).toBe(400);
  expect((await set(`&rule=${encodeURIComponent(JSON.stringify(rest))}`, 'legal')).status).toBe(403);
  expect((await set(`&rule=${encodeURIComponent(JSON.stringify(rest))}`, 'privacy-officer')).status).toBe(200);
  const erased = await call('Patient/kept/$erase?grace=0', null, { method: 'POST' });
  const receipt = erased.body.parameter.find((one) => one.name === 'receipt')?.valueString ?? '{}';
  expect(JSON.parse(receipt).kept).toEqual([
    { type: 'Claim', count: 1, reason: `${name} (https://hl7.org/fhir/R4/claim.html)` },
  ]);
  expect((await call('Observation/kept-o')).status).toBe(404);
  expect((await call('Claim/kept-c')).status).toBe(200);
  // What must be kept no longer goes without anybody asking.
  await set('', 'privacy-officer');
  await runDueJobs(server.smart.fhir, Date.now() + 2 * DAY);
  expect((await call('Claim/kept-c')).status).toBe(404);
});

test('O-23 whoever deletes what they answered is rid of what was concluded of it, and of its versions', async () => {
  await put({ resourceType: 'Patient', id: 'q' });
  const subject = { reference: 'Patient/q' };
  const answers = { resourceType: 'QuestionnaireResponse', id: 'answers', status: 'completed', subject };
  await put({ ...answers, item: [{ linkId: '1', answer: [{ valueString: 'yes' }] }] });
  await put({ ...answers, item: [{ linkId: '1', answer: [{ valueString: 'no' }] }] });
  const from = [{ reference: 'QuestionnaireResponse/answers' }];
  await put(observation('score', 'q', { derivedFrom: from }));
  await put(observation('finding', 'q', { derivedFrom: from, performer: [{ reference: 'Practitioner/gp' }] }));
  await put(observation('other', 'q'));
  await put({ resourceType: 'RiskAssessment', id: 'risk', status: 'final', subject, basis: from });
  await put(observation('told', 'q'));
  await put({
    resourceType: 'Provenance',
    id: 'why',
    target: [{ reference: 'Observation/told' }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { display: 'the server' } }],
    entity: [{ role: 'derivation', what: { reference: 'QuestionnaireResponse/answers' } }],
  });
  expect((await remove('QuestionnaireResponse/answers', self('q'))).status).toBe(204);
  await runDueJobs(server.smart.fhir, Date.now() + 10_000);
  for (const name of [
    'Observation/score',
    'RiskAssessment/risk',
    'Observation/told',
    'QuestionnaireResponse/answers/_history/1',
  ]) {
    expect([name, (await call(name)).status]).toEqual([name, 404]);
  }
  for (const name of ['Observation/finding', 'Observation/other']) {
    expect([name, (await call(name)).status]).toEqual([name, 200]);
  }
});
