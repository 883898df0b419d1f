import type { Resource } from '../../src/fhir/context.ts';
import type { Server, TokenAsk } from './server.ts';

export type Answer = { status: number; headers: Headers; text: string };

/** One request of whoever the token is of. */
export async function ask(
  server: Server,
  token: string,
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await server.fetch(path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...sent,
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** The JSON of an answer, as the test knows it to be. */
export const jsonOf = <T = Resource>({ text }: Answer): T => JSON.parse(text) as T;

type Bundle = { entry?: { resource: Resource }[] };

export const foundIn = (answer: Answer): string[] =>
  (jsonOf<Bundle>(answer).entry ?? [])
    .filter(({ resource }) => resource.resourceType !== 'OperationOutcome')
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort();

/** Stores resources under their ids, as the operator. */
export async function put(server: Server, ...resources: readonly Resource[]): Promise<void> {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const answer = await server.fetch('', { method: 'POST', body });
  if (answer.status !== 200) throw new Error(await answer.text());
}

export const partyToken = (server: Server, ask: TokenAsk, scope = 'system/*.cruds'): Promise<string> =>
  server.token(scope, ask);

export const organization = (id: string): Resource => ({
  resourceType: 'Organization',
  id,
  active: true,
  name: `The ${id}`,
});

export const employeeNumber = (employer: string, value: string) => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'EI' }] },
  system: `https://portico.dev/fhir/employer/${employer}/employee`,
  value,
});

export const person = (id: string, more: object = {}): Resource => ({
  resourceType: 'Patient',
  id,
  name: [{ use: 'official', family: `Family${id}`, given: [`Given${id}`, 'Middle'] }],
  birthDate: '1980-05-05',
  gender: 'female',
  telecom: [
    { system: 'email', value: `${id}@mail.example` },
    { system: 'phone', value: '+1 416 555 0199' },
  ],
  address: [{ line: ['1 Hidden Lane'], city: 'Toronto' }],
  ...more,
});

export const coverage = (
  id: string,
  { member, employer, payor, more = {} }: { member: string; employer: string; payor: string; more?: object },
): Resource => ({
  resourceType: 'Coverage',
  id,
  status: 'active',
  beneficiary: { reference: `Patient/${member}` },
  policyHolder: { reference: `Organization/${employer}` },
  payor: [{ reference: `Organization/${payor}` }],
  ...more,
});

/** What somebody agrees to that an actor is told. */
export const agreement = (id: string, patient: string, policy: string, actor: string): Resource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-01T00:00:00Z',
  performer: [{ reference: `Patient/${patient}` }],
  policy: [{ uri: policy }],
  provision: {
    type: 'permit',
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: actor },
      },
    ],
  },
});
