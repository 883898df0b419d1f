import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Answer, bundleOf, resourceOf, type TrapWorld, trapWorld } from './trap-world.ts';

let world: TrapWorld;
beforeAll(async () => {
  world = await trapWorld();
});
afterAll(() => world.close());

/** The answer, in bounded time; what a busy machine adds is forgiven. */
async function quick(work: Promise<Answer>, ms = 3000): Promise<Answer> {
  const begun = performance.now();
  const answer = await work;
  expect(performance.now() - begun).toBeLessThan(ms);
  expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500);
  return answer;
}

const post = (type: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  quick(world.ask('system', 'POST', type, { body, headers: { 'content-type': 'application/fhir+json', ...headers } }));

test.each<[string, string]>([
  ['10,000 levels', `{"resourceType":"Patient","extension":${'[{"extension":'.repeat(10_000)}1${'}]'.repeat(10_000)}}`],
  [
    'a subject that stands twice',
    '{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pa"},"subject":{"reference":"Patient/pb"}}',
  ],
  [
    'a subject that stands twice, once escaped',
    '{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pa"},"\\u0073ubject":{"reference":"Patient/pb"}}',
  ],
  [
    'a reference that stands twice',
    '{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pa","reference":"Patient/pb"}}',
  ],
  ['two types', '{"resourceType":"Patient","resourceType":"Practitioner"}'],
  ['__proto__', '{"resourceType":"Patient","__proto__":{"active":true}}'],
  ['constructor', '{"resourceType":"Patient","constructor":{"prototype":{"active":true}}}'],
  ['__proto__ below', '{"resourceType":"Patient","name":[{"__proto__":{"family":"x"}}]}'],
  ['a lone surrogate', '{"resourceType":"Patient","name":[{"family":"\\udc00"}]}'],
  ['NUL', '{"resourceType":"Patient","name":[{"family":"a\\u0000"}]}'],
  ['NUL in a key', '{"resourceType":"Patient","a\\u0000":1}'],
  ['1e400', '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e400}}'],
  ['a byte order mark in the middle', '{"resourceType":"Patient",\ufeff"active":true}'],
  ['single quotes', "{'resourceType':'Patient'}"],
  ['a comment', '{"resourceType":"Patient"/*x*/}'],
  ['NaN', '{"resourceType":"Patient","multipleBirthInteger":NaN}'],
  ['two documents', '{"resourceType":"Patient"}{"resourceType":"Patient"}'],
])('A-62 a body with %s is refused', async (_, body) => {
  const type = /"resourceType":"(\w+)"/.exec(body)?.[1] ?? 'Patient';
  const answer = await post(type, body);
  expect([400, 422], answer.text).toContain(answer.status);
  expect(resourceOf(answer).resourceType).toBe('OperationOutcome');
  expect(({} as Record<string, unknown>).active).toBeUndefined();
});

test('A-62 numbers come back as they were written, or are refused', async () => {
  const value = (text: string): string =>
    `{"resourceType":"Observation","status":"final","code":{"text":"n"},"valueQuantity":{"value":${text}}}`;
  for (const text of ['9007199254740993', '0.10', '1.000', '-0', '-0.0', '1e2', '123456789012345678.5', '1E-7']) {
    const answer = await post('Observation', value(text));
    expect(answer.status, `${text} ${answer.text}`).toBe(201);
    expect(answer.text).toContain(`"value":${text}}`);
    const read = await world.ask('system', 'GET', `Observation/${resourceOf(answer).id}`);
    expect(read.text).toContain(`"value":${text}}`);
  }
  for (const text of ['01', '+1', '.5', '1.', '0x10', '1_000'])
    expect((await post('Observation', value(text))).status).toBe(400);
});

test('A-62 sizes are bounded, while they arrive and while they are inflated', async () => {
  const name = (family: string): string => JSON.stringify({ resourceType: 'Patient', name: [{ family }] });
  // FHIR's strings have a megabyte.
  expect((await post('Patient', name('x'.repeat(1_100_000)))).status).toBe(422);
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20), { level: 9 });
  const before = process.memoryUsage().rss;
  expect((await post('Patient', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  const twice = gzipSync(bomb);
  expect([400, 413, 415]).toContain((await post('Patient', twice, { 'content-encoding': 'gzip, gzip' })).status);
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  const entries = Array.from({ length: 5001 }, () => ({ request: { method: 'GET', url: 'Patient/zz' } }));
  const many = await post('', JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: entries }));
  expect([400, 413]).toContain(many.status);
});

