import type { Bundle, BundleEntry, Observation } from '@medplum/fhirtypes';

import type { Server } from './server.ts';

/** A patient who is there, by their id. */
export async function patientIn(server: Server, more: object = {}): Promise<string> {
  const body = JSON.stringify({ resourceType: 'Patient', birthDate: '1980-02-01', ...more });
  const answer = await server.fetch('Patient', { method: 'POST', body });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (answer.headers.get('location') ?? '').split('/').at(-3) ?? '';
}

const quantity = (value: number, unit: string) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });

export const heartRate = (
  patient: string,
  at: string,
  value: number,
  more: Partial<Observation> = {},
): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: at,
  valueQuantity: quantity(value, '/min'),
  ...more,
});

export const bloodPressure = (patient: string, at: string, systolic: number, diastolic: number): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: at,
  component: [['8480-6', systolic] as const, ['8462-4', diastolic] as const].map(([code, value]) => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: quantity(value, 'mm[Hg]'),
  })),
});

export const collection = (...resources: object[]): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

export type Submitted = { status: number; entries: BundleEntry[]; text: string; headers: Headers };

async function answered(answer: Response): Promise<Submitted> {
  const text = await answer.text();
  const { entry = [] } = (text.startsWith('{') ? JSON.parse(text) : {}) as Partial<Bundle>;
  return { status: answer.status, entries: entry, text, headers: answer.headers };
}

/** $submit-device-data. */
export const submit = async (server: Server, body: unknown, init: RequestInit = {}): Promise<Submitted> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return answered(await server.fetch('$submit-device-data', { method: 'POST', body: text, ...init }));
};

/** POST /devices/[path]. */
export async function post(
  server: Server,
  path: string,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Submitted> {
  const authorization = headers.authorization ?? `Bearer ${await server.token()}`;
  return answered(
    await fetch(`${server.origin}/devices/${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers, authorization },
      // Of a body that comes bit by bit.
      ...({ duplex: 'half' } as object),
    }),
  );
}

export const statusesOf = ({ entries }: Submitted): string[] =>
  entries.map(({ response }) => response?.status?.slice(0, 3) ?? '');

/** What is said of each entry: the code of the first issue and where it is. */
export const issuesOf = ({ entries }: Submitted): (string | undefined)[] =>
  entries.map(({ response }) => {
    const outcome = response?.outcome;
    const issue = outcome?.resourceType === 'OperationOutcome' ? outcome.issue?.[0] : undefined;
    return issue && `${issue.code} ${issue.expression?.[0] ?? ''}: ${issue.diagnostics}`;
  });
