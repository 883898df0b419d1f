import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Answer, ask, employeeNumber, foundIn, organization, person, put } from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
const tokens: Record<string, string> = {};

const as = (who: string, method: string, path: string, body?: object, headers = {}): Promise<Answer> =>
  ask(server, tokens[who] ?? '', method, path, body, headers);

const patch = (who: string, path: string, ...steps: object[]): Promise<Answer> =>
  as(who, 'PATCH', path, steps, { 'content-type': 'application/json-patch+json' });

const year = new Date().getUTCFullYear();
const role = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }] }];
const hiv = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] };
const dependent = { tag: [{ system: 'https://portico.dev/fhir/CodeSystem/tag', code: 'dependent-minor' }] };

const task = (id: string, owner: string, patient: string, more: object = {}): Resource => ({
  resourceType: 'Task',
  id,
  status: 'in-progress',
  intent: 'order',
  for: { reference: `Patient/${patient}` },
  owner: { reference: `Practitioner/${owner}` },
  ...more,
});

const reason = {
  resourceType: 'Parameters',
  parameter: [{ name: 'reason', valueString: 'unconscious' }],
};

beforeAll(async () => {
  server = await startServer();
  await put(
    server,
    ...['pa', 'pb'].map((id) => person(id)),
    person('teen', { birthDate: `${year - 15}-02-01` }),
    person('ageless', { birthDate: undefined }),
    person('child', { birthDate: `${year - 8}-02-01`, meta: dependent }),
    organization('acme'),
    ...['agent', 'concierge', 'doc'].map((id) => ({ resourceType: 'Practitioner', id, active: true })),
    { resourceType: 'Practitioner', id: 'left', active: false },
    task('of-agent', 'agent', 'pa', { code: { text: 'A question' } }),
    task('of-concierge', 'concierge', 'pa'),
    task('of-left', 'left', 'pa'),
    ...['former', 'present'].map((id) => ({
      resourceType: 'PractitionerRole',
      id,
      practitioner: { reference: 'Practitioner/doc' },
      ...(id === 'former' ? { period: { end: '2020-01-01' } } : {}),
    })),
    task('of-former', 'x', 'pb', { owner: { reference: 'PractitionerRole/former' } }),
    task('of-present', 'x', 'pa', { owner: { reference: 'PractitionerRole/present' } }),
    task('of-nobody', 'somebody', 'pb'),
    ...['teen', 'ageless'].map((id) => ({
      resourceType: 'RelatedPerson',
      id: `mother-of-${id}`,
      patient: { reference: `Patient/${id}` },
      relationship: role('MTH'),
    })),
    ...['teen', 'ageless'].map((id) => ({
      resourceType: 'Condition',
      id: `hiv-of-${id}`,
      subject: { reference: `Patient/${id}` },
      meta: hiv,
    })),
    { resourceType: 'Condition', id: 'cb', subject: { reference: 'Patient/pb' } },
    {
      resourceType: 'Account',
      id: 'shared',
      status: 'active',
      identifier: [{ system: 'http://bank.example', value: 'A-9' }],
      subject: ['pa', 'pb'].map((id) => ({ reference: `Patient/${id}` })),
    },
    {
      resourceType: 'Account',
      id: 'own',
      status: 'active',
      identifier: [{ system: 'http://bank.example', value: 'A-1' }],
      subject: [{ reference: 'Patient/pa' }],
    },
    {
      resourceType: 'ChargeItem',
      id: 'charged',
      status: 'billed',
      code: { text: 'x' },
      subject: { reference: 'Patient/pa' },
      account: [{ reference: 'Account/shared' }],
    },
  );
  for (const [who, scope, claims] of [
    ['agent', 'user/*.cruds', { actor: 'care-agent', fhirUser: 'Practitioner/agent' }],
    ['concierge', 'user/*.cruds', { actor: 'concierge', fhirUser: 'Practitioner/concierge' }],
    ['agent by a role', 'user/*.cruds', { actor: 'care-agent', fhirUser: 'Practitioner/doc' }],
    ['agent who left', 'user/*.cruds', { actor: 'care-agent', fhirUser: 'Practitioner/left' }],
    ['doctor', 'user/*.cruds', { fhirUser: 'Practitioner/doc' }],
    ['doctor who left', 'user/*.cruds', { fhirUser: 'Practitioner/left' }],
    ['mother of teen', 'user/*.cruds', { fhirUser: 'RelatedPerson/mother-of-teen' }],
    ['mother of ageless', 'user/*.cruds', { fhirUser: 'RelatedPerson/mother-of-ageless' }],
    ['pa', 'patient/*.cruds', { patient: 'pa' }],
    ['officer', 'user/*.cruds', { actor: 'privacy-officer', fhirUser: 'Practitioner/officer' }],
  ] as const)
    tokens[who] = await server.token(scope, claims);
});
afterAll(() => server.close());

