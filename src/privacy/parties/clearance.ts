import type { Observation, QuestionnaireResponse } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { workplaceQuestionnaires } from '../labels/workplace.ts';
import { resourcesOf } from './rows.ts';

export const clearanceSystem = 'https://portico.dev/fhir/CodeSystem/workplace-clearance';

/** What may be told of a result, and what of what is advised: nothing else is, whatever stands in the record. */
const statuses: readonly string[] = ['cleared', 'not-cleared', 'unknown'];
const recommendations: readonly string[] = ['test', 'self-isolate', 'none'];

export type Clearance = {
  /** The day on which somebody last took part; null: never. */
  date: string | null;
  result: { status: string; recommendation: string; observation: string } | null;
};

type Coded = { coding?: { system?: string; code?: string }[] } | undefined;

const codeIn = (value: Coded, allowed: readonly string[]): string | null =>
  value?.coding?.find(({ system, code }) => system === clearanceSystem && allowed.includes(code ?? ''))?.code ?? null;

const newest = (all: readonly (string | undefined)[]): string | null =>
  all
    .flatMap((one) => one?.slice(0, 10) ?? [])
    .sort()
    .at(-1) ?? null;

/** How it stands with somebody's clearance. The answers are looked at for when they were given, and for nothing else. */
export async function clearanceOf(context: FhirContext, tenant: number, patient: string): Promise<Clearance> {
  const of = { tenant, patients: [patient] };
  const [answers, results] = await Promise.all([
    resourcesOf<QuestionnaireResponse>(context, {
      ...of,
      type: 'QuestionnaireResponse',
      criteria: { questionnaire: workplaceQuestionnaires.join(), status: 'completed,amended' },
    }),
    resourcesOf<Observation>(context, {
      ...of,
      type: 'Observation',
      criteria: { code: `${clearanceSystem}|status`, status: 'final,amended,corrected' },
    }),
  ]);
  const date = newest([
    ...answers.map(({ authored }) => authored),
    ...results.map(({ effectiveDateTime }) => effectiveDateTime),
  ]);
  const [last] = results.sort((one, other) =>
    (other.effectiveDateTime ?? '').localeCompare(one.effectiveDateTime ?? ''),
  );
  const advised = last?.component?.find(({ code }) => codeIn(code, ['recommendation']) !== null);
  const result = last && {
    status: codeIn(last.valueCodeableConcept, statuses) ?? 'unknown',
    recommendation: codeIn(advised?.valueCodeableConcept, recommendations) ?? 'none',
    observation: last.id ?? '',
  };
  return { date, result: result ?? null };
}
