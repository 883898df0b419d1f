import type { Communication, DocumentReference, Parameters, Provenance, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { storeAsIs } from '../support/every-type.ts';
import { type Server, startServer, type TokenAsk } from '../support/server.ts';

let server: Server;
let self: string;

const patient = { reference: 'Patient/ada' };
const weight = (id: string): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Weight' },
  subject: patient,
  valueQuantity: { value: 170, unit: 'kg' },
});

const world: Resource[] = [
  { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Kowalczyk' }] },
  { resourceType: 'Practitioner', id: 'stranger', name: [{ family: 'Fremd' }] },
  {
    resourceType: 'Patient',
    id: 'ada',
    name: [
      { use: 'official', family: 'Quill', given: ['Ada'] },
      { use: 'usual', text: 'Addie' },
    ],
    telecom: [{ system: 'phone', value: '1' }],
    birthDate: '1980-01-01',
    generalPractitioner: [{ reference: 'Practitioner/dr' }],
  },
  { resourceType: 'Patient', id: 'other', name: [{ family: 'Night' }] },
  { ...weight('of-other'), subject: { reference: 'Patient/other' } },
  ...['w1', 'w2', 'w3', 'w4'].map(weight),
];

beforeAll(async () => {
  server = await startServer();
  await storeAsIs(server.smart.fhir, world);
  self = await server.token('patient/*.rs', { patient: 'ada', fhirUser: 'Patient/ada' });
});
afterAll(() => server.close());

type Parts = NonNullable<Parameters['parameter']>;

async function call<T>(path: string, bearer: string, parameter: Parts): Promise<{ status: number; body: T }> {
  const answer = await server.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });
  return { status: answer.status, body: await answer.json() };
}

const get = async <T>(path: string, bearer?: string): Promise<T> => {
  const headers = bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } };
  const answer = await server.fetch(path, headers);
  return answer.json();
};

const ask = (parameter: Parts, bearer = self) => call<Task & { id: string }>('Patient/ada/$correct', bearer, parameter);

const decide = (id: string, bearer: string, parameter: Parts) =>
  call<Task>(`Task/${id}/$decide-correction`, bearer, parameter);

const token = (scope: string, ask: TokenAsk): Promise<string> => server.token(scope, ask);
const officer = () => token('user/*.crus', { actor: 'privacy-officer', fhirUser: 'Practitioner/officer' });
const doctor = () => token('user/*.cruds', { fhirUser: 'Practitioner/dr' });

const reason = { name: 'reason', valueString: 'It is not so' };
const of = (id: string) => ({ name: 'focus', valueReference: { reference: `Observation/${id}` } });
const should = { name: 'should-be', valueString: '70 kg' };
// The type wants whole resources in a parameter, and this has some elements of one.
const value = (resource: object): Parts[number] => ({ name: 'value', resource }) as Parts[number];

/** Every resource of a search that the operator makes. */
async function found<T>(query: string, bearer?: string): Promise<T[]> {
  const bundle = await get<{ entry?: { resource: T }[] }>(query, bearer);
  return (bundle.entry ?? []).map(({ resource }) => resource);
}

const problems = (resource: unknown) =>
  server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error');

test('O-80 how a person is reached and called they correct themself, at once and with a signature', async () => {
  const changed = {
    resourceType: 'Patient',
    telecom: [{ system: 'email', value: 'ada@example.org' }],
    name: [{ use: 'usual', text: 'Countess' }],
  };
  const { status, body } = await ask([value(changed), reason]);
  expect(status).toBe(200);
  expect(body.status).toBe('completed');
  expect(problems(body)).toEqual([]);
  expect(await get('Patient/ada', self)).toMatchObject({
    telecom: [{ value: 'ada@example.org' }],
    // The name on their papers is as it was.
    name: [{ use: 'official', family: 'Quill' }, { text: 'Countess' }],
  });
  expect(await get('Patient/ada/_history/1', self)).toMatchObject({ telecom: [{ value: '1' }] });
  const [provenance] = await found<Provenance>('Provenance?patient=ada', self);
  expect(provenance?.target[0]?.reference).toBe('Patient/ada/_history/2');
  expect(provenance?.agent[0]?.who?.reference).toBe('Patient/ada');
  expect(problems(provenance)).toEqual([]);
});

