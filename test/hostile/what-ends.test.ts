import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endWithdrawn } from '../../src/smart/consents/withdrawn-consents.ts';
import { changeLink, changeRoles } from '../../src/smart/people/end-sessions.ts';
import type { User } from '../../src/smart/people/user.ts';
import type { Page } from '../support/browser.ts';
import { type ConsentWorld, callback, consentWorld, decide, told, verifier } from '../support/consent-world.ts';
import { askToken, refresh, type Tokens } from '../support/granted.ts';

let world: ConsentWorld;

beforeAll(async () => {
  world = await consentWorld();
});
afterAll(() => world.close());

const scope = 'launch/patient openid fhirUser offline_access patient/Patient.rs';

const exchange = (clientId: string, page: Page): Promise<Tokens> =>
  askToken(world.server, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: told(page).code ?? '',
    redirect_uri: callback,
    code_verifier: verifier,
  });

/** What an app has once this user let it in. */
async function letIn(user: User, asked: Record<string, string> = { scope }, metadata = {}) {
  const clientId = await world.app(metadata);
  const browser = await world.browser(user);
  let page = await browser.open(world.at(clientId, asked));
  const picker = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'patient'));
  if (picker) page = await browser.submit(page, picker, {}, picker.buttons[0]);
  const { body } = await exchange(clientId, await decide(browser, page));
  return { clientId, browser, body };
}

