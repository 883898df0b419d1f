import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../../test/support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  const put = (resource: { resourceType: string; id: string }) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  });
  const observation = (n: number, person: string, code: string, day: string) => ({
    resourceType: 'Observation',
    id: `o${n}`,
    status: 'final',
    category: [{ coding: [{ code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject: { reference: `Patient/${person}` },
    effectiveDateTime: `2024-01-${day}`,
    performer: [{ reference: 'PractitionerRole/r' }],
    valueQuantity: { value: n },
  });
  const entry = [
    put({ resourceType: 'Patient', id: 'p', ...{ generalPractitioner: [{ reference: 'Practitioner/gp' }] } }),
    put({ resourceType: 'Patient', id: 'q' }),
    put({ resourceType: 'Practitioner', id: 'gp' }),
    put({ resourceType: 'Practitioner', id: 'other' }),
    put({ resourceType: 'Organization', id: 'org', ...{ name: 'O' } }),
    put({ resourceType: 'PractitionerRole', id: 'r', ...{ organization: { reference: 'Organization/org' } } }),
    put(observation(1, 'p', '8867-4', '01')),
    put(observation(2, 'p', '8867-4', '03')),
    put(observation(3, 'p', '8867-4', '02')),
    put(observation(4, 'p', '9279-1', '01')),
    put(observation(5, 'q', '8867-4', '09')),
    put({ resourceType: 'Basic', id: 'b', ...{ code: { text: 'x' }, subject: { reference: 'Patient/p' } } }),
  ];
  const response = await server.fetch('', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
  });
  expect(await response.text()).toContain('transaction-response');
});
afterAll(() => server?.close());

type Meta = { profile?: string[]; tag?: object[]; versionId?: string };
type Body = {
  resourceType: string;
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: { resource: { resourceType: string; id: string; text?: object }; search: { mode: string } }[];
  issue: { severity: string; diagnostics: string; expression?: string[] }[];
  parameter: { name: string; valueMeta: Meta }[];
};

async function call(path: string, init: RequestInit = {}): Promise<{ status: number; body: Body }> {
  const response = await server.fetch(path, init);
  return { status: response.status, body: (await response.json()) as Body }; // looked at member by member
}
const post = (path: string, body: object, init: RequestInit = {}) =>
  call(path, { method: 'POST', body: JSON.stringify(body), ...init });
const names = ({ entry = [] }: Body, mode?: string): string[] =>
  entry
    .filter(({ search }) => !mode || search.mode === mode)
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .toSorted();

test('$everything is the record of one patient and what it refers to', async () => {
  const { status, body } = await call('Patient/p/$everything');
  expect(status).toBe(200);
  expect(names(body, 'match')).toEqual([
    'Basic/b',
    'Observation/o1',
    'Observation/o2',
    'Observation/o3',
    'Observation/o4',
    'Patient/p',
  ]);
  expect(names(body, 'include')).toEqual(['Organization/org', 'Practitioner/gp', 'PractitionerRole/r']);
});

test.each([
  ['_type=Observation', ['Observation/o1', 'Observation/o2', 'Observation/o3', 'Observation/o4']],
  ['_type=Basic,Practitioner', ['Basic/b']],
  ['start=2024-01-02&end=2024-01-02&_type=Observation', ['Observation/o3']],
  ['_since=2999-01-01', []],
])('$everything?%s narrows it', async (query, matches) => {
  expect(names((await call(`Patient/p/$everything?${query}`)).body, 'match')).toEqual(matches);
});

test('$everything in pages is the same record, each resource once', async () => {
  const found: string[] = [];
  let path: string | undefined = 'Patient/p/$everything?_count=2';
  for (let page = 0; path && page < 10; page++) {
    const { body }: { body: Body } = await call(path);
    found.push(...names(body, 'match'));
    path = body.link?.find(({ relation }) => relation === 'next')?.url.slice(server.base.length + 1);
  }
  expect(found.toSorted()).toEqual([
    'Basic/b',
    'Observation/o1',
    'Observation/o2',
    'Observation/o3',
    'Observation/o4',
    'Patient/p',
  ]);
});

test('a page of $everything belongs to one record and one grant', async () => {
  const { body } = await call('Patient/p/$everything?_count=2');
  const next = body.link?.find(({ relation }) => relation === 'next')?.url.slice(server.base.length + 1) ?? '';
  expect((await call(next.replace('Patient/p', 'Patient/q'))).status).toBe(404);
  const headers = { authorization: `Bearer ${await server.token('patient/*.rs', { patient: 'p' })}` };
  expect((await call(next, { headers })).status).toBe(404);
});

test('$everything shows what its caller may see', async () => {
  const headers = {
    authorization: `Bearer ${await server.token('patient/Patient.rs patient/Observation.rs', { patient: 'p' })}`,
  };
  const { body } = await call('Patient/p/$everything', { headers });
  expect(names(body)).toEqual(['Observation/o1', 'Observation/o2', 'Observation/o3', 'Observation/o4', 'Patient/p']);
  expect((await call('Patient/q/$everything', { headers })).status).toBe(404);
  expect((await call('Patient/nobody/$everything', { headers })).status).toBe(404);
});

test.each(['_count=0', '_count=x', '_count=100000', '_type=Spam', 'start=soon'])(
  '$everything?%s is refused',
  async (query) => {
    expect((await call(`Patient/p/$everything?${query}`)).status).toBe(400);
  },
);

test('$lastn is the latest of each code', async () => {
  const lastn = async (query: string) => names((await call(`Observation/$lastn?${query}`)).body);
  expect(await lastn('patient=p&category=vital-signs')).toEqual(['Observation/o2', 'Observation/o4']);
  expect(await lastn('subject=Patient/p&code=8867-4&max=2')).toEqual(['Observation/o2', 'Observation/o3']);
  expect(await lastn('patient=p&code=http://loinc.org|9279-1')).toEqual(['Observation/o4']);
  expect((await call('Observation/$lastn?category=vital-signs')).status).toBe(400);
  expect((await call('Observation/$lastn?patient=p')).status).toBe(400);
});

test('$lastn sees the rows of its grant only', async () => {
  const headers = { authorization: `Bearer ${await server.token('patient/*.rs', { patient: 'q' })}` };
  expect(names((await call('Observation/$lastn?patient=p&code=8867-4', { headers })).body)).toEqual([]);
});

test('$validate answers 200 with what it found', async () => {
  const good = await post('Patient/$validate', { resourceType: 'Patient' });
  expect([good.status, good.body.issue[0]?.severity]).not.toContain('error');
  const bad = await post('Patient/$validate', { resourceType: 'Patient', gender: 'green' });
  expect(bad).toMatchObject({ status: 200, body: { issue: [{ severity: 'error', expression: ['Patient.gender'] }] } });
  const wrapped = await post('Patient/$validate', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'mode', valueCode: 'update' },
      { name: 'resource', resource: { resourceType: 'Patient' } },
    ],
  });
  expect(wrapped.body.issue.map(({ diagnostics }) => diagnostics)).toContain('An update needs a resource with its id');
  expect(
    (await post('Patient/$validate', { resourceType: 'Basic', code: { text: 'x' } })).body.issue[0]?.severity,
  ).toBe('error');
  expect((await call('Patient/p/$validate')).status).toBe(200);
  expect((await call('Patient/p/$validate?mode=delete', { method: 'POST' })).body.issue[0]?.severity).toBe(
    'information',
  );
  expect((await call('Patient/nobody/$validate?mode=delete', { method: 'POST' })).body.issue[0]?.severity).toBe(
    'error',
  );
  expect((await post('Patient/$validate?mode=spam', { resourceType: 'Patient' })).status).toBe(400);
});

