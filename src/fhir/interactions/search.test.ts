import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { resources } from '../../../test/support/search-resources.ts';
import { base, grantOf, type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';
import type { FhirRequest } from '../request.ts';
import { search } from './search.ts';

let world: SearchWorld;

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
});

afterAll(() => world.close());

type Ask = Partial<Omit<FhirRequest, 'header'>> & { headers?: Record<string, string> };

async function send(path: string, { headers = {}, ...more }: Ask = {}) {
  const [place = '', query = ''] = path.split('?');
  const request: FhirRequest = {
    method: 'GET',
    path: place.split('/').filter((part) => part !== ''),
    query,
    header: (name) => headers[name],
    body: '',
    grant: grantOf(),
    base,
    ...more,
  };
  const answer = await search.run(world.context, request);
  if (!answer.ok) return { status: answer.status, body: answer.issues[0]?.diagnostics };
  return { status: answer.value.status, body: JSON.parse(String(answer.value.body)) };
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (path: string, body: string, headers: Record<string, string> = form) =>
  send(path, { method: 'POST', body, headers });

test('a search answers a searchset of the stored texts with links', async () => {
  const { status, body } = await send('Patient?name=mull&_total=accurate&nope=1');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    resourceType: 'Bundle',
    type: 'searchset',
    total: 1,
    link: [{ relation: 'self', url: `${base}/Patient?name=mull&_total=accurate` }],
  });
  expect(body.entry).toMatchObject([
    { fullUrl: `${base}/Patient/p1`, resource: { id: 'p1', meta: { versionId: '1' } }, search: { mode: 'match' } },
    { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } },
  ]);
});

test('a search that finds nothing has no entries', async () => {
  const { body } = await send('Patient?name=nobody');
  expect(body.entry).toBeUndefined();
});

test('_summary and _elements cut what is sent', async () => {
  expect((await send('Patient?_id=p1&_elements=gender')).body.entry[0].resource).toEqual({
    resourceType: 'Patient',
    id: 'p1',
    meta: expect.objectContaining({ versionId: '1' }),
    gender: 'female',
  });
  expect((await send('Patient?_summary=count')).body).toMatchObject({ total: 3 });
  expect((await send('Patient?_summary=maybe')).status).toBe(400);
});

describe('POST _search', () => {
  test('takes the parameters of the body and of the URL together', async () => {
    expect((await post('Observation/_search?subject=Patient/p1', 'subject=Patient/p2')).body.entry).toBeUndefined();
    const found = await post('Observation/_search?subject=Patient/p1', 'code=8867-4&_count=1');
    expect(found.body.entry).toHaveLength(1);
    expect(found.body.link[1].relation).toBe('next');
    expect((await post('Patient/p2/Observation/_search', 'status=amended')).body.entry).toHaveLength(1);
    expect((await post('Observation/_search', '', {})).status).toBe(200);
  });

  test.each([
    'multipart/form-data; boundary=x',
    'application/json',
    'application/x-www-form-urlencoded;charset=utf-16',
    '',
  ])('with the Content-Type %j is 415', async (type) => {
    expect((await post('Observation/_search', 'subject=Patient/p2', { 'content-type': type })).status).toBe(415);
  });

  test('in UTF-8 said aloud is as good', async () => {
    const type = 'application/x-www-form-urlencoded; charset=UTF-8';
    expect((await post('Patient/_search', 'name=m%C3%BCll', { 'content-type': type })).body.entry).toHaveLength(1);
  });
});

test('an unknown parameter is refused where that is preferred', async () => {
  const { status, body } = await send('Patient?nope=1', { headers: { prefer: 'handling=strict' } });
  expect([status, body]).toEqual([400, 'Unknown search parameter "nope"']);
});

test('an operator sees how a search is answered, and nobody else', async () => {
  expect((await send('Patient?name=ann&_explain=true')).status).toBe(403);
  const { body } = await send('Patient?name=ann&_explain=true', { grant: grantOf({ operator: true }) });
  const parameters = Object.fromEntries(
    body.parameter.map((one: { name: string; valueString?: string; valueInteger?: number }) => [
      one.name,
      one.valueString ?? one.valueInteger,
    ]),
  );
  expect(parameters).toMatchObject({ rows: 1 });
  expect(parameters.sql).toContain('resource_string');
  expect(parameters.plan).toContain('actual time');
});