const read = async (path: string, token = ''): Promise<number> =>
  (await fetch(`${world.server.base}/${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

const put = async (path: string, resource: object): Promise<void> => {
  const answer = await world.server.fetch(path, { method: 'PUT', body: JSON.stringify(resource) });
  if (!answer.ok) throw new Error(await answer.text());
};

describe('A-49 a user who turns out to be somebody else', () => {
  test('loses what they let apps see as who they were', async () => {
    const user = await world.user('Patient/amara-osei');
    const { clientId, body } = await letIn(user);
    expect(await read('Patient/amara-osei', body.access_token)).toBe(200);
    await changeLink(world.server.smart, 1, user.id, 'Patient/mateo-alvarez');
    expect(await read('Patient/amara-osei', body.access_token)).toBe(401);
    expect((await refresh(world.server, { clientId }, body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('gets no token for what they allow while it is found out', async () => {
    const user = await world.user('Patient/amara-osei');
    const clientId = await world.app();
    const browser = await world.browser(user);
    const page = await browser.open(world.at(clientId, { scope }));
    await changeLink(world.server.smart, 1, user.id, 'Patient/mateo-alvarez');
    expect(told(await decide(browser, page))).toMatchObject({ error: 'access_denied' });
  });

  test('A-49 no token says of them what they were, even where the grant was forgotten', async () => {
    const user = await world.user('Patient/amara-osei');
    const { clientId, body } = await letIn(user);
    await world.server.database.query('update user_account set fhir_user = $3 where tenant = $1 and id = $2', [
      1,
      user.id,
      'Patient/mateo-alvarez',
    ]);
    expect((await refresh(world.server, { clientId }, body.refresh_token)).body.error).toBe('invalid_grant');
  });
});

test('A-49 a practitioner who treats somebody no longer has let no app at their record', async () => {
  const id = randomUUID();
  const patient = { resourceType: 'Patient', id: `of-${id}` };
  await put(`Practitioner/${id}`, { resourceType: 'Practitioner', id, active: true });
  await put(`Patient/${patient.id}`, { ...patient, generalPractitioner: [{ reference: `Practitioner/${id}` }] });
  const { clientId, body } = await letIn(await world.user(`Practitioner/${id}`));
  expect(body.patient).toBe(patient.id);
  expect(await read(`Patient/${patient.id}`, body.access_token)).toBe(200);
  await put(`Patient/${patient.id}`, patient);
  const again = await refresh(world.server, { clientId }, body.refresh_token);
  expect(again.status).toBe(200);
  expect(await read(`Patient/${patient.id}`, again.body.access_token)).toBe(403);
});

test('A-49 whoever helps somebody with their record for a time has let no app at it for longer', async () => {
  const id = randomUUID();
  const helper = { resourceType: 'RelatedPerson', id, patient: { reference: 'Patient/amara-osei' } };
  await put(`RelatedPerson/${id}`, helper);
  const { clientId, body } = await letIn(await world.user(`RelatedPerson/${id}`));
  expect(await read('Patient/amara-osei', body.access_token)).toBe(200);
  await put(`RelatedPerson/${id}`, { ...helper, active: false });
  const again = await refresh(world.server, { clientId }, body.refresh_token);
  expect(await read('Patient/amara-osei', again.body.access_token)).toBe(403);
});

test('A-48 who is no operator any more has let no app act as one', async () => {
  const asked = { scope: 'openid offline_access portico/operator' };
  const user = await world.user(null, ['operator']);
  const { clientId, body } = await letIn(user, asked, asked);
  expect(body.scope).toContain('portico/operator');
  await changeRoles(world.server.smart, 1, user.id, ['developer']);
  expect(await read('Patient', body.access_token)).toBe(401);
  expect((await refresh(world.server, { clientId }, body.refresh_token)).status).toBe(400);
});

describe('A-56 a Consent that is made inactive in FHIR', () => {
  const patientScope = 'launch/patient offline_access patient/Patient.rs';
  const consentOf = async (clientId: string): Promise<string> =>
    String(
      (
        await world.server.database.query('select consent_id from app_grant where tenant = $1 and client_id = $2', [
          1,
          clientId,
        ])
      )[0]?.[0],
    );

  test.each(['PUT', 'DELETE'])('by %s is the end of what it said, and of the grant a minute later', async (method) => {
    const { clientId, body } = await letIn(await world.user('Patient/amara-osei'), { scope: patientScope });
    expect(await read('Patient/amara-osei', body.access_token)).toBe(200);
    const path = `Consent/${await consentOf(clientId)}`;
    const consent = (await (await world.server.fetch(path)).json()) as object;
    const changed = method === 'PUT' ? { body: JSON.stringify({ ...consent, status: 'inactive' }) } : {};
    expect((await world.server.fetch(path, { method, ...changed })).ok).toBe(true);
    const again = await refresh(world.server, { clientId }, body.refresh_token);
    expect(again.body.error).toBe('invalid_grant');
    await endWithdrawn(world.server.smart, 1, 10);
    expect(await read('Patient/amara-osei', body.access_token)).toBe(401);
    const [row] = await world.server.database.query(
      'select revoked_at is not null, consent_ended_at is not null from app_grant where tenant = $1 and client_id = $2',
      [1, clientId],
    );
    expect(row).toEqual([true, true]);
    // Nobody's else.
    await endWithdrawn(world.server.smart, 1, 10);
  });

  test('is left alone where nothing was withdrawn', async () => {
    const { body } = await letIn(await world.user('Patient/amara-osei'), { scope: patientScope });
    await endWithdrawn(world.server.smart, 1, 10);
    expect(await read('Patient/amara-osei', body.access_token)).toBe(200);
  });
});

test('A-68 no app that may write everything writes, changes or takes away what the server says of who did what', async () => {
  const scope = 'launch/patient patient/*.cruds user/*.cruds';
  const { body } = await letIn(await world.user('Patient/amara-osei'), { scope });
  const headers = { authorization: `Bearer ${body.access_token}`, 'content-type': 'application/fhir+json' };
  const found = await fetch(`${world.server.base}/AuditEvent?patient=amara-osei`, { headers });
  const { entry = [] } = (await found.json()) as { entry?: { resource: { id: string } }[] };
  const [first] = entry;
  if (!first) throw new Error('Nothing was written down');
  const path = `${world.server.base}/AuditEvent/${first.resource.id}`;
  expect((await fetch(path, { headers })).status).toBe(200);
  expect((await fetch(path, { headers, method: 'DELETE' })).status).toBe(405);
  const outcomeDesc = 'Nothing happened';
  const forged = JSON.stringify({ ...first.resource, outcomeDesc });
  expect((await fetch(path, { headers, method: 'PUT', body: forged })).status).toBe(405);
  const { id: _, ...rest } = first.resource;
  const create = { headers, method: 'POST', body: JSON.stringify(rest) };
  expect((await fetch(`${world.server.base}/AuditEvent`, create)).status).toBe(405);
});
