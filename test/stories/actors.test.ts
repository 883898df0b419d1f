import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../../src/fhir/access.ts';
import type { Json } from '../../src/fhir/context.ts';
import { compartmentTypes } from '../../src/fhir/definitions/compartments.ts';
import { createPredicates } from '../../src/fhir/search/predicate.ts';
import { createDecide } from '../../src/privacy/gate/decide.ts';
import { createReadFacts } from '../../src/privacy/gate/duties.ts';
import { type ClientStanding, setClientStanding, standingFault } from '../../src/smart/clients/client-standing.ts';
import { registerClient } from '../../src/smart/clients/register-client.ts';
import { type ActorsWorld, type Ask, actorsWorld, daysAgo, found } from '../support/actors-world.ts';
import { callerOf } from '../support/caller.ts';

let world: ActorsWorld;

beforeAll(async () => {
  world = await actorsWorld();
});

afterAll(() => world.close());

const parameters = (name: string, valueString: string): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name, valueString }] }),
});

const statuses = (asks: Ask, ...paths: string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await asks(path)).status));

test('O-21 a customer-care agent sees who turned to them for as long as their Task is open, and of them what is administrative', async () => {
  const agent = await world.as('user/*.cruds', { actor: 'care-agent', fhirUser: 'Practitioner/agent' });
  expect(await statuses(agent, 'Patient/bob', 'Coverage/bob-plan')).toEqual([404, 404]);
  await world.task('t-agent', 'Practitioner/agent', 'in-progress');
  expect(await statuses(agent, 'Patient/bob', 'Coverage/bob-plan', 'Task/t-agent')).toEqual([200, 200, 200]);
  expect(await statuses(agent, 'Patient/ann', 'Observation?patient=bob', 'Claim/bob-claim')).toEqual([404, 403, 403]);
  expect(found((await agent('Patient')).body)).toEqual(['Patient/bob']);
  await world.task('t-agent', 'Practitioner/agent', 'completed');
  expect(await statuses(agent, 'Patient/bob', 'Coverage/bob-plan')).toEqual([404, 404]);
  expect(found((await agent('Patient')).body)).toEqual([]);
});

test('O-22 a concierge sees the health of who turned to them, and what is sensitive only by consent', async () => {
  const concierge = await world.as('user/*.cruds', { actor: 'concierge', fhirUser: 'Practitioner/con' });
  expect(await statuses(concierge, 'Observation/bob-1')).toEqual([404]);
  await world.task('t-con', 'Practitioner/con', 'accepted');
  expect(await statuses(concierge, 'Patient/bob', 'Observation/bob-1', 'Observation/bob-psy')).toEqual([200, 200, 404]);
  expect(found((await concierge('Observation?patient=bob')).body)).toEqual(['Observation/bob-1']);
  expect(await statuses(concierge, 'Observation/ann-1', 'AuditEvent')).toEqual([404, 403]);
  await world.task('t-con', 'Practitioner/con', 'cancelled');
  expect(await statuses(concierge, 'Observation/bob-1')).toEqual([404]);
});

test('a practitioner sees what is labelled of their patients only by consent, and the patient sees all of it', async () => {
  const gp = await world.as('user/*.rs', { fhirUser: 'Practitioner/gp' });
  expect(found((await gp('Observation?patient=ann')).body)).toEqual(['Observation/ann-1']);
  expect(await statuses(gp, 'Observation/ann-psy', 'Observation/ann-psy/_history/1')).toEqual([404, 404]);
  const ann = await world.as('patient/*.rs', { patient: 'ann', fhirUser: 'Patient/ann' });
  const all = ['Observation/ann-1', 'Observation/ann-hiv', 'Observation/ann-psy'];
  expect(found((await ann('Observation?patient=ann')).body)).toEqual(all);
});

