import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Caller } from '../../src/fhir/access.ts';
import type { Resource } from '../../src/fhir/context.ts';
import { search } from '../../src/fhir/search/search.ts';
import { release } from '../../src/fhir/store/release.ts';
import { parseScopes } from '../../src/smart/scopes/scopes.ts';
import { callerOf } from '../support/caller.ts';
import { naiveSearch } from '../support/naive-search.ts';
import { random, randomQuery } from '../support/search-queries.ts';
import { type Server, startServer } from '../support/server.ts';
import { harbour, people } from './harbour-world.ts';
import { type Filed, type PlainConsent, type Principal, type Provision, visible } from './naive-policy.ts';

const seed = Number(process.env.PORTICO_SEED ?? Date.now() % 1_000_000);
/** Pairs of somebody and a search; and between how many of them the Consents change. */
const pairs = Number(process.env.PORTICO_PAIRS ?? 10_000);
const perWorld = 250;

let server: Server;
type Next = ReturnType<typeof random>;
const pick = <T>(next: Next, list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0];

const transaction = async (entry: readonly object[]): Promise<void> => {
  const answer = await server.fetch('', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
  });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const put = (resource: Resource) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
});

beforeAll(async () => {
  server = await startServer();
  // Each world has Consents of its own.
  await transaction(harbour.filter(({ resourceType }) => resourceType !== 'Consent').map(put));
}, 120_000);

afterAll(() => server?.close());

const hl7 = (system: string, code: string) => ({ system: `http://terminology.hl7.org/CodeSystem/${system}`, code });

function written({ type, actor, purpose, period, labels, classes, data, except }: Provision): object {
  const role = { coding: [hl7('v3-ParticipationType', 'IRCP')] };
  return {
    type,
    ...(actor ? { actor: [{ role, reference: { reference: actor } }] } : {}),
    ...(purpose ? { purpose: [hl7('v3-ActReason', purpose)] } : {}),
    ...(period ? { period } : {}),
    ...(labels
      ? {
          securityLabel: labels.map((code) =>
            hl7(code === 'R' || code === 'V' ? 'v3-Confidentiality' : 'v3-ActCode', code),
          ),
        }
      : {}),
    ...(classes ? { class: classes.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) } : {}),
    ...(data ? { dataPeriod: data } : {}),
    ...(except ? { provision: [written(except)] } : {}),
  };
}

