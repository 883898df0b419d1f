import type { Consent } from '@medplum/fhirtypes';

import { type Denial, type Grant, type Rows, type Rule, readsText } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { createPredicates, type PredicateOf } from '../fhir/search/predicate.ts';
import { effectOf } from '../privacy/consents/consent-effects.ts';
import { isAppGrant } from '../privacy/consents/consent-resource.ts';
import { problemsOf } from '../privacy/consents/provision-problems.ts';
import { readOwn } from '../privacy/made.ts';
import type { Connection } from './connections/connection.ts';
import { sourceGrant } from './recorded.ts';

const predicates = new WeakMap<object, PredicateOf>();

function predicatesOf({ definitions }: FhirContext): PredicateOf {
  const known = predicates.get(definitions);
  if (known) return known;
  const made = createPredicates(definitions);
  predicates.set(definitions, made);
  return made;
}

const creating: Rule['interactions'] = new Set(['c']);

/** Of a type, and of whichever. */
const ofObservations = <T>(all: ReadonlyMap<string, readonly T[]> | undefined): readonly T[] =>
  ['Observation', '*'].flatMap((type) => all?.get(type) ?? []);

/**
 * What the Consent that a connection stands on lets its source bring, as it is now: it may have been written anew since the source
 * was connected, by way of FHIR as well.
 *
 * @returns null: whatever the measures of the connection are, for what an app was granted is said by its scopes
 */
export async function consented(context: FhirContext, connection: Connection): Promise<Grant | null> {
  const { tenant, patient, consent: id } = connection;
  const base = context.settings.baseOf(tenant);
  const found = id === null ? null : await readOwn<Consent>(context, tenant, 'Consent', id);
  const consent = found?.ok ? found.value.resource : null;
  if (consent !== null && isAppGrant(consent, base)) return null;
  const identifiers = (consent?.provision?.actor ?? []).flatMap(({ reference: { identifier } }) =>
    identifier?.value === undefined ? [] : [`${identifier.system ?? ''}|${identifier.value}`],
  );
  const names = (consent?.provision?.actor ?? []).flatMap(({ reference: { reference } }) => reference ?? []);
  // The source is who is named there: it would not be connected by it else.
  const recipient = {
    ...{ actor: 'device-gateway' as const, purpose: 'PATRQT' },
    ...{ names: new Set(names), identifiers: new Set(identifiers) },
  };
  const isEnforceable = consent !== null && problemsOf(consent, { context, base, patient }).length === 0;
  const reading = { context, predicateOf: predicatesOf(context), tenant, patient };
  const effect =
    consent === null
      ? null
      : await effectOf(reading, { consent, id: consent.id ?? '', isEnforceable }, recipient, context.now());
  const rules = ofObservations<Rows>(effect?.permits).map((rows) => ({
    ...rows,
    interactions: creating,
    projection: null,
  }));
  return {
    ...sourceGrant(connection),
    types: new Map([['Observation', rules]]),
    denials: new Map([['Observation', ofObservations<Denial>(effect?.denials)]]),
  };
}

/** Whether a grant asks when a reading was: what it asks of codes is the same for all of a series. */
export const asksWhen = (grant: Grant): boolean =>
  [
    ...(grant.types.get('Observation') ?? []),
    ...(grant.denials.get('Observation') ?? []).flatMap((one) => [one, ...one.except]),
  ].some(({ period }) => period !== null);

/** Whether a grant looks at more of an Observation than its labels and whose it is. */
export const looksInside = (grant: Grant): boolean =>
  (grant.types.get('Observation') ?? []).some(readsText) ||
  (grant.denials.get('Observation') ?? []).some((one) => readsText(one) || one.except.some(readsText));
