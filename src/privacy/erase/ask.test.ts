import { afterAll, beforeAll, expect, test } from 'vitest';

import { runDueJobs } from '../../../test/support/jobs.ts';
import { type Server, startServer, type TokenAsk } from '../../../test/support/server.ts';
import { addUser, findUser } from '../../smart/people/users.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const DAY = 86_400_000;

type Body = {
  id: string;
  status: string;
  businessStatus?: { text: string };
  for?: { reference?: string };
  total?: number;
  issue: { code: string; diagnostics: string }[];
  parameter: { name: string; valueCode?: string; valueUrl?: string; valueReference?: { reference: string } }[];
};
type Answer = { status: number; text: string; body: Body };

async function call(path: string, ask: TokenAsk | null = null, init: RequestInit = {}): Promise<Answer> {
  const headers: Record<string, string> = ask
    ? { authorization: `Bearer ${await server.token(scopeOf(ask), ask)}` }
    : {};
  const response = await server.fetch(path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? ({} as Body) : (JSON.parse(text) as Body) }; // looked at member by member
}
const scopeOf = ({ patient, fhirUser }: TokenAsk): string =>
  patient || fhirUser ? 'patient/*.cruds user/*.cruds' : 'system/*.cruds';
const post = (path: string, ask: TokenAsk | null = null) => call(path, ask, { method: 'POST' });
const named = ({ parameter }: Body, wanted: string) => parameter.find(({ name }) => name === wanted);
const taskOf = ({ body }: Answer): string => named(body, 'task')?.valueReference?.reference ?? '';
const stateOf = ({ body }: Answer) => named(body, 'state')?.valueCode;

const put = async (resource: { resourceType: string; id: string; [more: string]: unknown }) => {
  const { resourceType, id } = resource;
  const { status, text } = await call(`${resourceType}/${id}`, null, { method: 'PUT', body: JSON.stringify(resource) });
  expect(status, text).toBeLessThan(300);
};

let last = 0;
/** A patient with one Observation and an account. */
async function person(): Promise<{ id: string; self: TokenAsk; user: string }> {
  const id = `person-${++last}`;
  await put({ resourceType: 'Patient', id, name: [{ family: 'Osei', given: ['Amara'] }] });
  await put({
    resourceType: 'Observation',
    id: `${id}-o`,
    status: 'final',
    code: { text: 'weight' },
    subject: { reference: `Patient/${id}` },
  });
  const user = await addUser(server.database, { tenant: 1, username: id, displayName: 'Amara Osei' });
  await server.database.query('update user_account set fhir_user = $3 where tenant = $1 and id = $2', [
    1,
    user?.id ?? '',
    `Patient/${id}`,
  ]);
  return { id, self: { actor: 'self', patient: id, fhirUser: `Patient/${id}` }, user: user?.id ?? '' };
}
const isDisabled = async (user: string): Promise<boolean> => {
  const [row] = await server.database.query('select disabled_at from user_account where tenant = $1 and id = $2', [
    1,
    user,
  ]);
  return row?.[0] !== null;
};
const officer: TokenAsk = { actor: 'privacy-officer' };
const legal: TokenAsk = { actor: 'legal' };
const later = (days: number) => runDueJobs(server.smart.fhir, Date.now() + days * DAY);

test('O-84 whoever asks is let in nowhere at once, and the record goes when the days of grace are over', async () => {
  const { id, self, user } = await person();
  const asked = await post(`Patient/${id}/$erase`, self);
  expect([asked.status, stateOf(asked)]).toEqual([202, 'grace']);
  expect(await isDisabled(user)).toBe(true);
  expect((await call(taskOf(asked))).body).toMatchObject({ status: 'accepted', businessStatus: { text: 'grace' } });
  expect((await post(`Patient/${id}/$erase`, self)).status).toBe(409);
  await later(13);
  expect((await call(`Observation/${id}-o`)).status).toBe(200);
  await later(14.1);
  expect((await call(`Observation/${id}-o`)).status).toBe(404);
  expect((await call(`Patient/${id}`)).status).toBe(404);
  expect(await findUser(server.database, 1, user)).toBeNull();
  const task = await call(taskOf(asked));
  expect(task.body).toMatchObject({ status: 'completed', businessStatus: { text: 'erased' } });
  expect(task.text).not.toContain(id);
  expect((await call(`${taskOf(asked)}/_history/1`)).status).toBe(404);
});

test('O-84 until then it can be taken back, and the account is open again', async () => {
  const { id, self, user } = await person();
  const asked = await post(`Patient/${id}/$erase`, self);
  const cancelled = await post(`Patient/${id}/$cancel-erase`, self);
  expect([cancelled.status, stateOf(cancelled)]).toEqual([200, 'cancelled']);
  expect(await isDisabled(user)).toBe(false);
  expect((await call(taskOf(asked))).body.status).toBe('cancelled');
  await later(20);
  expect((await call(`Observation/${id}-o`)).status).toBe(200);
  expect((await post(`Patient/${id}/$cancel-erase`, self)).status).toBe(404);
});

test('O-84 the link takes it back without an account, and later shows the receipt; to nobody else it is anything', async () => {
  const { id, self, user } = await person();
  const asked = await post(`Patient/${id}/$erase`, self);
  const link = named(asked.body, 'link')?.valueUrl ?? '';
  const page = await fetch(link);
  expect([page.status, (await page.text()).includes('<form')]).toEqual([200, true]);
  expect((await fetch(`${link}x`)).status).toBe(404);
  expect(await isDisabled(user)).toBe(true);
  await later(15);
  const receipt = await (await fetch(link)).text();
  expect(receipt).toContain('signature');
  expect(receipt).not.toContain('Amara');
});

