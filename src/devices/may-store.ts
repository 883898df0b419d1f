import type { Observation } from '@medplum/fhirtypes';

import { admitsChange, type Grant } from '../fhir/access.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import type { Parsed } from '../fhir/json.ts';
import { forbidden, invalidResource, ok, type Result } from '../fhir/outcome.ts';
import { draft } from '../fhir/store/draft.ts';
import { withLabels } from '../privacy/labels/labelled.ts';
import { asksWhen, looksInside } from './consented.ts';
import type { Link, Passage } from './passage.ts';
import type { ReadingToStore } from './store.ts';

const parsedOf = (observation: Observation): Parsed => {
  const text = JSON.stringify(observation);
  return { text, resource: JSON.parse(text) as Resource }; // an Observation is a resource
};

/** Whether who sends may write this Observation, and the patient lets their source bring it. */
export function mayWrite(
  context: FhirContext,
  { link: { tenant, grant }, consent }: Pick<Passage, 'link' | 'consent'>,
  id: string,
  observation: Observation,
): Result<null> {
  if (grant === null && consent === null) return ok(null);
  const { head, tail, row } = draft(context, tenant, withLabels(parsedOf(observation), null, false), id, new Date(0));
  const { patient, patients, labels } = row;
  const gateRow = { id, content: `${head}1${tail}`, patient, patients, labels };
  const may = (one: Grant | null): boolean => one === null || admitsChange(one, 'Observation', gateRow, 'c');
  if (!may(grant)) return forbidden('Your access does not cover creating this Observation');
  return may(consent) ? ok(null) : forbidden('The Consent of the patient does not let the source bring this');
}

/** What somebody else has written of an Observation is held to the same as if they had posted it. */
export async function checked(context: FhirContext, { grant }: Link, observation: Observation): Promise<Result<null>> {
  const issues = context.validate(observation);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) return invalidResource(issues);
  if (grant === null || context.prepareWrite === undefined) return ok(null);
  const write = { parsed: parsedOf(observation), stored: null, reason: null };
  const prepared = await context.prepareWrite(context, grant, write);
  return prepared.ok ? ok(null) : prepared;
}

/**
 * Whether who sends may write this reading, asked once for all of which the answer is the same.
 *
 * @param once what names the readings of which the grant says the same; null: only this one is such
 */
export function mayOnce(
  context: FhirContext,
  passage: Passage,
  once: string | null,
  { id, observation }: Pick<ReadingToStore, 'id' | 'observation'>,
): Result<null> {
  const { link, consent, allowed } = passage;
  const differs = (link.grant !== null && looksInside(link.grant)) || (consent !== null && asksWhen(consent));
  const name = once === null || differs ? null : once;
  const known = name === null ? undefined : allowed.get(name);
  const found = known ?? mayWrite(context, passage, id, observation());
  if (name !== null) allowed.set(name, found);
  return found;
}
