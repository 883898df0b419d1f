import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

const patient = (id: string | null, more: object = {}): string =>
  JSON.stringify({ resourceType: 'Patient', ...(id === null ? {} : { id }), ...more });

const put = (id: string, more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  server.fetch(`Patient/${id}`, { method: 'PUT', body: patient(id, more), headers });

type Bundle = {
  link: { relation: string; url: string }[];
  entry?: {
    fullUrl: string;
    resource?: { meta: { versionId: string } };
    request: { method: string; url: string };
    response: { status: string };
  }[];
};

const pathOf = (url: string): string => url.slice(server.base.length + 1);

describe('create', () => {
  test('answers 201 with where it is, its version and the resource', async () => {
    const response = await server.fetch('Patient', { method: 'POST', body: patient(null, { active: true }) });
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/\/fhir\/R4\/Patient\/[0-9a-f-]{36}\/_history\/1$/);
    expect(response.headers.get('etag')).toBe('W/"1"');
    expect(Date.parse(response.headers.get('last-modified') ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const created = await response.json();
    expect(created).toMatchObject({ active: true, meta: { versionId: '1' } });
    expect(await (await server.fetch(pathOf(location))).json()).toEqual(created);
  });

  test('gives its own id, whatever the body says', async () => {
    const response = await server.fetch('Patient', { method: 'POST', body: patient('mine') });
    expect((await response.json()).id).not.toBe('mine');
  });

  test.each([
    ['return=minimal', ''],
    ['return=OperationOutcome', 'OperationOutcome'],
    ['return=representation', 'Patient'],
    ['respond-async, return=minimal', ''],
  ])('with Prefer: %s answers with that', async (prefer, type) => {
    const response = await server.fetch('Patient', { method: 'POST', body: patient(null), headers: { prefer } });
    expect(response.status).toBe(201);
    const text = await response.text();
    expect(text === '' ? '' : JSON.parse(text).resourceType).toBe(type);
  });

  test('with Prefer: return=OperationOutcome says what was found that is no error', async () => {
    const body = patient(null, { meta: { profile: ['https://example.org/unknown-profile'] } });
    const headers = { prefer: 'return=OperationOutcome' };
    const outcome = await (await server.fetch('Patient', { method: 'POST', body, headers })).json();
    expect(outcome.issue).toMatchObject([
      { severity: 'information' },
      { severity: 'warning', diagnostics: expect.stringContaining('https://example.org/unknown-profile') },
    ]);
  });

  test('under If-None-Exist creates once and then finds it', async () => {
    const body = patient(null, { identifier: [{ system: 'urn:x', value: 'once' }] });
    const headers = { 'if-none-exist': 'identifier=urn:x|once' };
    const first = await server.fetch('Patient', { method: 'POST', body, headers });
    const second = await server.fetch('Patient', { method: 'POST', body, headers });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect((await second.json()).id).toBe((await first.json()).id);
    await server.fetch('Patient', { method: 'POST', body });
    expect((await server.fetch('Patient', { method: 'POST', body, headers })).status).toBe(412);
  });
});

describe('read', () => {
  test('sends nothing to who has the version already', async () => {
    await put('read-1');
    const first = await server.fetch('Patient/read-1');
    const etag = first.headers.get('etag') ?? '';
    const since = first.headers.get('last-modified') ?? '';
    expect((await server.fetch('Patient/read-1', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await server.fetch('Patient/read-1', { headers: { 'if-none-match': 'W/"9"' } })).status).toBe(200);
    expect((await server.fetch('Patient/read-1', { headers: { 'if-modified-since': since } })).status).toBe(304);
  });

  test('by HEAD has the headers and no body', async () => {
    await put('read-2');
    const response = await server.fetch('Patient/read-2', { method: 'HEAD' });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([200, 'W/"1"', '']);
  });

  test('with _elements and _summary sends what was asked for, marked as a part', async () => {
    await put('read-3', { active: true, birthDate: '2001-02-03', contact: [{ name: { family: 'B' } }] });
    const part = await (await server.fetch('Patient/read-3?_elements=birthDate')).json();
    expect(part).toMatchObject({ birthDate: '2001-02-03', meta: { tag: [{ code: 'SUBSETTED' }] } });
    expect(part).not.toHaveProperty('active');
    const summary = await (await server.fetch('Patient/read-3?_summary=true')).json();
    expect(summary).toMatchObject({ active: true });
    expect(summary).not.toHaveProperty('contact');
    expect((await server.fetch('Patient/read-3?_summary=some')).status).toBe(400);
  });

  test('with _pretty is indented', async () => {
    await put('read-4');
    expect(await (await server.fetch('Patient/read-4?_pretty=true')).text()).toContain('\n  "id": "read-4"');
  });
});

describe('update', () => {
  test('makes the next version, or the first under the id that the client chose', async () => {
    const first = await put('update-1', { active: true });
    expect([first.status, first.headers.get('location')]).toEqual([201, `${server.base}/Patient/update-1/_history/1`]);
    const second = await put('update-1', { active: false });
    expect([second.status, second.headers.get('etag')]).toEqual([200, 'W/"2"']);
    expect(await (await server.fetch('Patient/update-1')).json()).toMatchObject({ active: false });
  });

  test('under If-Match writes that version only', async () => {
    await put('update-2');
    expect((await put('update-2', {}, { 'if-match': 'W/"2"' })).status).toBe(412);
    expect((await put('update-2', {}, { 'if-match': 'W/"1"' })).status).toBe(200);
    expect((await put('update-new', {}, { 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await put('update-2', {}, { 'if-none-match': '*' })).status).toBe(412);
  });

  test.each([
    [patient('other'), /path names update-3.*id is other/],
    [patient(null), /no id/],
    ['{"resourceType":"Group","id":"update-3"}', /path names Patient/],
  ])('of %s is refused', async (body, sentence) => {
    const response = await server.fetch('Patient/update-3', { method: 'PUT', body });
    expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(sentence)]);
  });

  test('by criteria updates the one, creates where there is none, refuses where there are several', async () => {
    const body = patient(null, { identifier: [{ system: 'urn:x', value: 'by-criteria' }], active: true });
    const by = (one = body) => server.fetch('Patient?identifier=urn:x|by-criteria', { method: 'PUT', body: one });
    const first = await by();
    const second = await by();
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.headers.get('etag')).toBe('W/"2"');
    expect((await by(patient('another', { active: true }))).status).toBe(400);
    await server.fetch('Patient', { method: 'POST', body });
    expect((await by()).status).toBe(412);
    expect((await server.fetch('Patient', { method: 'PUT', body })).status).toBe(400);
  });
});

describe('delete', () => {
  test('makes it gone, keeps its versions, and is harmless twice', async () => {
    await put('delete-1');
    const first = await server.fetch('Patient/delete-1', { method: 'DELETE' });
    expect([first.status, first.headers.get('etag')]).toEqual([204, 'W/"2"']);
    expect((await server.fetch('Patient/delete-1', { method: 'DELETE' })).status).toBe(204);
    expect((await server.fetch('Patient/delete-1')).status).toBe(410);
    expect((await server.fetch('Patient/delete-1/_history/1')).status).toBe(200);
    expect((await server.fetch('Patient/delete-1/_history/2')).status).toBe(410);
    expect((await server.fetch('Patient/delete-never', { method: 'DELETE' })).status).toBe(204);
    const again = await put('delete-1');
    expect([again.status, again.headers.get('etag')]).toEqual([201, 'W/"3"']);
  });

  test('by criteria deletes a single match', async () => {
    await put('delete-2', { identifier: [{ value: 'del' }] });
    await put('delete-3', { identifier: [{ value: 'del' }] });
    expect((await server.fetch('Patient?identifier=del', { method: 'DELETE' })).status).toBe(412);
    await server.fetch('Patient/delete-3', { method: 'DELETE' });
    expect((await server.fetch('Patient?identifier=del', { method: 'DELETE' })).status).toBe(204);
    expect((await server.fetch('Patient/delete-2')).status).toBe(410);
    expect((await server.fetch('Patient', { method: 'DELETE' })).status).toBe(400);
  });
});

describe('history', () => {
  test('of a resource has every version and the deletion, newest first', async () => {
    await put('history-1', { active: true });
    await put('history-1', { active: false });
    await server.fetch('Patient/history-1', { method: 'DELETE' });
    const bundle: Bundle = await (await server.fetch('Patient/history-1/_history')).json();
    expect(bundle.entry?.map(({ request, response }) => [request.method, response.status])).toEqual([
      ['DELETE', '204'],
      ['PUT', '200'],
      ['POST', '201'],
    ]);
    expect((await server.fetch('Patient/history-never/_history')).status).toBe(404);
  });

  test('of a type and of the system comes in pages that meet without gap or overlap', async () => {
    for (let n = 0; n < 7; n++) await put(`history-page-${n % 3}`, { active: n % 2 === 0 });
    for (const path of ['Patient/_history', '_history']) {
      const whole: Bundle = await (await server.fetch(`${path}?_count=1000`)).json();
      const seen: string[] = [];
      let next: string | undefined = `${path}?_count=4`;
      while (next !== undefined) {
        const page: Bundle = await (await server.fetch(next)).json();
        expect(page.entry?.length ?? 0).toBeLessThanOrEqual(4);
        seen.push(...(page.entry ?? []).map(({ fullUrl, resource }) => `${fullUrl} ${resource?.meta.versionId}`));
        const link = page.link.find(({ relation }) => relation === 'next');
        next = link && pathOf(link.url);
      }
      expect(seen).toEqual(whole.entry?.map(({ fullUrl, resource }) => `${fullUrl} ${resource?.meta.versionId}`));
      expect(new Set(seen).size).toBeGreaterThan(5);
    }
  });

  test('under _since and _at has what was made, or was current, then', async () => {
    await put('history-2', { active: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const between = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await put('history-2', { active: false });
    const versions = async (query: string): Promise<string[] | undefined> => {
      const bundle: Bundle = await (await server.fetch(`Patient/history-2/_history?${query}`)).json();
      return bundle.entry?.map(({ resource }) => resource?.meta.versionId ?? '');
    };
    expect(await versions(`_since=${between}`)).toEqual(['2']);
    expect(await versions(`_at=${between}`)).toEqual(['1']);
    expect(await versions(`_at=${new Date().toISOString()}`)).toEqual(['2']);
    expect(await versions('_at=2001')).toBeUndefined();
  });
});

describe('Binary', () => {
  const pixels = Buffer.from('89504e470d0a1a0a00ff', 'hex');

  test('comes back as the bytes that were sent, and a browser may not run it', async () => {
    const created = await server.fetch('Binary', {
      method: 'POST',
      body: pixels,
      headers: { 'content-type': 'image/png' },
    });
    expect(created.status).toBe(201);
    const { id, data } = await created.json();
    expect(data).toBe(pixels.toString('base64'));
    const read = await server.fetch(`Binary/${id}`);
    expect(Buffer.from(await read.arrayBuffer())).toEqual(pixels);
    expect(read.headers.get('content-type')).toBe('image/png');
    expect(read.headers.get('content-disposition')).toBe('attachment');
    expect(read.headers.get('content-security-policy')).toContain('sandbox');
    const asFhir = await server.fetch(`Binary/${id}`, { headers: { accept: 'application/fhir+json' } });
    expect(await asFhir.json()).toMatchObject({ resourceType: 'Binary', contentType: 'image/png', data });
  });

  test('shows its content in FHIR wherever it is shown, and never its address', async () => {
    const body = JSON.stringify({ resourceType: 'Binary', id: 'b1', contentType: 'text/plain', data: 'aGVsbG8=' });
    expect(await (await server.fetch('Binary/b1', { method: 'PUT', body })).json()).toMatchObject({ data: 'aGVsbG8=' });
    for (const path of [
      'Binary?_id=b1',
      'Binary/b1/_history',
      'Binary/b1?_format=json',
      'Binary/b1/_history/1?_format=json',
    ]) {
      const text = await (await server.fetch(path)).text();
      expect(text, path).toContain('"data":"aGVsbG8="');
      expect(text).not.toContain('blob:');
    }
    const found = await (await server.fetch('Binary?_id=b1&_content=blob')).json();
    expect(found.entry).toBeUndefined();
    const forged = JSON.stringify({
      resourceType: 'Binary',
      contentType: 'text/plain',
      data: `blob:${'0'.repeat(64)}`,
    });
    expect((await server.fetch('Binary', { method: 'POST', body: forged })).status).toBe(422);
  });

  test('is patched and put in Bundles like any other resource', async () => {
    const transaction = JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { resourceType: 'Binary', id: 'b2', contentType: 'text/plain', data: 'aGVsbG8=' },
          request: { method: 'PUT', url: 'Binary/b2' },
        },
      ],
    });
    expect((await server.fetch('', { method: 'POST', body: transaction })).status).toBe(200);
    const patch = JSON.stringify([{ op: 'replace', path: '/contentType', value: 'text/markdown' }]);
    const headers = { 'content-type': 'application/json-patch+json' };
    expect((await server.fetch('Binary/b2', { method: 'PATCH', body: patch, headers })).status).toBe(200);
    const read = await server.fetch('Binary/b2');
    expect([read.headers.get('content-type'), await read.text()]).toEqual(['text/markdown', 'hello']);
  });
});