test('O-20 a practitioner who does not treat somebody sees nothing of them, and all for four hours once they break the glass', async () => {
  const er = await world.as('user/*.rs', { fhirUser: 'Practitioner/er' });
  expect(await statuses(er, 'Patient/bob', 'Encounter/bob-visit', 'Observation/bob-psy')).toEqual([404, 404, 404]);
  expect((await er('Patient/bob/$break-glass', { method: 'POST' })).status).toBe(400);
  expect((await er('Patient/nobody/$break-glass', parameters('reason', 'unconscious'))).status).toBe(404);
  const broken = await er('Patient/bob/$break-glass', parameters('reason', 'unconscious'));
  expect(broken.status, broken.text).toBe(200);
  expect(await statuses(er, 'Patient/bob', 'Encounter/bob-visit', 'Observation/bob-psy')).toEqual([200, 200, 200]);
  expect(await statuses(er, 'Patient/cid', 'Observation/ann-1')).toEqual([404, 404]);
  const bob = await world.as('patient/*.rs', { patient: 'bob', fhirUser: 'Patient/bob' });
  expect((await bob('Communication')).text).toContain('opened your record');
  expect(found((await bob('AuditEvent?subtype=BTG')).body)).toHaveLength(1);
  expect((await bob('AuditEvent?entity=Observation/bob-psy')).text).toContain('"code":"BTG"');

  const officer = await world.as('user/*.cruds', { actor: 'privacy-officer', fhirUser: 'Practitioner/po' });
  const [review] = found((await officer('Task?code=break-glass&status=requested')).body);
  const done = await officer(`${review}/$review-break-glass`, parameters('finding', 'unjustified'));
  expect(done.status, done.text).toBe(200);
  expect(await statuses(er, 'Patient/bob', 'Observation/bob-1')).toEqual([404, 404]);
  expect((await officer(`${review}/$review-break-glass`, parameters('finding', 'justified'))).status).toBe(409);
});

test('nobody but a practitioner breaks the glass, and nobody but the privacy officer reviews it', async () => {
  for (const actor of ['concierge', 'care-agent', 'sysadmin', 'hr-admin', 'privacy-officer'] as const) {
    const one = await world.as('user/*.cruds', { actor, fhirUser: 'Practitioner/er' });
    expect((await one('Patient/cid/$break-glass', parameters('reason', 'curious'))).status).toBe(403);
  }
  const gp = await world.as('user/*.cruds', { fhirUser: 'Practitioner/gp' });
  expect((await gp('Task/x/$review-break-glass', parameters('finding', 'justified'))).status).toBe(403);
});

test('O-60 a parent sees their child without what an adolescent confides, and nothing from the 18th birthday on', async () => {
  const mum = await world.as('user/*.cruds', { fhirUser: 'RelatedPerson/mum' });
  expect(await statuses(mum, 'Patient/teen', 'Observation/teen-1', 'Observation/teen-sex')).toEqual([200, 200, 404]);
  const dad = await world.as('user/*.cruds', { fhirUser: 'RelatedPerson/dad' });
  expect(await statuses(dad, 'Patient/grown', 'Observation/grown-1')).toEqual([404, 404]);
  const app = await world.as('patient/*.rs', { fhirUser: 'RelatedPerson/dad', patient: 'grown', actor: 'app' });
  expect(await statuses(app, 'Patient/grown', 'Observation/grown-1')).toEqual([404, 404]);
});

test('O-100 where a practitioner lives is shown to nobody but them and the operator, and cannot be searched for', async () => {
  const ann = await world.as('patient/*.rs', { patient: 'ann', fhirUser: 'Patient/ann' });
  const seen = (await ann('Practitioner/gp')).text;
  expect(seen).toContain('555-work');
  expect(seen).toContain('SUBSETTED');
  expect(seen).not.toMatch(/555-home|Private Lane/);
  expect((await ann('Practitioner?phone=555-home')).status).toBe(403);
  expect((await ann('Practitioner?address=Private')).status).toBe(403);
  expect(found((await ann('Practitioner?family=Practice')).body)).toEqual(['Practitioner/gp']);
  const gp = await world.as('user/*.rs', { fhirUser: 'Practitioner/gp' });
  expect((await gp('Practitioner/gp')).text).toContain('Private Lane');
  expect((await (await world.server.fetch('Practitioner/gp')).text()).includes('Private Lane')).toBe(true);
});

