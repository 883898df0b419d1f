import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { registerClient } from '../../src/smart/clients/register-client.ts';
import { changeRoles, disableUser } from '../../src/smart/people/end-sessions.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { viewerGrant } from '../../src/smart/records.ts';
import { issueAccessToken } from '../../src/smart/tokens/access-tokens.ts';
import { createGrant, findGrant } from '../../src/smart/tokens/app-grants.ts';
import { type ActorsWorld, actorsWorld, found } from '../support/actors-world.ts';

let world: ActorsWorld;
beforeAll(async () => {
  world = await actorsWorld();
  await world.task('open', 'Practitioner/agent', 'in-progress');
});
afterAll(() => world.close());

type NewStaff = Partial<Parameters<typeof addUser>[1]> & { patient?: string };

/** Somebody who has let an app act for them, and what it is answered. */
async function letIn({ patient, ...more }: NewStaff = {}) {
  const { smart, database, fetch: send } = world.server;
  const fhirUser = 'Practitioner/agent';
  const about = { tenant: 1, username: randomUUID(), displayName: 'Agnes', fhirUser, ...more };
  const user = await addUser(database, about);
  const metadata = {
    client_name: 'Desk',
    redirect_uris: ['https://desk.example/back'],
    token_endpoint_auth_method: 'none',
  };
  const made = await registerClient(smart, 1, metadata, { by: 'operator', owner: null, system: false });
  if (!user || !made.ok) throw new Error('the user and the app are new');
  const scope = patient === undefined ? 'user/*.rs' : 'patient/*.rs';
  const id = randomUUID();
  const none = { sessionId: null, consentId: null, dpopJkt: null, expiresAt: null };
  const own = { userId: user.id, fhirUser: user.fhirUser, patient: patient ?? null };
  await createGrant(database, { tenant: 1, id, clientId: made.value.client.id, scope, context: {}, ...own, ...none });
  const grant = await findGrant(database, 1, id);
  if (!grant) throw new Error('the grant was just made');
  const { token } = await issueAccessToken(smart, grant, scope, null);
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, string>;
  const status = async (path: string): Promise<number> =>
    (await send(path, { headers: { authorization: `Bearer ${token}` } })).status;
  return { user, claims, status };
}

test('O-71 who is of the staff is that in each app that acts for them: their role, their assignment, their purpose', async () => {
  const agent = await letIn({ roles: ['care-agent'], organization: 'sunlife' });
  expect([agent.claims.actor, agent.claims.organization]).toEqual(['care-agent', 'sunlife']);
  expect(await agent.status('Patient/bob')).toBe(200);
  expect(await agent.status('Patient/ann')).toBe(404);
  expect(await agent.status('Observation?patient=bob')).toBe(403);
});

test('O-71 another role ends what was let in by the old one, and so does a disabled account', async () => {
  const one = await letIn({ roles: ['care-agent'] });
  await changeRoles(world.server.smart, 1, one.user.id, ['concierge']);
  expect(await one.status('Patient/bob')).toBe(401);
  const other = await letIn({ roles: ['care-agent'] });
  await changeRoles(world.server.smart, 1, other.user.id, ['care-agent', 'developer']);
  expect(await other.status('Patient/bob')).toBe(200);
  await disableUser(world.server.smart, 1, other.user.id);
  expect(await other.status('Patient/bob')).toBe(401);
});

test('O-43 people of an Organization that left are let in no more', async () => {
  const clerk = await letIn({ roles: ['care-agent'], organization: 'sunlife' });
  await world.put({ resourceType: 'Organization', id: 'sunlife', active: false, name: 'Sunlife' });
  expect(await clerk.status('Patient/bob')).toBe(401);
  await world.put({ resourceType: 'Organization', id: 'sunlife', active: true, name: 'Sunlife' });
  expect(await clerk.status('Patient/bob')).toBe(200);
});

test('O-30 who works in a personnel department is a person in their own record, and nobody in that of others', async () => {
  const own = await letIn({ roles: ['hr-admin'], organization: 'sunlife', fhirUser: 'Patient/ann', patient: 'ann' });
  expect(own.claims.actor).toBe(undefined);
  expect(await own.status('Observation/ann-1')).toBe(200);
  const desk = await letIn({ roles: ['hr-admin'], organization: 'sunlife' });
  expect(desk.claims.actor).toBe('hr-admin');
  expect(await desk.status('Observation/ann-1')).toBe(403);
});

test('a page shows who is of the staff what an app would', async () => {
  const { smart } = world.server;
  const viewer = { tenant: 1, subject: 'a', fhirUser: 'Practitioner/agent', roles: ['care-agent' as const] };
  const grant = await viewerGrant(smart, viewer, ['Patient', 'Observation']);
  expect([grant.caller.actor, grant.types.has('Observation')]).toEqual(['care-agent', false]);
  const answer = await smart.fhir.dispatch({
    method: 'GET',
    path: ['Patient'],
    query: '',
    header: () => undefined,
    body: '',
    grant,
    base: world.server.base,
  });
  const body = answer.ok ? JSON.parse(String(answer.value.body)) : {};
  expect(found(body)).toEqual(['Patient/bob']);
});
