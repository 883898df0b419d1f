import type { Bundle, Parameters, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { storeAsIs } from '../support/every-type.ts';
import { type Server, startServer, type TokenAsk } from '../support/server.ts';

let server: Server;

const DAY = 86_400_000;
const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const subject = { reference: 'Patient/ada' };
const observation = (id: string, date: string, more: object = {}): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Alcohol in blood' },
  subject,
  effectiveDateTime: date,
  ...more,
});

const world: Resource[] = [
  { resourceType: 'Patient', id: 'ada', name: [{ family: 'Quill' }], birthDate: '1980-01-01' },
  { resourceType: 'Patient', id: 'other', name: [{ family: 'Nightingale' }] },
  observation('within', '2025-03-04'),
  observation('before', '2024-12-31'),
  observation('part-two', '2025-03-05', { meta: { security: [{ system: act, code: '42CFRPart2' }] } }),
  observation('of-other', '2025-03-04', { subject: { reference: 'Patient/other' } }),
  { resourceType: 'Condition', id: 'unasked', code: { text: 'Asthma' }, subject, recordedDate: '2025-03-04' },
];

beforeAll(async () => {
  server = await startServer();
  await storeAsIs(server.smart.fhir, world);
});
afterAll(() => server.close());

type Parts = NonNullable<Parameters['parameter']>;

const bearer = (ask: TokenAsk): Promise<string> => server.token('user/*.crus', ask);
const legal = (name = 'counsel') => bearer({ actor: 'legal', fhirUser: `Practitioner/${name}`, subject: name });
const officer = (name = 'officer') =>
  bearer({ actor: 'privacy-officer', fhirUser: `Practitioner/${name}`, subject: name });

async function call<T>(
  path: string,
  token: Promise<string>,
  parameter: Parts = [],
): Promise<{ status: number; body: T }> {
  const answer = await server.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  return { status: answer.status, body: await answer.json() };
}

const text = (name: string, valueString: string) => ({ name, valueString });
const order: Parts = [
  text('patient', 'ada'),
  text('agency', 'County Sheriff'),
  text('agency-address', '1 Main Street'),
  text('order-number', '25-117'),
  {
    name: 'order',
    valueAttachment: { contentType: 'text/plain', data: Buffer.from('It is ordered').toString('base64') },
  },
  { name: 'type', valueCode: 'Observation' },
  { name: 'start', valueDate: '2025-01-01' },
  { name: 'end', valueDate: '2025-12-31' },
];
const kind = (valueCode: string) => ({ name: 'kind', valueCode });

const request = (more: Parts = [kind('subpoena')], by = legal()) =>
  call<Task & { id: string }>('$request-disclosure', by, [...order, ...more]);
const approve = (id: string, by: Promise<string>) => call<Task>(`Task/${id}/$approve-disclosure`, by);
const disclose = (id: string, by = legal()) => call<Bundle>(`Task/${id}/$disclose`, by);

async function approved(more?: Parts): Promise<string> {
  const { body } = await request(more);
  expect((await approve(body.id, legal())).status).toBe(200);
  expect((await approve(body.id, officer())).status).toBe(200);
  return body.id;
}

const idsOf = ({ entry = [] }: Bundle): (string | undefined)[] => entry.map(({ resource }) => resource?.id);

const errors = (resource: unknown) =>
  server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error');

test('O-74 an authority is told what its order names, and no more', async () => {
  const id = await approved();
  const { status, body } = await disclose(id);
  expect(status).toBe(200);
  expect(idsOf(body)).toEqual(['within']);
  expect(errors(body)).toEqual([]);
  expect(await disclose(id)).toMatchObject({ status: 409 });
  const [row] = await server.database.query(`select content from resource where id = $1`, [id]);
  expect(errors(JSON.parse(String(row?.[0])))).toEqual([]);
});

test('O-74 records of substance use leave by the order of a court alone, with the notice of the law', async () => {
  const { body } = await disclose(await approved([kind('court-order')]));
  expect(idsOf(body).slice(0, 2)).toEqual(['part-two', 'within']);
  expect(JSON.stringify(body)).toContain('42 CFR part 2 prohibits');
  const { body: warrant } = await disclose(await approved([kind('warrant')]));
  expect(idsOf(warrant)).toEqual(['within']);
  expect(JSON.stringify(warrant)).not.toMatch(/42CFRPart2|part-two/);
});

test('O-74 without two approvals of two people nothing is disclosed', async () => {
  const { body } = await request();
  const { id } = body;
  expect((await disclose(id)).status).toBe(403);
  expect((await approve(id, legal())).status).toBe(200);
  expect((await disclose(id)).status).toBe(403);
  // The same person in the other office, and another person in the same.
  expect((await approve(id, officer('counsel'))).status).toBe(403);
  expect((await approve(id, legal('second'))).status).toBe(409);
  expect((await disclose(id, officer())).status).toBe(403);
  expect((await approve(id, officer())).status).toBe(200);
  expect((await disclose(id, officer())).status).toBe(200);
});

