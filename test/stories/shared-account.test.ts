import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { type Balance, balanceOf, funded } from '../../src/privacy/parties/balance.ts';
import {
  type Answer,
  ask,
  coverage,
  foundIn,
  jsonOf,
  organization,
  partyToken,
  person,
  put,
} from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';

const DAY = 86_400_000;

let server: Server;
let sara: string;
let dave: string;
const get = (path: string, token = sara): Promise<Answer> => ask(server, token, 'GET', path);

const code = (system: string, value: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code: value }],
});

const account: Resource & { subject: object[] } = {
  resourceType: 'Account',
  id: 'shared',
  status: 'active',
  name: 'Health spending',
  extension: [{ url: funded, valueMoney: { value: 500, currency: 'CAD' } }],
  subject: [{ reference: 'Patient/sara' }, { reference: 'Patient/dave' }],
  coverage: [{ coverage: { reference: 'Coverage/plan' } }],
  servicePeriod: { start: '2026-01-01', end: '2026-12-31' },
  description: 'canary-description',
};

const claim = (id: string, patient: string, value: number, status = 'active'): Resource => ({
  resourceType: 'Claim',
  id,
  status,
  type: code('claim-type', 'professional'),
  use: 'claim',
  patient: { reference: `Patient/${patient}` },
  created: '2026-02-04',
  provider: { reference: 'Organization/clinic' },
  priority: code('processpriority', 'normal'),
  insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/plan' } }],
  total: { value, currency: 'CAD' },
});

const summary = async (token = sara): Promise<Record<string, unknown>> => {
  const answer = await get('Account/shared/$balance-summary', token);
  expect(answer.status, answer.text).toBe(200);
  const { parameter } = jsonOf<{ parameter: ({ name: string } & Record<string, unknown>)[] }>(answer);
  return Object.fromEntries(parameter.map(({ name, ...value }) => [name, Object.values(value)[0]]));
};

/** How it stands for a holder some days from now. */
const later = (days: number, self: string): Promise<Balance> => {
  const { fhir } = server.smart;
  // What the account says does not change in these tests.
  return balanceOf({ ...fhir, now: () => Date.now() + days * DAY }, 1, account as never, self);
};

beforeAll(async () => {
  server = await startServer();
  const self = (id: string): Promise<string> =>
    partyToken(server, { patient: id, fhirUser: `Patient/${id}`, actor: 'self' }, 'patient/*.rs');
  [sara, dave] = [await self('sara'), await self('dave')];
  await put(
    server,
    ...['acme', 'sun', 'clinic'].map(organization),
    ...['sara', 'dave', 'quinn'].map((id) => person(id)),
    coverage('plan', { member: 'sara', employer: 'acme', payor: 'sun' }),
    account,
    { resourceType: 'Account', id: 'quinns', status: 'active', subject: [{ reference: 'Patient/quinn' }] },
    {
      resourceType: 'Account',
      id: 'saras',
      status: 'active',
      subject: [{ reference: 'Patient/sara' }],
      description: 'own',
    },
    claim('sara-1', 'sara', 20),
  );
});
afterAll(() => server.close());

test('O-11 F17 a holder sees four numbers, and what they spent themself at once', async () => {
  expect(await summary()).toEqual({
    balance: { value: 480, currency: 'CAD' },
    'deductible-met': { value: 0, currency: 'CAD' },
    'oop-met': { value: 0, currency: 'CAD' },
    period: { start: '2026-01-01', end: '2026-12-31' },
  });
});

test('O-11 what another holder spends counts for one from the next day on, and nothing else of it is seen', async () => {
  const before = await summary();
  await put(server, claim('dave-1', 'dave', 80));
  expect(await summary()).toEqual(before);
  // For themself at once; what the other spent, too, from the next day on.
  expect((await summary(dave)).balance).toEqual({ value: 420, currency: 'CAD' });
  expect((await later(1, 'sara')).balance.value).toBe(400);
  expect((await later(1, 'dave')).balance.value).toBe(400);
  for (const path of [
    'Claim',
    'Claim?patient=Patient/dave',
    'Account?_revinclude=Claim:insurer',
    'Account?_revinclude=*',
    'ChargeItem',
    '_history',
  ])
    expect((await get(path)).text, path).not.toContain('dave-1');
  expect((await get('Claim/dave-1')).status).toBe(404);
});

test('O-11 what is changed or taken back within a day is as it was when the day began', async () => {
  await server.database.query(
    `update resource set last_updated = last_updated - interval '2 days' where tenant = $1 and id = 'dave-1'`,
    [1],
  );
  expect((await summary()).balance).toEqual({ value: 400, currency: 'CAD' });
  await put(server, claim('dave-1', 'dave', 300));
  expect((await summary()).balance).toEqual({ value: 400, currency: 'CAD' });
  await put(server, claim('dave-1', 'dave', 300, 'cancelled'));
  await server.fetch('Claim/dave-1', { method: 'DELETE' });
  expect((await summary()).balance).toEqual({ value: 400, currency: 'CAD' });
  expect((await later(1, 'sara')).balance.value).toBe(480);
});

test('O-11 of a shared account a holder reads that it is there, and not what is in it, in its history either', async () => {
  const shown = ['id', 'meta', 'name', 'resourceType', 'servicePeriod', 'status'];
  expect(Object.keys(jsonOf(await get('Account/shared'))).sort()).toEqual(shown);
  await put(server, { ...account, name: 'Renamed' });
  const history = await get('Account/shared/_history');
  for (const { resource } of jsonOf<{ entry: { resource: Resource }[] }>(history).entry)
    expect(Object.keys(resource).sort()).toEqual(shown);
  expect(history.text).not.toMatch(/dave|canary|500/);
  // And so do their apps.
  const app = await partyToken(server, { patient: 'sara', fhirUser: 'Patient/sara', actor: 'app' }, 'patient/*.rs');
  expect(Object.keys(jsonOf(await get('Account/shared', app))).sort()).toEqual(shown);
  // Their own they read whole.
  expect((await get('Account/saras')).text).toContain('own');
});

test('O-10 the account of another is as unknown as one that never was', async () => {
  expect(foundIn(await get('Account?subject=Patient/quinn'))).toEqual([]);
  for (const path of ['Account/#', 'Account/#/$balance-summary']) {
    const [known, unknown] = [await get(path.replace('#', 'quinns')), await get(path.replace('#', 'zzzzzz'))];
    expect([known.status, unknown.status]).toEqual([404, 404]);
    expect(known.text.replace('quinns', 'zzzzzz')).toBe(unknown.text);
  }
  const hr = await partyToken(server, { actor: 'hr-admin', organization: 'acme' });
  expect((await get('Account/shared/$balance-summary', hr)).status).toBe(403);
});