describe('O-71 who sees a record while a Task is theirs', () => {
  test.each(['agent', 'concierge'])('does not make it one about somebody else: %s', async (who) => {
    const stolen = task(`of-${who}`, who, 'pb');
    const url = `Task/of-${who}`;
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: stolen, request: { method: 'PUT', url } }],
    };
    expect((await as(who, 'PUT', url, stolen)).status).toBe(403);
    expect((await as(who, 'POST', '', bundle)).status).toBe(403);
    const step = { op: 'replace', path: '/for/reference', value: 'Patient/pb' };
    expect((await patch(who, url, step)).status).toBe(403);
    expect((await patch(who, url, { op: 'remove', path: '/for' })).status).toBe(403);
    expect((await as(who, 'POST', 'Task', { ...stolen, id: undefined })).status).toBe(403);
    expect((await as(who, 'GET', 'Patient/pb')).status).toBe(404);
    expect((await as(who, 'GET', 'Patient/pa')).status).toBe(200);
  });

  test('is told nothing of a Task that is not theirs by trying to change it', async () => {
    const hidden = await as('agent', 'PUT', 'Task/of-nobody', task('of-nobody', 'agent', 'pa'));
    const unknown = await as('agent', 'PUT', 'Task/of-no-body', task('of-no-body', 'agent', 'pa'));
    expect([hidden.status, unknown.status]).toEqual([403, 403]);
    expect(hidden.text.replaceAll('of-nobody', '')).toBe(unknown.text.replaceAll('of-no-body', ''));
  });

  test('says how it stands, and then sees it no more', async () => {
    const done = { op: 'replace', path: '/status', value: 'completed' };
    expect((await patch('agent', 'Task/of-agent', done)).status).toBe(200);
    expect((await as('agent', 'GET', 'Patient/pa')).status).toBe(404);
  });
});

describe('O-43 who is a Practitioner no more', () => {
  test('has no Tasks by a role that has ended', async () => {
    const seen = await Promise.all(['pa', 'pb'].map((id) => as('agent by a role', 'GET', `Patient/${id}`)));
    expect(seen.map(({ status }) => status)).toEqual([200, 404]);
  });

  test('has no Tasks, and breaks no glass', async () => {
    expect((await as('agent who left', 'GET', 'Patient/pa')).status).toBe(404);
    expect((await as('doctor who left', 'POST', 'Patient/pb/$break-glass', reason)).status).toBe(403);
    expect((await as('doctor who left', 'GET', 'Condition/cb')).status).toBe(404);
  });

  test('loses what they opened in an emergency', async () => {
    expect((await as('doctor', 'POST', 'Patient/pb/$break-glass', reason)).status).toBe(200);
    expect((await as('doctor', 'GET', 'Condition/cb')).status).toBe(200);
    await put(server, { resourceType: 'Practitioner', id: 'doc', active: false });
    expect((await as('doctor', 'GET', 'Condition/cb')).status).toBe(404);
    await put(server, { resourceType: 'Practitioner', id: 'doc', active: true });
    expect((await as('doctor', 'GET', 'Condition/cb')).status).toBe(200);
  });
});