test.each([
  ['their birth date', { birthDate: '1990-01-01' }],
  ['the name on their papers', { name: [{ use: 'official', family: 'Crown' }] }],
  ['who treats them', { generalPractitioner: [{ reference: 'Practitioner/stranger' }] }],
  ['one thing that is theirs and one that is not', { telecom: [], birthDate: '1990-01-01' }],
])('O-80 a person asks to have %s corrected and does not do it themself', async (_, elements) => {
  const before = await get('Patient/ada');
  const { status, body } = await ask([value({ resourceType: 'Patient', ...elements }), reason]);
  expect(status).toBe(202);
  expect(body).toMatchObject({ status: 'requested', focus: { reference: 'Patient/ada' } });
  expect(problems(body)).toEqual([]);
  expect(await get('Patient/ada')).toEqual(before);
});

test('O-80 an accepted correction is written, signed, and told to everybody who has seen what was wrong', async () => {
  await get('Observation/w1', await doctor());
  const { status, body } = await ask([of('w1'), should, reason]);
  expect(status).toBe(202);
  expect(await get(`Task/${body.id}`, self)).toMatchObject({ description: '70 kg' });
  const changed = { resourceType: 'Observation', valueQuantity: { value: 70, unit: 'kg' } };
  const decided = await decide(body.id, await doctor(), [{ name: 'decision', valueCode: 'accept' }, value(changed)]);
  expect(decided.status).toBe(200);
  expect(decided.body.status).toBe('completed');
  expect(problems(decided.body)).toEqual([]);
  expect(await get('Observation/w1')).toMatchObject({ valueQuantity: { value: 70 } });
  expect(await get('Observation/w1/_history/1', self)).toMatchObject({ valueQuantity: { value: 170 } });
  const [provenance] = await found<Provenance>('Provenance?target=Observation/w1', self);
  expect(provenance?.target[0]?.reference).toBe('Observation/w1/_history/2');
  expect(provenance?.entity?.[0]?.what.reference).toBe(`Task/${body.id}`);
  const told = await found<Communication>('Communication?subject=Patient/ada', self);
  for (const one of told) expect(problems(one)).toEqual([]);
  const recipients = told.flatMap(({ recipient = [] }) => recipient.map(({ reference }) => reference));
  expect(recipients).toEqual(expect.arrayContaining(['Patient/ada', 'Practitioner/dr']));
  // Whoever was told nothing of it is not told now.
  expect(recipients).not.toContain('Practitioner/stranger');
  const texts = told.flatMap(({ payload = [] }) => payload.map(({ contentString = '' }) => contentString));
  expect(texts.join('\n')).not.toMatch(/70|kg|Weight/);
});

test('O-80 a privacy officer decides on what they could not write, and the change is as it was asked for', async () => {
  const changed = { resourceType: 'Observation', valueQuantity: { value: 71, unit: 'kg' } };
  const { body } = await ask([of('w2'), value(changed), reason]);
  const decided = await decide(body.id, await officer(), [{ name: 'decision', valueCode: 'accept' }]);
  expect(decided.status).toBe(200);
  expect(await get('Observation/w2')).toMatchObject({ valueQuantity: { value: 71 } });
  const again = await decide(body.id, await officer(), [{ name: 'decision', valueCode: 'accept' }]);
  expect(again.status).toBe(409);
});

test('O-80 a correction that would make no resource of it is refused and leaves the request open', async () => {
  const { body } = await ask([of('w2'), should, reason]);
  const wrong = value({ resourceType: 'Observation', status: 'sort of' });
  expect((await decide(body.id, await officer(), [{ name: 'decision', valueCode: 'accept' }, wrong])).status).toBe(422);
  expect(await get(`Task/${body.id}`, self)).toMatchObject({ status: 'requested' });
});

