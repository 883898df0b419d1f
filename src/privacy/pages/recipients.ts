import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';

import { ok, type Result } from '../../fhir/outcome.ts';
import { sendFor } from './ask.ts';
import type { RecordVisit } from './visit.ts';

/** One who can see something of the record, as $explain-access tells it. */
export type Recipient = {
  reference: string | null;
  name: string | null;
  actor: string;
  types: string[];
  someOf: string[];
  labels: string[];
  policies: string[];
  references: string[];
  until: string | null;
  lastUse: string | null;
};

function recipientOf({ part = [] }: ParametersParameter): Recipient {
  const all = (name: string): ParametersParameter[] => part.filter((one) => one.name === name);
  const [who, until, lastUse] = ['who', 'until', 'last-use'].map((name) => all(name)[0]);
  return {
    reference: who?.valueReference?.reference ?? null,
    name: who?.valueReference?.display ?? null,
    actor: all('actor')[0]?.valueCode ?? '',
    types: all('type').flatMap(({ valueCode }) => valueCode ?? []),
    someOf: all('some-of').flatMap(({ valueCode }) => valueCode ?? []),
    labels: all('label').flatMap(({ valueCoding }) => valueCoding?.code ?? []),
    policies: all('why').flatMap(({ valueString }) => valueString ?? []),
    references: all('why').flatMap(({ valueReference }) => valueReference?.reference ?? []),
    until: until?.valueDateTime ?? null,
    lastUse: lastUse?.valueDateTime ?? null,
  };
}

/** Everybody who can see something of the record that is open, as things stand. */
export async function recipientsOf(visit: RecordVisit): Promise<Result<Recipient[]>> {
  const answer = await sendFor<Parameters>(visit, { path: ['Patient', visit.record.id, '$explain-access'] });
  if (!answer.ok) return answer;
  const { parameter = [] } = answer.value;
  return ok(parameter.filter(({ name }) => name === 'recipient').map(recipientOf));
}

/** Whether it is more than a consent by which somebody who treats people sees this record. */
const treats = ({ actor, policies, references }: Recipient): boolean =>
  actor === 'practitioner' &&
  (policies.includes('general practitioner') || references.some((one) => !one.startsWith('Consent/')));

/** Who treats whoever's record it is at the moment: `Practitioner/1`, and their name. */
export async function treatingNow(visit: RecordVisit): Promise<{ reference: string; name: string | null }[]> {
  const all = await recipientsOf(visit);
  if (!all.ok) return [];
  const names = new Map(
    all.value.filter(treats).flatMap(({ reference, name }) => (reference === null ? [] : [[reference, name] as const])),
  );
  return [...names]
    .filter(([one]) => one.startsWith('Practitioner/'))
    .map(([reference, name]) => ({ reference, name }));
}