test('O-20 who breaks a glass twice has neither open when one of them was not justified', async () => {
  const reviews = await Promise.all(
    [1, 2].map(async () => {
      const { text } = await as('doctor', 'POST', 'Patient/pb/$break-glass', reason);
      return /Task\/([\w-]+)/.exec(text)?.[0] ?? '';
    }),
  );
  expect((await as('doctor', 'GET', 'Condition/cb')).status).toBe(200);
  const parameter = [{ name: 'finding', valueCode: 'unjustified' }];
  const found = await as('officer', 'POST', `${reviews[0]}/$review-break-glass`, {
    resourceType: 'Parameters',
    parameter,
  });
  expect(found.status).toBe(200);
  expect((await as('doctor', 'GET', 'Condition/cb')).status).toBe(404);
});

describe('O-60 who acts for a child', () => {
  test('does not put off the day on which the child has grown up', async () => {
    const born = `${year - 2}-02-01`;
    for (const step of [
      { op: 'remove', path: '/birthDate' },
      { op: 'replace', path: '/birthDate', value: born },
    ])
      expect((await patch('mother of teen', 'Patient/teen', step)).status).toBe(403);
    const sent = person('teen', { birthDate: born });
    expect((await as('mother of teen', 'PUT', 'Patient/teen', sent)).status).toBe(403);
    expect((await as('mother of teen', 'DELETE', 'Patient/teen')).status).toBe(403);
    expect((await as('mother of teen', 'DELETE', 'Patient/pb')).status).toBe(204);
    expect((await server.fetch('Patient/pb')).status).toBe(200);
    const moved = { op: 'replace', path: '/address/0/city', value: 'Ottawa' };
    expect((await patch('mother of teen', 'Patient/teen', moved)).status).toBe(200);
  });

  test('is not told what a young person confides, nor where it is not known how old they are', async () => {
    for (const id of ['teen', 'ageless']) {
      expect((await as(`mother of ${id}`, 'GET', `Patient/${id}`)).status).toBe(200);
      expect((await as(`mother of ${id}`, 'GET', `Condition/hiv-of-${id}`)).status).toBe(404);
    }
  });
});

test('O-91 nobody finds out who is a child by writing of them', async () => {
  const answers = await Promise.all(
    ['child', 'pb', 'nobody'].map((id) =>
      as('pa', 'POST', 'Device', { resourceType: 'Device', patient: { reference: `Patient/${id}` } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

test('O-01 nobody takes the number by which an employer will know somebody else', async () => {
  const numbers = [employeeNumber('acme', 'E-2'), { ...employeeNumber('acme', 'E-2'), type: undefined }];
  for (const value of numbers) {
    const answer = await patch('pa', 'Patient/pa', { op: 'add', path: '/identifier', value: [value] });
    expect(answer.status).toBe(403);
  }
  const passport = [{ system: 'http://passport.example', value: 'P-1' }];
  expect((await patch('pa', 'Patient/pa', { op: 'add', path: '/identifier', value: passport })).status).toBe(200);
});

test('O-11 with whom somebody shares an account is found out by no search', async () => {
  const found = async (query: string): Promise<string[]> => foundIn(await as('pa', 'GET', query));
  expect(await found('Account')).toEqual(['Account/own', 'Account/shared']);
  expect(await found('Account?identifier=A-1')).toEqual(['Account/own']);
  for (const query of [
    'Account?subject=Patient/pb',
    'Account?patient=Patient/pb',
    'Account?identifier=A-9',
    'ChargeItem?account.subject=Patient/pb',
    'ChargeItem?account:Account.identifier=A-9',
    'Patient?_has:Account:subject:identifier=A-9',
  ])
    expect({ query, found: await found(query) }).toEqual({ query, found: [] });
  expect((await as('pa', 'GET', 'Account?subject=Patient/pb&_summary=count')).text).toContain('"total":0');
  const create = { resourceType: 'Account', status: 'active', subject: [{ reference: 'Patient/pa' }] };
  const made = await as('pa', 'POST', 'Account', create, { 'if-none-exist': 'identifier=A-9' });
  expect(made.status).toBe(201);
});