test('O-53 who only asked who somebody is reads their name and not how to reach them', async () => {
  const some = await world.as('openid fhirUser patient/Observation.rs', { patient: 'ann', fhirUser: 'Patient/ann' });
  const { status, text } = await some('Patient/ann');
  expect([status, text.includes('Family-ann'), /people\.example|birthDate/.test(text)]).toEqual([200, true, false]);
  const more = await world.as('openid fhirUser patient/Patient.r', { patient: 'ann', fhirUser: 'Patient/ann' });
  expect((await more('Patient/ann')).text).toContain('ann@people.example');
});

test('who keeps the server running sees nothing of a patient, and the privacy officer no more than who they are', async () => {
  const sysadmin = await world.as('system/*.cruds', { actor: 'sysadmin' });
  const types = ['Patient', 'Observation', 'Claim', 'AuditEvent', 'Task'];
  expect(await statuses(sysadmin, ...types)).toEqual(types.map(() => 403));
  expect(await statuses(sysadmin, 'Organization/sunlife')).toEqual([200]);
  const officer = await world.as('system/*.cruds', { actor: 'privacy-officer' });
  expect(await statuses(officer, 'Observation', 'Condition', 'Claim', 'Binary')).toEqual([403, 403, 403, 403]);
  expect((await officer('Patient/ann')).text).not.toContain('people.example');
});

test('O-64 no class of actors outside acts for marketing, and none for what it is not there for', async () => {
  for (const actor of ['app', 'system', 'carrier', 'contractor', 'practitioner'] as const) {
    const one = await world.as('system/*.rs', { actor, purpose: 'HMARKT' });
    expect(await statuses(one, 'Patient', 'Observation', 'Organization')).toEqual([403, 403, 403]);
  }
});

test('another system sees what its scopes name, without what is labelled', async () => {
  const system = await world.as('system/*.rs', { actor: 'system' });
  const seen = found((await system('Observation')).body);
  expect(seen).toEqual(['Observation/ann-1', 'Observation/bob-1', 'Observation/grown-1', 'Observation/teen-1']);
});

test('O-05 what an employer, a feed or a stranger holds opens no record', async () => {
  for (const actor of ['hr-admin', 'employer-feed', 'analytics', 'marketing'] as const) {
    const one = await world.as('system/*.rs', { actor, organization: 'sunlife' });
    expect(await statuses(one, 'Patient', 'CoverageEligibilityResponse', 'Observation/bob-1')).toEqual([403, 403, 403]);
  }
});

const standing: ClientStanding = {
  actor: 'carrier',
  organization: 'sunlife',
  purpose: null,
  types: [],
  elements: [],
  approvedBy: null,
};