test('under PORTICO_MANDATORY_PROFILES a profile that is claimed must be loaded', async () => {
  const strict = await startServer({ PORTICO_MANDATORY_PROFILES: 'https://example.org/needed' });
  try {
    const body = patient(null, { meta: { profile: ['https://example.org/needed'] } });
    expect((await strict.fetch('Patient', { method: 'POST', body })).status).toBe(422);
    expect((await server.fetch('Patient', { method: 'POST', body })).status).toBe(201);
  } finally {
    await strict.close();
  }
});

test('under PORTICO_REFERENCES=enforce what a reference names must exist, and stays while it is named', async () => {
  const strict = await startServer({ PORTICO_REFERENCES: 'enforce' });
  try {
    const encounter = (id: string, subject: string): Promise<Response> =>
      strict.fetch(`Encounter/${id}`, {
        method: 'PUT',
        body: JSON.stringify({
          resourceType: 'Encounter',
          id,
          status: 'planned',
          class: { code: 'VR' },
          subject: { reference: subject },
        }),
      });
    const refused = await encounter('e1', 'Patient/p1');
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      { issue: [{ expression: ['Encounter.subject.reference'] }] },
    ]);
    await strict.fetch('Patient/p1', { method: 'PUT', body: patient('p1') });
    expect((await encounter('e1', 'Patient/p1')).status).toBe(201);
    expect((await strict.fetch('Patient/p1', { method: 'DELETE' })).status).toBe(409);
    await strict.fetch('Encounter/e1', { method: 'DELETE' });
    expect((await strict.fetch('Patient/p1', { method: 'DELETE' })).status).toBe(204);
  } finally {
    await strict.close();
  }
});

test('a text far inside a long string is found, and by its beginning only what begins so', async () => {
  const description = `${'word '.repeat(400)}needle ${'word '.repeat(400)}`;
  const library = { resourceType: 'Library', id: 'long', status: 'draft', type: { text: 'x' }, description };
  await server.fetch('Library/long', { method: 'PUT', body: JSON.stringify(library) });
  const total = async (query: string): Promise<number> =>
    (await (await server.fetch(`Library?${query}&_summary=count`)).json()).total;
  expect(await total('description:contains=NEEDLE word')).toBe(1);
  expect(await total('description:contains=needles')).toBe(0);
  expect(await total('description=needle')).toBe(0);
  expect(await total('description=word word')).toBe(1);
  const tooLong = await server.fetch(`Library?description:contains=${'x'.repeat(129)}`);
  expect([tooLong.status, await tooLong.text()]).toEqual([400, expect.stringContaining('128 characters')]);
});
