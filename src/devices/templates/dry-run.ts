import type { Observation, OperationOutcome } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { canonical } from '../canonical.ts';
import type { FormatContext } from '../formats/format.ts';
import { observationOf } from '../observation.ts';
import type { Item } from '../reading.ts';
import type { Extractor } from './extractor.ts';
import { itemsByMapping } from './format.ts';
import type { Mapping } from './mapping.ts';

/** What would become of one item. */
export type Tried = { path: string; observation: Observation | null; issues: Issue[] };

/** What a dry run says of a subject that it does not look at. */
const somebody = { patient: 'Patient/example', device: null, gateway: null };

const issue = (severity: Issue['severity'], code: Issue['code'], diagnostics: string, expression: string): Issue => ({
  ...{ severity, code, diagnostics, expression },
});

function tried(context: FhirContext, item: Item, received: number): Tried {
  const { path } = item;
  if (item.kind === 'unreadable')
    return { path, observation: null, issues: [issue('error', item.code ?? 'invalid', item.why, path)] };
  if (item.kind === 'nothing')
    return { path, observation: null, issues: [issue('information', 'informational', item.why, path)] };
  if (item.kind !== 'reading') return { path, observation: null, issues: [] };
  const value = canonical(item, received);
  if (!value.ok) return { path, observation: null, issues: value.issues };
  const observation = observationOf(value.value, somebody);
  return { path, observation, issues: context.validate(observation) };
}

/** Items that one answer tells of. */
export const MOST_TRIED = 1000;

/** What a template makes of a payload: the Observations that would be stored, and what would be refused. Nothing is stored. */
export async function dryRun(
  context: FhirContext,
  extractor: Extractor,
  mapping: Mapping,
  payload: unknown,
  format: FormatContext,
): Promise<Tried[]> {
  const all: Tried[] = [];
  for await (const item of itemsByMapping(extractor, mapping, payload, '', format)) {
    if (all.length >= MOST_TRIED) break;
    all.push(tried(context, item, format.received));
  }
  return all;
}

/** Issues as a resource. */
export const outcomeOf = (issues: readonly Issue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues.map(({ severity, code, diagnostics, expression }) => ({
    ...{ severity, code, diagnostics },
    ...(expression === undefined || expression === '' ? {} : { expression: [expression] }),
  })),
});