const consentOf = ({ patient, provision }: PlainConsent, at: number): Resource => ({
  resourceType: 'Consent',
  id: `random-${at}`,
  status: 'active',
  scope: { coding: [hl7('consentscope', 'patient-privacy')] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-02-10T00:00:00Z',
  performer: [{ reference: `Patient/${patient}` }],
  policyRule: { coding: [hl7('v3-ActCode', provision.type === 'deny' ? 'OPTOUT' : 'OPTIN')] },
  provision: written(provision),
});

const actors = ['Practitioner/treating', 'Practitioner/concierge', 'Organization/harbour-co'] as const;
const kinds = ['Condition', 'Observation', 'Encounter', 'Claim', 'DocumentReference', 'Coverage'] as const;
const past = { start: '2020-01-01', end: '2021-12-31' };
const coming = { start: '2090-01-01', end: '2091-12-31' };
const open = { start: '2020-01-01', end: '2090-12-31' };

function randomProvision(next: Next, type: Provision['type'], isException: boolean): Provision {
  const provision: Provision = { type };
  // A permission to nobody in particular is about the policies; that has tests of its own.
  if (type === 'permit' ? !isException || next() < 0.3 : next() < 0.7) provision.actor = pick(next, actors);
  if (next() < 0.2) provision.purpose = pick(next, ['TREAT', 'CAREMGT', 'HPAYMT']);
  if (next() < 0.4) provision.period = pick(next, [past, coming, open, open, open]);
  if (!isException && next() < 0.4) provision.labels = [pick(next, ['R', 'V', 'ETH', 'PSY', 'HIV', 'SEX', 'OPIOIDUD'])];
  // What is opened in a part of a record is opened in it all: that is for tests that say so.
  if (provision.labels === undefined && next() < 0.4) provision.classes = [pick(next, kinds), pick(next, kinds)];
  if (provision.labels === undefined && next() < 0.2)
    provision.data = pick(next, [
      { start: '2026-02-03', end: '2026-02-03' },
      { start: '2026-02-04', end: '2030-12-31' },
      { start: '1900-01-01', end: '2026-01-31' },
    ]);
  if (!isException && next() < 0.4) provision.except = randomProvision(next, type === 'deny' ? 'permit' : 'deny', true);
  return provision;
}

const randomConsent = (next: Next): PlainConsent => ({
  patient: pick(next, ['ada', 'ada', 'ivo', 'eve', 'finn', 'leo', 'kim', 'ben']),
  provision: randomProvision(next, pick(next, ['permit', 'deny']), false),
});

type Who = { principal: Principal; caller: Caller };

function scopesOf(text: string): Caller['scopes'] {
  const scopes = parseScopes(text);
  if (!scopes.ok) throw new Error(text);
  return scopes.value.clinical;
}

/** Somebody with their scopes: as the judge knows them, and as the server does. */
function randomWho(next: Next): Who {
  const purpose = pick(next, ['TREAT', 'CAREMGT', 'HPAYMT']);
  const types = next() < 0.3 ? ['Observation', 'Condition', 'Patient', 'Encounter'] : null;
  const scope = (context: string): string =>
    types === null ? `${context}/*.rs` : types.map((type) => `${context}/${type}.rs`).join(' ');
  const staff = (actor: 'practitioner' | 'concierge', id: string, reach: string[], own: string): Who => ({
    principal: { actor, names: [`Practitioner/${id}`], purpose: own, reach, types, category: null },
    caller: callerOf({
      actor,
      purpose: own,
      fhirUser: `Practitioner/${id}`,
      reach: actor === 'practitioner' ? reach : [],
      scopes: scopesOf(scope('user')),
    }),
  });
  switch (
    pick(next, [
      'practitioner',
      'practitioner',
      'practitioner',
      'concierge',
      'system',
      'self',
      'app',
      'employer',
      'operator',
    ])
  ) {
    case 'practitioner':
      return staff('practitioner', 'treating', ['ada', 'eve', 'ivo'], purpose);
    case 'concierge':
      return staff('concierge', 'concierge', ['finn'], 'CAREMGT');
    case 'system':
      return {
        principal: { actor: 'system', names: [], purpose, reach: null, types, category: null },
        caller: callerOf({ actor: 'system', purpose, clientId: 'ehr', scopes: scopesOf(scope('system')) }),
      };
    case 'operator':
      return {
        principal: { actor: 'operator', names: [], purpose: 'HOPERAT', reach: null, types, category: null },
        caller: callerOf({ scopes: scopesOf(scope('system')) }),
      };
    case 'employer':
      return {
        principal: {
          actor: 'hr-admin',
          names: ['Organization/harbour-co', 'Practitioner/hr'],
          purpose: 'HOPERAT',
          reach: [],
          types,
          category: null,
        },
        caller: callerOf({
          actor: 'hr-admin',
          purpose: 'HOPERAT',
          organization: 'harbour-co',
          fhirUser: 'Practitioner/hr',
          reach: [],
          scopes: scopesOf(scope('user')),
        }),
      };
    case 'app': {
      const { id } = people[Math.floor(next() * people.length)] ?? { id: 'ada' };
      return {
        principal: {
          actor: 'app',
          names: [],
          purpose: 'PATRQT',
          reach: [id],
          types: ['Observation'],
          category: 'vital-signs',
        },
        caller: callerOf({
          actor: 'app',
          purpose: 'PATRQT',
          clientId: 'app',
          patient: id,
          reach: [],
          scopes: scopesOf('patient/Observation.rs?category=vital-signs'),
        }),
      };
    }
    default: {
      // Who holds the plan of others sees some of it in part: the flow matrix looks at that.
      const alone = people.filter(({ id }) => id !== 'cara');
      const { id } = alone[Math.floor(next() * alone.length)] ?? { id: 'ada' };
      return {
        principal: { actor: 'self', names: [], purpose: 'PATRQT', reach: [id], types, category: null },
        caller: callerOf({
          actor: 'self',
          purpose: 'PATRQT',
          fhirUser: `Patient/${id}`,
          patient: id,
          reach: [],
          scopes: scopesOf(scope('patient')),
        }),
      };
    }
  }
}

/** Everything that is stored, with the records it is in. */
async function filed(): Promise<Filed[]> {
  const rows = await server.database.query(
    'select content, array_remove(array_append(patients, patient), null) from resource where tenant = 1',
  );
  return rows.map(([content, patients]) => ({
    resource: JSON.parse(String(content)) as Resource,
    patients: [...new Set(patients as string[])],
  }));
}

/** When a row is from, by the columns that its index gave it. */
function datesOf(): (resource: Resource) => readonly [number, number] {
  const known = new Map<Resource, readonly [number, number]>();
  return (resource) => {
    let dates = known.get(resource);
    if (!dates) {
      const { dateStart, dateEnd } = server.smart.fhir.index(1, resource);
      const updated = Date.parse((resource.meta as { lastUpdated: string }).lastUpdated);
      dates = [dateStart ?? updated, dateEnd ?? updated];
      known.set(resource, dates);
    }
    return dates;
  };
}

const encoded = (query: string): string =>
  query
    .split('&')
    .map((part) => part.split('=').map(encodeURIComponent))
    .map(([name = '', ...value]) => `${name.replaceAll('%3A', ':')}=${value.join('%3D')}`)
    .join('&');

/** Types that are found by something else than the plain reading knows: who is public, and what only has bytes. */
const apart = /^(Practitioner|Binary)$/;

test(`${pairs} random searches by somebody, under random Consents, find what a plain reading of the policy says (seed ${seed})`, async () => {
  const next = random(seed);
  const { fhir, decide } = server.smart;
  let [found, hidden, refused] = [0, 0, 0];
  for (let world = 0; world < pairs / perWorld; world++) {
    const consents = Array.from({ length: 6 }, () => randomConsent(next));
    await transaction(consents.map((one, at) => put(consentOf(one, at))));
    const all = await filed();
    const dateOf = datesOf();
    const seen = new Map<string, Resource[]>();
    for (let pair = 0; pair < perWorld; pair++) {
      const { principal, caller } = randomWho(next);
      const name = JSON.stringify(principal);
      const own =
        seen.get(name) ?? visible(principal, all, consents, Date.now(), dateOf).map(({ resource }) => resource);
      seen.set(name, own);
      const { type, query } = randomQuery(next, harbour);
      if (apart.test(type) || /Practitioner|general-practitioner|participant|performer|author|owner/.test(query)) {
        pair--;
        continue;
      }
      const label = `${type}?${query} by ${name} under ${JSON.stringify(consents)} (seed ${seed}, world ${world})`;
      const grant = await decide(caller);
      const base = server.base;
      const page = await search(fhir, grant, {
        types: [type],
        query: `${encoded(query)}&_count=1000&_total=accurate`,
        strict: true,
        base,
      });
      if (!page.ok) {
        // Refused before anything is looked at: then nothing of the type could have been seen, or of what is asked of it.
        expect([label, page.status]).toEqual([label, 403]);
        const isPlain = !/_has|\./.test(query.replace(/=[^&]*/g, ''));
        if (isPlain)
          expect([label, own.filter(({ resourceType }) => resourceType === type).length]).toEqual([label, 0]);
        refused++;
        continue;
      }
      const expected = naiveSearch(own, type, query).ids.sort();
      const shown = release(grant, page.value.found, 's');
      expect([label, shown.map(({ id }) => id).sort()]).toEqual([label, expected]);
      expect([label, page.value.total]).toEqual([label, expected.length]);
      if (expected.length > 0) found++;
      if (
        naiveSearch(
          all.map(({ resource }) => resource),
          type,
          query,
        ).ids.length > expected.length
      )
        hidden++;
    }
  }
  // Where nothing is found, or nothing hidden, nothing is shown by it.
  expect(found).toBeGreaterThan(pairs / 10);
  expect(hidden).toBeGreaterThan(pairs / 10);
  expect(refused).toBeLessThan(pairs / 2);
  console.log(`${pairs} searches: ${found} found something, ${hidden} hid something, ${refused} were refused`);
}, 600_000);