test('O-74 who may write Tasks writes no approval, and changes nothing of what was ordered', async () => {
  const { body } = await request();
  const types = body.input?.map((one) => (one.valueCode === 'Observation' ? { ...one, valueCode: 'Condition' } : one));
  const output = [{ type: { text: 'approved-by-legal' }, valueReference: { reference: 'Practitioner/x' } }];
  const forged = { ...body, status: 'ready', input: types, output };
  const put = await server.fetch(`Task/${body.id}`, { method: 'PUT', body: JSON.stringify(forged) });
  expect(put.status).toBe(200);
  expect((await disclose(body.id)).status).toBe(403);
  await approve(body.id, legal());
  await approve(body.id, officer());
  expect(idsOf((await disclose(body.id)).body)).toEqual(['within']);
});

test('O-74 a disclosure is kept from the patient until the day that the agency stated, and then told', async () => {
  const until = new Date(Date.now() + 10 * DAY).toISOString().slice(0, 10);
  const self = await server.token('patient/*.rs', { patient: 'ada', fhirUser: 'Patient/ada' });
  const headers = { authorization: `Bearer ${self}` };
  const seen = async (): Promise<string> => {
    const paths = ['Patient/ada/$everything', 'AuditEvent?patient=ada', 'Task', 'DocumentReference', 'Provenance'];
    const answers = await Promise.all(paths.map((path) => server.fetch(path, { headers })));
    return (await Promise.all(answers.map((one) => one.text()))).join('\n');
  };
  const before = (await seen()).split('County Sheriff').length;
  const id = await approved([kind('subpoena'), { name: 'suspend-until', valueDate: until }]);
  expect((await disclose(id)).status).toBe(200);
  const during = await seen();
  expect(during).not.toContain(id);
  expect(during.split('County Sheriff')).toHaveLength(before);
  const [row] = await server.database.query(
    `select patient, suspended_until, content from ledger where content like $1 and patient is not null`,
    [`%Task/${id}%`],
  );
  expect(row?.[0]).toBe('ada');
  // The day that is stated is one of silence to its end.
  expect(row?.[1]).toEqual(new Date(Date.parse(until) + DAY));
  const event = JSON.parse(String(row?.[2]));
  expect(errors(event)).toEqual([]);
  expect(event.contained[0]).toMatchObject({ name: 'County Sheriff', address: [{ text: '1 Main Street' }] });
  expect(event.purposeOfEvent[0].coding[0].code).toBe('HLEGAL');
});

test('O-74 when the time of silence is over the patient finds the disclosure among the others', async () => {
  const self = await server.token('patient/*.rs', { patient: 'ada', fhirUser: 'Patient/ada' });
  const headers = { authorization: `Bearer ${self}` };
  const until = new Date(Date.now() + 2000).toISOString();
  const id = await approved([kind('subpoena'), { name: 'suspend-until', valueDateTime: until }]);
  expect((await disclose(id)).status).toBe(200);
  const told = async (): Promise<string> =>
    (await server.fetch('AuditEvent?patient=ada&_count=500', { headers })).text();
  expect(await told()).not.toContain(id);
  await vi.waitFor(async () => expect(await told()).toContain(`Task/${id}`), { timeout: 10_000, interval: 200 });
  expect(await told()).toContain('County Sheriff, 1 Main Street');
});

test('O-74 what was stated by word of mouth holds for 30 days', async () => {
  const late = new Date(Date.now() + 300 * DAY).toISOString().slice(0, 10);
  const oral = { name: 'oral', valueBoolean: true };
  for (const more of [[oral], [oral, { name: 'suspend-until', valueDate: late }]]) {
    const { body } = await request([kind('subpoena'), ...more]);
    const until = body.input?.find(({ valueDate }) => valueDate !== undefined)?.valueDate ?? '';
    expect(Math.round((Date.parse(until) - Date.now()) / DAY)).toBeLessThanOrEqual(30);
    expect(Math.round((Date.parse(until) - Date.now()) / DAY)).toBeGreaterThanOrEqual(29);
  }
});

test('O-74 nobody else writes down an order, agrees to one or tells what it names', async () => {
  const { body } = await request();
  const everybody = [
    server.token('system/*.cruds'),
    server.token('patient/*.cruds', { patient: 'ada', fhirUser: 'Patient/ada' }),
    server.token('user/*.cruds', { fhirUser: 'Practitioner/dr' }),
    bearer({ actor: 'sysadmin', fhirUser: 'Practitioner/admin' }),
  ];
  for (const one of everybody) {
    expect((await request([kind('subpoena')], one)).status).toBe(403);
    expect((await approve(body.id, one)).status).toBe(403);
    expect((await disclose(body.id, one)).status).toBe(403);
  }
  expect((await request([kind('subpoena')], officer())).status).toBe(403);
  expect((await approve('nothing', legal())).status).toBe(404);
});

test.each<[string, Parts]>([
  ['of a type that is in no record', [kind('subpoena'), { name: 'type', valueCode: 'Practitioner' }]],
  ['of lists of several people', [kind('subpoena'), { name: 'type', valueCode: 'Group' }]],
  ['of no kind', []],
  ['of a kind that there is not', [kind('request')]],
])('O-74 an order %s is not written down', async (_, more) => {
  expect((await request(more)).status).toBe(400);
});