const fhirPathPatch = (expression: string): object => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: expression },
        { name: 'value', valueBoolean: true },
      ],
    },
  ],
});

test.each([
  [
    'a regular expression that doubles',
    "Patient.where('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')).active",
  ],
  [
    'one that replaces',
    "Patient.where('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replaceMatches('^(a|a)*$', 'b') = 'x').active",
  ],
  ['5,000 parentheses', `Patient.where(${'('.repeat(5000)}true${')'.repeat(5000)}).active`],
  ['a union of 3,000', `(${Array.from({ length: 3000 }, (_, at) => at).join('|')}).active`],
  ['descendants of descendants', 'Patient.descendants().descendants().descendants().descendants().active'],
  ['a repeat that does not end', 'Patient.repeat(name | $this | repeat($this)).active'],
  ['9,000 negations', `Patient.where(${'-'.repeat(9000)}1 = 1).active`],
  [
    'a product that grows',
    `Patient.where(${Array.from({ length: 9 }, () => '(1|2|3|4|5|6|7|8|9).select(').join('')}1${')'.repeat(9)}.count() > 0).active`,
  ],
  ['host objects', 'Patient.constructor.constructor("return process")().exit()'],
  ['an environment variable that is none', '%env.where(true)'],
  ['no end', 'Patient.where('],
])('A-63 an expression with %s costs little', async (_, expression) => {
  const answer = await quick(world.ask('system', 'PATCH', 'Patient/pa', { body: fhirPathPatch(expression) }), 3000);
  expect(answer.status, answer.text.slice(0, 200)).toBeGreaterThanOrEqual(400);
  expect((await world.ask('system', 'GET', '/livez')).status).toBe(200);
});

test('A-63 expressions of many do not wait for one another for long', async () => {
  const slow = fhirPathPatch('Patient.repeat(name | $this | repeat($this)).active');
  const begun = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => world.ask('system', 'PATCH', 'Patient/pa', { body: slow })),
  );
  for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
  expect(performance.now() - begun).toBeLessThan(15_000);
});

const list = (count: number, of: (at: number) => string, by = ','): string =>
  Array.from({ length: count }, (_, at) => of(at)).join(by);

test.each([
  ['_count of a million', 'Patient?_count=1000000', [200, 400]],
  ['a negative _count', 'Patient?_count=-1', [400]],
  ['an _offset', 'Patient?_offset=1000000000000', [200, 400]],
  ['500 parameters', `Patient?${list(500, () => 'name=a', '&')}`, [400]],
  ['10,000 values', `Patient?name=${list(10_000, (at) => `v${at}`)}`, [400, 414, 431]],
  ['a chain of eight', `Observation?subject:Patient.${'link:Patient.'.repeat(8)}name=x`, [400]],
  ['an include that goes in circles', 'Patient?_include:iterate=Patient:link&_revinclude:iterate=Patient:link', [200]],
  ['contains of one letter', 'Patient?name:contains=a', [200]],
  ['ten sort keys', `Patient?_sort=${list(10, () => 'name')}`, [400]],
  ['all dates', 'Patient?birthdate=ge0001&birthdate=le9999', [200]],
  ['ten _has', `Patient?${list(10, (at) => `_has:Observation:patient:code=${at}`, '&')}`, [400]],
  ['parentheses', `Patient?_filter=${'('.repeat(500)}name%20eq%20a${')'.repeat(500)}`, [400]],
  ['nots', `Patient?_filter=${'not('.repeat(300)}name%20eq%20a${')'.repeat(300)}`, [400]],
  ['a long URL', `Patient?name=${'a'.repeat(12_000)}`, [400, 414, 431]],
  ['wildcards', `Patient?name:contains=${encodeURIComponent('%_'.repeat(500))}`, [200, 400]],
  ['commas', `Patient?name=${','.repeat(900)}`, [200, 400]],
])('A-64 a search with %s is bounded', async (_, path, expected) => {
  const answer = await quick(world.ask('system', 'GET', path), 3000);
  expect(expected, answer.text.slice(0, 200)).toContain(answer.status);
});