test('O-80 who is refused is told why, and their disagreement stands beside what was not corrected', async () => {
  const { body } = await ask([of('w3'), should, reason]);
  const early = await call(`Task/${body.id}/$disagree`, self, [{ name: 'statement', valueString: 'No' }]);
  expect(early.status).toBe(409);
  const unexplained = await decide(body.id, await doctor(), [{ name: 'decision', valueCode: 'refuse' }]);
  expect(unexplained.status).toBe(400);
  const why = { name: 'reason', valueString: 'The scale was checked' };
  const refused = await decide(body.id, await doctor(), [{ name: 'decision', valueCode: 'refuse' }, why]);
  expect(refused.body).toMatchObject({ status: 'rejected', statusReason: { text: 'The scale was checked' } });
  expect(await get('Observation/w3')).toMatchObject({ valueQuantity: { value: 170 }, meta: { versionId: '1' } });
  const statement = [{ name: 'statement', valueString: 'I weigh 70 kg' }];
  const put = await call<DocumentReference>(`Task/${body.id}/$disagree`, self, statement);
  expect(put.status).toBe(201);
  expect(problems(put.body)).toEqual([]);
  // Whoever looks at what was not corrected finds it.
  const beside = await found<DocumentReference>('DocumentReference?related=Observation/w3', await doctor());
  expect(beside.map(({ id }) => id)).toEqual([put.body.id]);
  const text = Buffer.from(beside[0]?.content[0]?.attachment.data ?? '', 'base64').toString();
  expect(text).toBe('I weigh 70 kg');
  const whole = await found<Resource>('Patient/ada/$everything', self);
  expect(whole.map(({ id }) => id)).toContain(put.body.id);
  const [provenance] = await found<Provenance>('Provenance?target=Observation/w3', self);
  expect(provenance?.entity?.map(({ what }) => what.reference)).toContain(`DocumentReference/${put.body.id}`);
  expect((await call(`Task/${body.id}/$disagree`, self, statement)).status).toBe(409);
});

test('O-80 nobody asks for a correction in the record of another, nor decides on what they do not see', async () => {
  const status = async (bearer: Promise<string>, parameter: Parts): Promise<number> =>
    (await ask(parameter, await bearer)).status;
  const asked = [of('w4'), should, reason];
  expect(await status(token('patient/*.cruds', { patient: 'ada', fhirUser: 'Patient/ada', actor: 'app' }), asked)).toBe(
    403,
  );
  expect(await status(doctor(), asked)).toBe(403);
  expect(await status(token('patient/*.cruds', { patient: 'other', fhirUser: 'Patient/other' }), asked)).toBe(404);
  const unknown = await ask([of('nothing'), should, reason]);
  const others = await ask([of('of-other'), should, reason]);
  expect([unknown.status, others.status]).toEqual([404, 404]);
  expect(JSON.stringify(others.body).replaceAll('of-other', 'nothing')).toBe(JSON.stringify(unknown.body));
  const { body } = await ask(asked);
  const accept = [{ name: 'decision', valueCode: 'accept' }, value({ resourceType: 'Observation', status: 'amended' })];
  expect((await decide(body.id, self, accept)).status).toBe(403);
  const stranger = await decide(body.id, await token('user/*.cruds', { fhirUser: 'Practitioner/stranger' }), accept);
  expect(stranger.status).toBe(404);
  const reader = await decide(body.id, await token('user/*.rs', { fhirUser: 'Practitioner/dr' }), accept);
  expect(reader.status).toBe(404);
  expect(await get(`Task/${body.id}`, self)).toMatchObject({ status: 'requested' });
});

test('O-80 what only the server writes of a resource no correction names', async () => {
  for (const elements of [{ meta: {} }, { id: 'x', text: {} }, {}]) {
    expect((await ask([value({ resourceType: 'Patient', ...elements }), reason])).status).toBe(400);
  }
  expect((await ask([value({ resourceType: 'Observation', status: 'final' }), reason])).status).toBe(400);
  expect((await ask([should])).status).toBe(400);
});