/** Registers a service as the operator does, and asks as it; `fresh` is the answer of the token endpoint. */
async function service(scope: string, own: ClientStanding): Promise<{ asks: Ask; fresh: () => Promise<Response> }> {
  const { server } = world;
  expect(standingFault(own, scope)).toBe(null);
  const metadata = { client_name: 'A service', grant_types: ['client_credentials'], scope };
  const made = await registerClient(server.smart, 1, metadata, { by: 'operator', owner: null, system: true });
  if (!made.ok) throw new Error(made.fault.reason);
  const { client, secret } = made.value;
  await setClientStanding(server.database, 1, client.id, own);
  const fresh = (): Promise<Response> =>
    fetch(`${server.origin}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  const { access_token: token } = (await (await fresh()).json()) as { access_token: string };
  const asks: Ask = async (path) => {
    const answer = await server.fetch(path, { headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text) as Json };
  };
  return { asks, fresh };
}

test('O-70 a contractor sees the elements that they were registered for, whatever they ask for', async () => {
  const elements = ['Claim.status', 'Claim.created'];
  const { asks } = await service('system/Claim.rs system/Observation.rs', {
    ...standing,
    actor: 'contractor',
    types: ['Claim'],
    elements,
  });
  const { entry } = (await asks('Claim?_elements=diagnosis')).body as { entry: { resource: object }[] };
  const read = await asks('Claim/bob-claim');
  // What a Claim cannot do without is in what is asked for by elements, too.
  for (const shown of [entry[0]?.resource ?? {}, read.body])
    expect(Object.keys(shown).sort()).toEqual(['created', 'id', 'meta', 'resourceType', 'status']);
  expect(read.text).toContain('SUBSETTED');
  expect(await statuses(asks, 'Claim?status=active', 'Claim?patient=bob', 'Claim?_sort=priority')).toEqual([
    200, 403, 403,
  ]);
  expect(await statuses(asks, 'Observation', 'Observation/bob-1', 'Patient/bob')).toEqual([403, 403, 403]);
});

test('O-70 nobody registers a machine for more than it needs', () => {
  const fault = (more: Partial<ClientStanding>, scope = 'system/Claim.rs') =>
    standingFault({ ...standing, actor: 'contractor', types: ['Claim'], elements: ['Claim.status'], ...more }, scope);
  expect(fault({})).toBe(null);
  expect(fault({ types: [] })).toContain('Claim.status');
  expect(fault({ elements: [] })).toContain('of Claim none is named');
  expect(fault({}, 'system/*.rs')).toContain('privacy officer');
  expect(fault({ approvedBy: 'paula' }, 'system/*.rs')).toBe(null);
  expect(fault({ purpose: 'HMARKT' })).toContain('HPAYMT');
  expect(fault({ actor: 'marketing' })).toContain('A client is one of');
  expect(fault({ actor: 'operator' })).toContain('A client is one of');
});

test('O-43 whoever works for an Organization that left is let in no more, and gets no new token', async () => {
  const sunlife = (active: boolean) =>
    world.put({ resourceType: 'Organization', id: 'sunlife', active, name: 'Sunlife' });
  const { asks, fresh } = await service('system/Organization.rs', standing);
  const local = await world.as('system/Organization.rs', { actor: 'carrier', organization: 'sunlife' });
  const before = await statuses(asks, 'Organization/sunlife');
  await sunlife(false);
  expect(before).not.toEqual([401]);
  expect(await statuses(asks, 'Organization/sunlife')).toEqual([401]);
  expect(await statuses(local, 'Organization/sunlife')).toEqual([401]);
  expect((await fresh()).status).toBe(400);
  await sunlife(true);
  expect(await statuses(asks, 'Organization/sunlife')).toEqual(before);
});

test('O-71 who of the staff looks for the record of a neighbour finds nothing, and the privacy officer is told', async () => {
  const nosy = await world.as('user/*.rs', { actor: 'care-agent', fhirUser: 'Practitioner/nosy' });
  const officer = await world.as('user/*.rs', { actor: 'privacy-officer', fhirUser: 'Practitioner/po' });
  expect(await statuses(nosy, 'Patient/ann', 'Patient/neighbour')).toEqual([404, 404]);
  await expect
    .poll(async () => found((await officer('AuditEvent?subtype=snooping')).body).length, { timeout: 1000 })
    .toBe(1);
  expect((await officer('AuditEvent?subtype=snooping')).text).toMatch(/Patient\/neighbour.*|Practitioner\/nosy/);
});

test('O-96 who asks for two hundred ids that are not there within a minute has to wait, and is told of', async () => {
  const eve = await world.as('system/*.rs', { actor: 'system', subject: 'eve' });
  for (let at = 0; at < 200; at += 20)
    await statuses(eve, ...Array.from({ length: 20 }, (_, one) => `Patient/guess-${at + one}`));
  const paused = await eve('Patient/ann');
  expect(paused.status, paused.text).toBe(429);
  const other = await world.as('system/*.rs', { actor: 'system', subject: 'adam' });
  expect((await other('Patient/ann')).status).toBe(200);
  const officer = await world.as('user/*.rs', { actor: 'privacy-officer', fhirUser: 'Practitioner/po' });
  await expect.poll(async () => found((await officer('AuditEvent?subtype=enumeration')).body).length).toBe(1);
});

test('O-60 at 00:00 of the 18th birthday, where the child lives, the access of a guardian ends', async () => {
  const { fhir } = world.server.smart;
  const zone = [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'America/Toronto' }];
  await world.put({ resourceType: 'Patient', id: 'leaf', birthDate: '2010-07-01', extension: zone });
  const relationship = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'GUARD' }] }];
  await world.put({ resourceType: 'RelatedPerson', id: 'guard', patient: { reference: 'Patient/leaf' }, relationship });
  const readAt = async (time: string): Promise<boolean> => {
    const now = () => Date.parse(time);
    const decide = createDecide(
      compartmentTypes(fhir.definitions, 'Patient'),
      createPredicates(fhir.definitions),
      createReadFacts({ ...fhir, now }),
      now,
    );
    const scopes: Scope[] = [{ context: 'user', type: '*', interactions: new Set(['r']), query: null }];
    const who = { actor: 'proxy', purpose: '', fhirUser: 'RelatedPerson/guard', reach: ['leaf'] } as const;
    return (await fhir.store.read(await decide(callerOf({ ...who, scopes })), 'Patient', 'leaf')).ok;
  };
  expect(await readAt('2028-07-01T03:59:59.999Z')).toBe(true);
  expect(await readAt('2028-07-01T04:00:00.000Z')).toBe(false);
});

test('O-91 of a child on a plan there is no profile, no message and no device; once they have grown up there may be', async () => {
  const tag = [{ system: 'https://portico.dev/fhir/CodeSystem/tag', code: 'dependent-minor' }];
  const write = async (birthDate: string): Promise<number[]> => {
    await world.put({ resourceType: 'Patient', id: 'dependant', meta: { tag }, birthDate });
    const about = { reference: 'Patient/dependant' };
    const all = [
      { resourceType: 'Device', patient: about },
      { resourceType: 'QuestionnaireResponse', status: 'completed', subject: about },
      { resourceType: 'Communication', status: 'completed', subject: about },
      {
        resourceType: 'Coverage',
        status: 'active',
        beneficiary: about,
        payor: [{ reference: 'Organization/sunlife' }],
      },
    ];
    const answers = all.map((one) =>
      world.server.fetch(one.resourceType, { method: 'POST', body: JSON.stringify(one) }),
    );
    return (await Promise.all(answers)).map(({ status }) => status);
  };
  expect(await write(daysAgo(17, 0))).toEqual([422, 422, 422, 201]);
  expect(await write(daysAgo(18, 1))).toEqual([201, 201, 201, 201]);
});

test('O-24 a programme is for the person and their concierge', async () => {
  const subject = { reference: 'Patient/bob' };
  await world.put({ resourceType: 'CarePlan', id: 'walk', status: 'active', intent: 'plan', subject });
  await world.put({
    resourceType: 'Goal',
    id: 'steps',
    lifecycleStatus: 'active',
    description: { text: 'walk' },
    subject,
  });
  await world.task('t-programme', 'Practitioner/con', 'in-progress');
  const paths = ['CarePlan/walk', 'Goal/steps'];
  const bob = await world.as('patient/*.rs', { patient: 'bob', fhirUser: 'Patient/bob' });
  const concierge = await world.as('user/*.cruds', { actor: 'concierge', fhirUser: 'Practitioner/con' });
  const employer = await world.as('system/*.rs', { actor: 'hr-admin', organization: 'acme' });
  expect(await statuses(bob, ...paths)).toEqual([200, 200]);
  expect(await statuses(concierge, ...paths)).toEqual([200, 200]);
  expect(await statuses(employer, ...paths)).toEqual([403, 403]);
});