test.each([
  'Patient?_sort=name;drop%20table%20resource--',
  'Patient?_sort=(select%20pg_sleep(5))',
  'Patient?_sort=-name,%22id%22',
  "Patient?_filter=family%20eq%20%22x'%20or%201=1--%22",
  "Patient?identifier='%7C%7Cpg_sleep(5)%7C%7C'",
  'Patient?_elements=id,(select%20pg_sleep(5))',
  "Patient?code=http://x%7C%5C%5C','",
  'Patient?name=%25%27',
  "Patient?_id='%20union%20select%201--",
  "Patient?_type=Patient');--",
  'Patient?name:contains=%25',
  'Patient?name=_',
  "Patient?_lastUpdated=gt2020'%3Bselect%20pg_sleep(5)--",
  'Patient?name:exact=$1',
  "Patient/_history?_since=2020'--",
  'Patient/pa/_history/1%3Bselect',
  "Patient/$everything?_type=Patient'",
  "Observation/$lastn?patient=pa&code='%7C%7Cpg_sleep(5)%7C%7C'",
])('A-65 %s is text, and finds nothing', async (path) => {
  const answer = await quick(world.ask('system', 'GET', path), 3000);
  expect(answer.text).not.toMatch(/syntax error at|resource_history|SQLSTATE|ERROR:/);
  if (answer.status === 200 && !/_sort|_elements|_type|code=http/.test(path))
    expect(bundleOf(answer).entry ?? []).toEqual([]);
});

test('A-65 headers and patches are text, too', async () => {
  const body = resourceOf(await world.ask('system', 'GET', 'Patient/pa'));
  const matched = await world.ask('system', 'PUT', 'Patient/pa', { body, headers: { 'if-match': 'W/"1\' or \'1"' } });
  expect(matched.status).toBe(400);
  const condition = { body, headers: { 'if-none-exist': "identifier=' or 1=1--" } };
  expect((await world.ask('system', 'POST', 'Patient', condition)).status).toBe(201);
  for (const path of [
    '/name/0/../../',
    "/name/'--",
    '/__proto__/x',
    '/constructor/prototype/x',
    '/name/-1',
    '/name/1e0',
  ]) {
    const patch = JSON.stringify([{ op: 'add', path, value: 'x' }]);
    const headers = { 'content-type': 'application/json-patch+json' };
    const answer = await world.ask('system', 'PATCH', 'Patient/pa', { body: patch, headers });
    expect([400, 422], `${path} ${answer.text}`).toContain(answer.status);
  }
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('A-69 no answer with a record in it may be kept, and nothing told by its headers', async () => {
  for (const who of ['A', 'B', 'system'] as const) {
    for (const path of [
      'Patient/pa',
      'Patient',
      'Patient/pa/_history',
      'Patient/pa/$everything',
      'Patient/zz',
      '_history',
      'Patient?_format=xml',
    ]) {
      const { headers } = await world.ask(who, 'GET', path);
      expect(headers['cache-control'], path).toBe('no-store');
      for (const name of ['Authorization', 'Accept', 'Prefer']) expect(headers.vary, path).toContain(name);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers.server ?? headers['x-powered-by']).toBeUndefined();
    }
  }
  const { headers } = await world.ask('A', 'GET', 'Patient/pa');
  expect(headers.etag).toBe('W/"1"');
  const [a, b] = [await world.ask('A', 'GET', 'Observation'), await world.ask('B', 'GET', 'Observation')];
  expect(a.text).not.toBe(b.text);
  const metadata = await world.ask('none', 'GET', 'metadata');
  expect([metadata.status, typeof metadata.headers.etag]).toEqual([200, 'string']);
  const again = await world.ask('none', 'GET', 'metadata', {
    headers: { 'if-none-match': String(metadata.headers.etag) },
  });
  expect(again.status).toBe(304);
});

test('A-69 a request that is cut in two ways is refused', async () => {
  const crlf = { headers: { 'x-security-context': 'Patient/pa' }, body: 'x' };
  // Of what type the bytes are is not said.
  expect((await world.ask('A', 'POST', 'Binary', crlf)).status).toBe(400);
  const location = await world.ask('system', 'POST', 'Patient', {
    body: { resourceType: 'Patient' },
    headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
  });
  expect(location.headers.location).toMatch(new RegExp(`^${world.server.base}/Patient/`));
});