test.each([
  ['a practitioner', { actor: 'practitioner', fhirUser: 'Practitioner/gp' } as TokenAsk, 403],
  ['another patient', { actor: 'self', patient: 'other', fhirUser: 'Patient/other' } as TokenAsk, 404],
  ['legal counsel', legal, 403],
])('%s may not have a record erased', async (_, ask, status) => {
  const { id, user } = await person();
  expect((await post(`Patient/${id}/$erase`, ask)).status).toBe(status);
  expect(await isDisabled(user)).toBe(false);
});

test('the days of grace are shortened by a privacy officer alone', async () => {
  const { id, self } = await person();
  expect((await post(`Patient/${id}/$erase?grace=0`, self)).status).toBe(403);
  expect((await post(`Patient/${id}/$erase?grace=-1`, officer)).status).toBe(400);
  const erased = await post(`Patient/${id}/$erase?grace=0`, officer);
  expect([erased.status, stateOf(erased)]).toEqual([200, 'erased']);
  expect((await post(`Patient/${id}/$erase?grace=0`, officer)).status).toBe(404);
});

test('O-87 a held record is not erased: the request is put off, the account closed, and everything there', async () => {
  const { id, self, user } = await person();
  const held = await post(`Patient/${id}/$hold?matter=Osei%20v.%20Clinic`, legal);
  expect([held.status, held.body.status]).toEqual([200, 'active']);
  expect((await call(`Flag/${held.body.id}`, legal)).status).toBe(200);
  const asked = await post(`Patient/${id}/$erase`, self);
  expect([asked.status, stateOf(asked)]).toEqual([202, 'deferred']);
  expect(await isDisabled(user)).toBe(true);
  await later(15);
  expect((await call(`Observation/${id}-o`)).status).toBe(200);
  const deleted = await call(`Observation/${id}-o`, null, { method: 'DELETE' });
  expect([deleted.status, deleted.body.issue[0]?.code]).toEqual([409, 'business-rule']);
  expect(deleted.text).toContain('legal hold');
  const entry = [{ request: { method: 'DELETE', url: `Observation/${id}-o` } }];
  const bundle = { method: 'POST', body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }) };
  expect((await call('', null, bundle)).status).toBe(409);
  const released = await post(`Patient/${id}/$release-hold?hold=${held.body.id}`, officer);
  expect([released.status, released.body.status]).toEqual([200, 'inactive']);
  await later(15);
  expect((await call(`Observation/${id}-o`)).status).toBe(404);
});

test('O-87 of a sealed hold nobody is told who asks for erasure or deletes', async () => {
  const { id, self } = await person();
  const held = await post(`Patient/${id}/$hold?matter=secret&sealed=true`, legal);
  expect(held.status).toBe(200);
  expect((await call(`Flag?patient=Patient/${id}&_total=accurate`)).body.total).toBe(0);
  const asked = await post(`Patient/${id}/$erase`, self);
  expect([asked.status, stateOf(asked)]).toEqual([202, 'grace']);
  const deleted = await call(`Observation/${id}-o`, null, { method: 'DELETE' });
  expect([deleted.status, deleted.text.includes('hold')]).toEqual([409, false]);
  await later(15);
  expect((await call(`Observation/${id}-o`)).status).toBe(200);
  expect((await call(taskOf(asked))).text).not.toMatch(/hold|deferred/);
  expect((await post(`Patient/${id}/$erase?grace=0`, officer)).status).toBe(409);
});

test('what the server writes of a hold and of an erasure keeps the rules of FHIR', async () => {
  const { id, self } = await person();
  const held = await post(`Patient/${id}/$hold?matter=m`, officer);
  const asked = await post(`Patient/${id}/$erase`, self);
  for (const text of [held.text, (await call(taskOf(asked))).text]) {
    const { resourceType } = JSON.parse(text) as { resourceType: string };
    const checked = await call(`${resourceType}/$validate`, null, { method: 'POST', body: text });
    expect(checked.text).not.toMatch(/"severity":"(error|fatal)"/);
  }
});

test('an erased word is found again when somebody else writes it', async () => {
  const [one, two] = [await person(), await person()];
  const condition = (id: string, of: string) => ({
    resourceType: 'Condition',
    id,
    code: { text: 'a word of their own' },
    subject: { reference: `Patient/${of}` },
  });
  await put(condition('c-1', one.id));
  expect((await post(`Patient/${one.id}/$erase?grace=0`, officer)).status).toBe(200);
  await put(condition('c-2', two.id));
  expect((await call('Condition?code:text=their own&_total=accurate')).body.total).toBe(1);
});

test('O-87 a hold ends by itself, and is released once', async () => {
  const { id } = await person();
  const until = new Date(Date.now() + DAY).toISOString();
  const held = await post(`Patient/${id}/$hold?matter=m&until=${until}`, officer);
  expect((await post(`Patient/${id}/$hold?matter=m&until=2020-01-01T00:00:00Z`, officer)).status).toBe(400);
  expect((await post(`Patient/${id}/$hold`, officer)).status).toBe(400);
  expect(
    (await post(`Patient/${id}/$hold?matter=m`, { actor: 'practitioner', fhirUser: 'Practitioner/gp' })).status,
  ).toBe(403);
  expect((await post(`Patient/${id}/$release-hold?hold=${held.body.id}`, legal)).status).toBe(200);
  expect((await post(`Patient/${id}/$release-hold?hold=${held.body.id}`, legal)).status).toBe(404);
  expect((await call(`Observation/${id}-o`, null, { method: 'DELETE' })).status).toBe(204);
});
