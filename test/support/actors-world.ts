import type { Json, Resource } from '../../src/fhir/context.ts';
import { type Server, startServer, type TokenAsk } from './server.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const labelled = (...codes: string[]) => ({
  security: codes.map((code) => ({ system: code.length === 1 ? confidentiality : actCode, code })),
});
const to = (reference: string) => ({ reference });
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const relation = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }],
});

/** A day so many years and days ago: `2008-11-24`. */
export function daysAgo(years: number, days: number, now = Date.now()): string {
  const at = new Date(now - days * 86_400_000);
  at.setUTCFullYear(at.getUTCFullYear() - years);
  return at.toISOString().slice(0, 10);
}

const observation = (id: string, patient: string, ...labels: string[]): Resource => ({
  resourceType: 'Observation',
  id,
  ...(labels.length > 0 ? { meta: labelled(...labels) } : {}),
  status: 'final',
  code: loinc('8867-4'),
  subject: to(`Patient/${patient}`),
  valueQuantity: { value: 72, unit: '/min' },
});

const patient = (id: string, more: Json = {}): Resource => ({
  resourceType: 'Patient',
  id,
  name: [{ family: `Family-${id}`, given: ['Given'] }],
  birthDate: '1980-05-05',
  telecom: [{ system: 'email', value: `${id}@people.example` }],
  ...more,
});

/** Who is in the world: three grown patients, two of 17 and 18, those who treat them, work for them and care for them. */
const resources: readonly Resource[] = [
  patient('ann', { generalPractitioner: [to('Practitioner/gp')] }),
  patient('bob'),
  patient('cid'),
  patient('teen', { birthDate: daysAgo(17, 0) }),
  patient('grown', { birthDate: daysAgo(18, 1) }),
  { resourceType: 'RelatedPerson', id: 'mum', patient: to('Patient/teen'), relationship: [relation('MTH')] },
  { resourceType: 'RelatedPerson', id: 'dad', patient: to('Patient/grown'), relationship: [relation('FTH')] },
  {
    resourceType: 'Practitioner',
    id: 'gp',
    name: [{ family: 'Practice', given: ['Gil'] }],
    telecom: [
      { system: 'phone', value: '555-work', use: 'work' },
      { system: 'phone', value: '555-home', use: 'home' },
    ],
    address: [{ use: 'home', line: ['1 Private Lane'] }],
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">1 Private Lane</div>' },
  },
  ...['er', 'agent', 'con'].map((id) => ({ resourceType: 'Practitioner', id, name: [{ family: id }] })),
  {
    resourceType: 'Practitioner',
    id: 'nosy',
    name: [{ family: 'Nosy' }],
    address: [{ use: 'home', line: ['7 Elm Street'], postalCode: 'K1A 0B1' }],
  },
  patient('neighbour', { address: [{ line: ['7 elm street'], postalCode: 'K1A0B1' }] }),
  observation('ann-1', 'ann'),
  observation('ann-psy', 'ann', 'R', 'PSY'),
  observation('ann-hiv', 'ann', 'R', 'HIV'),
  observation('bob-1', 'bob'),
  observation('bob-psy', 'bob', 'R', 'PSY'),
  observation('teen-1', 'teen'),
  observation('teen-sex', 'teen', 'R', 'SEX'),
  observation('grown-1', 'grown'),
  {
    resourceType: 'Encounter',
    id: 'bob-visit',
    status: 'finished',
    class: { system: actCode, code: 'VR' },
    subject: to('Patient/bob'),
  },
  {
    resourceType: 'Coverage',
    id: 'bob-plan',
    status: 'active',
    beneficiary: to('Patient/bob'),
    payor: [to('Organization/sunlife')],
  },
  { resourceType: 'Organization', id: 'sunlife', active: true, name: 'Sunlife' },
  {
    resourceType: 'Claim',
    id: 'bob-claim',
    status: 'active',
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'professional' }] },
    use: 'claim',
    patient: to('Patient/bob'),
    created: '2026-01-02',
    provider: to('Practitioner/gp'),
    priority: { coding: [{ code: 'normal' }] },
    insurance: [{ sequence: 1, focal: true, coverage: to('Coverage/bob-plan') }],
    diagnosis: [{ sequence: 1, diagnosisCodeableConcept: { text: 'not yours to know' } }],
  },
];

export type Ask = (path: string, init?: RequestInit) => Promise<{ status: number; body: Json; text: string }>;

export type ActorsWorld = {
  server: Server;
  /** Asks as somebody. */
  as(scope: string, who: TokenAsk): Promise<Ask>;
  /** Writes a resource as the operator. */
  put(resource: Resource): Promise<void>;
  /** A Task of bob's that is the owner's to do. */
  task(id: string, owner: string, status: string, patient?: string): Promise<void>;
  close(): Promise<void>;
};

export async function actorsWorld(): Promise<ActorsWorld> {
  const server = await startServer();
  const put = async (resource: Resource): Promise<void> => {
    const answer = await server.fetch(`${resource.resourceType}/${resource.id}`, {
      method: 'PUT',
      body: JSON.stringify(resource),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  for (const resource of resources) await put(resource);
  return {
    server,
    put,
    async as(scope, who) {
      const authorization = `Bearer ${await server.token(scope, who)}`;
      return async (path, init = {}) => {
        const answer = await server.fetch(path, { ...init, headers: { authorization, ...init.headers } });
        const text = await answer.text();
        return { status: answer.status, text, body: text === '' ? {} : (JSON.parse(text) as Json) }; // the server's own JSON
      };
    },
    task: (id, owner, status, of = 'bob') =>
      put({ resourceType: 'Task', id, status, intent: 'order', for: to(`Patient/${of}`), owner: to(owner) }),
    close: server.close,
  };
}

/** `Type/id` of what a searchset has found, sorted. */
export const found = (body: Json): string[] =>
  // The server's own Bundle.
  ((body.entry ?? []) as { resource: Resource }[])
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort();
