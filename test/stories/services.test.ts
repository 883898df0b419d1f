import { afterAll, beforeAll, expect, test } from 'vitest';

import { registerClient } from '../../src/smart/clients/register-client.ts';
import { command } from '../support/command.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.close());

/** What the command prints, or the sentence that it ends with. */
const register = (...words: string[]): Promise<string> =>
  command(server, 'client', 'register', '--name', 'Service', '--grant', 'client_credentials', ...words);

const contractor = ['--actor', 'contractor', '--organization', 'acme', '--scope'];

test('O-70 the operator registers a contractor for types and elements, and no program for every type on its own word', async () => {
  expect(await register(...contractor, 'system/Claim.rs', '--types', 'Claim')).toContain('of Claim none is named');
  expect(await register(...contractor, 'system/*.rs', '--types', 'Claim', '--elements', 'Claim.status')).toContain(
    'The privacy officer must agree',
  );
  const made = await register(...contractor, 'system/Claim.rs', '--types', 'Claim', '--elements', 'Claim.status');
  expect(made).toMatch(/^client_id \S+\nclient_secret \S+$/);
  const [row] = await server.database.query(
    'select actor, organization, registered_for from client where tenant = 1 and id = $1',
    [made.split(/\s/)[1] ?? ''],
  );
  expect(row?.slice(0, 2)).toEqual(['contractor', 'acme']);
  expect(JSON.parse(String(row?.[2]))).toEqual({
    purpose: null,
    types: ['Claim'],
    elements: ['Claim.status'],
    approvedBy: null,
  });
}, 60_000);

test('O-64 O-76 no program is registered for marketing', async () => {
  const carrier = ['--actor', 'carrier', '--organization', 'acme', '--scope', 'system/Coverage.rs'];
  expect(await register(...carrier, '--purpose', 'HMARKT')).toContain('carrier acts for ENROLLM');
  expect(await register('--actor', 'marketing', '--scope', 'system/Patient.rs')).toContain('A client is one of');
}, 60_000);

test('O-70 what an app says of itself when it registers makes it nothing to patients', async () => {
  const metadata = {
    client_name: 'Bold',
    redirect_uris: ['https://bold.example/back'],
    token_endpoint_auth_method: 'none',
    actor: 'carrier',
    organization: 'acme',
    registered_for: { types: [] },
  };
  const made = await registerClient(server.smart, 1, metadata, { by: 'dynamic', owner: null, system: false });
  if (!made.ok) throw new Error(made.fault.reason);
  const rows = await server.database.query(
    'select actor, organization, registered_for from client where tenant = 1 and id = $1',
    [made.value.client.id],
  );
  expect(rows).toEqual([[null, null, null]]);
});
