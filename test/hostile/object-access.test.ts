import { afterAll, beforeAll, expect, test } from 'vitest';
import { pdf } from './trap-resources.ts';
import { type Answer, bundleOf, found, indist, resourceOf, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  world.ask('A', 'GET', path, { headers });

beforeAll(async () => {
  world = await trapWorld();
});
afterAll(() => world.close());

/** What every request about another's resource is answered: the same as about one that never was. */
async function hidden(
  method: string,
  path: string,
  unknown: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const one = await world.ask('A', method, path, { headers });
  expect(one.status, `${path} ${one.text}`).toBe(404);
  indist(one, await world.ask('A', method, unknown, { headers }), ['moved', 'ob1', 'eb1', 'pb', 'zzzzz', 'zz1', 'zz']);
}

test('A-01 the resource of another is as unknown as one that never was', async () => {
  await hidden('GET', 'Observation/ob1', 'Observation/zz1');
  await hidden('GET', 'Patient/pb', 'Patient/zz');
  for (const path of ['Group/g1', 'Binary/bb1', 'AuditEvent/xb', 'Provenance/prov1', 'Task/ta'])
    expect([403, 404], path).toContain((await get(path)).status);
});

test('A-02 versions and histories show what the caller may see', async () => {
  await hidden('GET', 'Observation/ob1/_history/1', 'Observation/zz1/_history/1');
  await hidden('GET', 'Observation/ob1/_history', 'Observation/zz1/_history');
  expect(found(await get('Observation/_history'))).toEqual([
    'Observation/oa-focus',
    'Observation/oa-lab1',
    'Observation/oa1',
  ]);
  const all = found(await get('_history?_count=1000'));
  expect(all).toContain('Patient/pa');
  expect(all.join(' ')).not.toMatch(/\/(pb|ob1|cb1|cb2|mb1|db1|bb1|clb1|qb1|apb|eb1|eb2|dv1|xb|g1)\b/);
});

test('A-02 a row that has moved to another patient takes its history along', async () => {
  const row = { resourceType: 'Observation', id: 'moved', status: 'final', code: { text: 'misfiled' } };
  const at = (patient: string, text: string) => ({
    body: { ...row, subject: { reference: `Patient/${patient}` }, valueString: text },
  });
  await world.ask('system', 'PUT', 'Observation/moved', at('pa', 'Zyxworth, filed under the wrong name'));
  await world.ask('system', 'PUT', 'Observation/moved', at('pb', 'Zyxworth'));
  for (const rest of ['', '/_history', '/_history/1', '/_history/2'])
    await hidden('GET', `Observation/moved${rest}`, `Observation/zzzzz${rest}`);
  expect(found(await get('Observation/_history'))).not.toContain('Observation/moved');
  expect(found(await get('_history'))).not.toContain('Observation/moved');
  expect(found(await world.ask('system', 'GET', 'Observation/moved/_history'))).toHaveLength(2);
  // And back: what was written while it was another's stays another's.
  await world.ask('system', 'PUT', 'Observation/moved', at('pa', 'put right'));
  expect((await get('Observation/moved')).status).toBe(200);
  expect((await get('Observation/moved/_history/2')).status).toBe(404);
});

test('A-03 HEAD and conditional reads tell nothing', async () => {
  for (const [method, headers] of [
    ['HEAD', {}],
    ['GET', { 'if-none-match': 'W/"1"' }],
    ['GET', { 'if-none-match': '*' }],
    ['GET', { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() }],
  ] as const) {
    await hidden(method, 'Observation/ob1', 'Observation/zz1', headers);
    const answer = await world.ask('A', method, 'Observation/ob1', { headers });
    expect([answer.headers.etag, answer.headers['last-modified']]).toEqual([undefined, undefined]);
  }
  expect([405, 404]).toContain((await world.ask('A', 'OPTIONS', 'Observation/ob1')).status);
});

test('A-05 the compartment of another is empty', async () => {
  for (const [path, unknown] of [
    ['Patient/pb/Observation', 'Patient/zz/Observation'],
    ['Encounter/eb1/Observation', 'Encounter/zz1/Observation'],
    ['Device/dv1/Observation', 'Device/zz1/Observation'],
    ['Practitioner/pr1/Observation', 'Practitioner/zz1/Observation'],
  ] as const) {
    const [one, other] = [await get(path), await get(unknown)];
    expect(found(one).filter((name) => !name.endsWith('/oa1'))).toEqual([]);
    if (!path.startsWith('Device')) indist(one, other, ['pb', 'eb1', 'pr1', 'zz1', 'zz']);
  }
  // A row that names both is the caller's as well.
  expect(found(await get('Patient/pb/*'))).toEqual(['Appointment/ab', 'Coverage/cov']);
});

test('A-19 a path means one thing', async () => {
  for (const path of [
    '/fhir/R4//Observation/ob1',
    'Observation/%6fb1',
    'Observation/ob1%2f..%2foa1',
    'Observation/oa1%2f..%2fob1',
    'observation/ob1',
    'Observation/ob1/',
    'Observation/ob1;x=1',
    'Observation/./ob1',
    'Observation/../Observation/ob1',
    'Observation/ob1%00',
    'Observation/ob1%23',
    'Observation/..',
    'Observation/%2e%2e',
    'Observation/oa1/%2e%2e/ob1',
  ])
    expect([400, 404], path).toContain((await get(path)).status);
  // Nor can anything be stored where a URL would not find it.
  for (const id of ['.', '..']) {
    const body = { resourceType: 'Patient', id };
    for (const path of [
      `Patient/${id}`,
      `Patient/${encodeURIComponent(id).replaceAll('.', '%2e')}`,
      'Patient?name=nobody',
    ])
      expect([400, 404], path).toContain((await world.ask('system', 'PUT', path, { body })).status);
    for (const url of [`Patient/${id}`, 'Patient?name=nobody']) {
      const entry = [{ resource: body, request: { method: 'PUT', url } }];
      const transaction = { body: { resourceType: 'Bundle', type: 'transaction', entry } };
      expect((await world.ask('system', 'POST', '', transaction)).status, url).toBe(400);
    }
  }
  const post = (headers: Record<string, string>): Promise<Answer> =>
    world.ask('A', 'POST', 'Observation/ob1', { body: '', headers });
  expect((await post({ 'x-http-method-override': 'GET' })).status).toBe(405);
  const rewritten = { 'x-original-url': '/fhir/R4/Observation/ob1', 'x-rewrite-url': '/fhir/R4/Observation/ob1' };
  expect(resourceOf(await get('Observation/oa1', rewritten)).id).toBe('oa1');
  const forwarded = { 'x-forwarded-prefix': '/../', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' };
  const search = await get('Observation', forwarded);
  expect(search.text).not.toMatch(/evil|gopher|\.\./);
});

test('A-26 $everything is of the own record', async () => {
  for (const path of ['$everything', '$everything?_type=Observation', '$everything?_since=2020-01-01'])
    await hidden('GET', `Patient/pb/${path}`, `Patient/zz/${path}`);
  const parameters = { resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Observation' }] };
  expect((await world.ask('A', 'POST', 'Patient/pb/$everything', { body: parameters })).status).toBe(404);
  const own = found(await get('Patient/pa/$everything'));
  expect(own).toContain('Observation/oa1');
  expect(own.join(' ')).not.toMatch(/\/(pb|ob1|cb1|eb1|eb2|dv1|g1|xb)\b/);
  expect(found(await world.ask('A', 'POST', 'Patient/pa/$everything', { body: parameters }))).toEqual([
    'Observation/moved',
    'Observation/oa-focus',
    'Observation/oa-lab1',
    'Observation/oa1',
  ]);
  expect((await get('Encounter/ea/$everything')).status).toBe(404);
});

test('A-28 operations are under the same gate', async () => {
  expect(found(await get('Observation/$lastn?patient=pb&code=44261-6'))).toEqual([]);
  expect(bundleOf(await get('Observation/$lastn?patient=pb&code=44261-6')).total).toBe(0);
  expect(found(await get('Observation/$lastn?patient=pa&category=laboratory,vital-signs&max=5'))).toEqual([
    'Observation/oa-lab1',
    'Observation/oa1',
  ]);
  await hidden('GET', 'Observation/ob1/$meta', 'Observation/zz1/$meta');
  await hidden('GET', 'Observation/ob1/$validate', 'Observation/zz1/$validate');
  for (const how of ['$meta', 'Observation/$meta']) expect((await get(how)).text, how).not.toContain('PSY');
  const deletion = await get('Observation/ob1/$validate?mode=delete');
  indist(deletion, await get('Observation/zz1/$validate?mode=delete'), ['ob1', 'zz1']);
  const meta = {
    body: {
      resourceType: 'Parameters',
      parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'http://x', code: 'mine' }] } }],
    },
  };
  for (const operation of ['$meta-add', '$meta-delete']) {
    const one = await world.ask('A', 'POST', `Observation/ob1/${operation}`, meta);
    expect(one.status).toBe(404);
    indist(one, await world.ask('A', 'POST', `Observation/zz1/${operation}`, meta), ['ob1', 'zz1']);
  }
  expect(resourceOf(await world.ask('system', 'GET', 'Observation/ob1')).meta).toMatchObject({ versionId: '1' });
  // A reference within what is validated is not followed.
  const body = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/pb' },
  };
  const [one, other] = [
    await world.ask('A', 'POST', 'Observation/$validate', { body }),
    await world.ask('A', 'POST', 'Observation/$validate', { body: { ...body, subject: { reference: 'Patient/zz' } } }),
  ];
  indist(one, other, ['pb', 'zz']);
  for (const absent of ['Patient/$match', 'Patient/$export', '$export', 'Patient/pb/$summary', 'Patient/$member-match'])
    expect((await world.ask('A', 'POST', absent, { body: { resourceType: 'Parameters' } })).status, absent).toBe(404);
});