test('tags and profiles are put on, shown and taken off', async () => {
  const meta = { tag: [{ system: 's', code: 't' }], profile: ['http://example.org/p'] };
  const given = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: meta }] };
  const metaOf = ({ body }: { body: Body }) => body.parameter[0]?.valueMeta;
  expect(metaOf(await post('Patient/q/$meta-add', given))).toMatchObject({ ...meta, versionId: '2' });
  expect(metaOf(await post('Patient/q/$meta-add', given))?.tag).toEqual(meta.tag);
  expect(metaOf(await call('Patient/q/$meta'))).toMatchObject(meta);
  expect(metaOf(await call('Patient/$meta'))).toEqual(meta);
  expect(metaOf(await call('$meta'))).toMatchObject(meta);
  expect(names((await call('Patient?_tag=s|t')).body)).toEqual(['Patient/q']);
  expect(metaOf(await post('Patient/q/$meta-delete', given))).not.toHaveProperty('tag');
  expect((await call('Patient/$meta')).body.parameter[0]?.valueMeta).toEqual({});
  expect((await post('Patient/q/$meta-add', { resourceType: 'Parameters' })).status).toBe(400);
  expect((await call('Patient/q/$meta-add')).status).toBe(405);
  const headers = { authorization: `Bearer ${await server.token('patient/*.rs', { patient: 'q' })}` };
  expect((await post('Patient/q/$meta-add', given, { headers })).status).toBe(403);
});