test('A-29 bytes are as secret as the record they belong to, and never run in a browser', async () => {
  indist(await get('Binary/bb1'), await get('Binary/zz1'), ['bb1', 'zz1']);
  expect((await get('Binary/bb1', { range: 'bytes=0-10' })).status).toBe(404);
  const html = { body: Buffer.from('<script>alert(1)</script>'), headers: { 'content-type': 'text/html' } };
  const context = { ...html, headers: { ...html.headers, 'x-security-context': 'Patient/pb' } };
  expect((await world.ask('A', 'POST', 'Binary', context)).status).toBe(403);
  // Whoever may read bytes and not the record they belong to, may not read these.
  const bytesOnly = `Bearer ${await world.server.token('system/Binary.rs')}`;
  const headers = { authorization: bytesOnly };
  for (const path of ['Binary/bb1', 'Binary/bb1/_history/1', 'Binary/bb1/_history', 'Binary', 'Binary/_history']) {
    const answer = await world.ask('none', 'GET', path, { headers });
    expect(answer.text, path).not.toContain(pdf.toString());
  }
  const made = await world.ask('system', 'POST', 'Binary', html);
  expect(made.status).toBe(201);
  const read = await world.ask('system', 'GET', `Binary/${resourceOf(made).id}`, { headers: { accept: '*/*' } });
  expect(read.text).toBe('<script>alert(1)</script>');
  expect(read.headers).toMatchObject({
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
    'cache-control': 'no-store',
  });
  const crlf = { resourceType: 'Binary', contentType: 'text/plain\r\nX-Evil: 1', data: 'QQ==' };
  expect((await world.ask('system', 'POST', 'Binary', { body: crlf })).status).toBe(422);
});

test('A-32 a deletion is told to those who could read it before, and versions are never given twice', async () => {
  await hidden('GET', 'Encounter/eb1', 'Encounter/zz1');
  for (const version of [1, 2, 3])
    await hidden('GET', `Encounter/eb1/_history/${version}`, `Encounter/zz1/_history/${version}`);
  await hidden('GET', 'Encounter/eb1/_history', 'Encounter/zz1/_history');
  expect((await world.ask('B', 'GET', 'Encounter/eb1')).status).toBe(410);
  expect(bundleOf(await world.ask('B', 'GET', 'Encounter/eb1/_history')).entry).toHaveLength(3);
  indist(await world.ask('A', 'DELETE', 'Encounter/eb1'), await world.ask('A', 'DELETE', 'Encounter/zz1'), []);
  const again = {
    resourceType: 'Encounter',
    id: 'eb1',
    status: 'planned',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/pb' },
  };
  const made = await world.ask('system', 'PUT', 'Encounter/eb1', { body: again });
  expect([made.status, made.headers.etag]).toEqual([201, 'W/"4"']);
});
