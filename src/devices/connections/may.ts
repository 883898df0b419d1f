import type { Consent } from '@medplum/fhirtypes';

import { admitsChange, allows, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, ok, type Refusal, type Result } from '../../fhir/outcome.ts';
import { unknownId } from '../../fhir/store/read.ts';
import type { Connection } from './connection.ts';
import { readConnection } from './store.ts';

function parsedOf(consent: Consent): Parsed {
  const text = JSON.stringify(consent);
  return { text, resource: JSON.parse(text) as Resource }; // a Consent is a resource
}

/** Whether a caller may file the Consent that a connection will stand on: null, or why not. */
export async function mayConsent(context: FhirContext, grant: Grant, consent: Consent): Promise<Refusal | null> {
  if (!allows(grant, 'Consent', 'c')) return forbidden('Your scopes do not cover creating Consent');
  const parsed = parsedOf(consent);
  const { patient, patients, labels } = context.index(grant.tenant, parsed.resource);
  const row = { id: consent.id ?? '', content: parsed.text, patient, patients, labels };
  if (!admitsChange(grant, 'Consent', row, 'c')) return unknownId('Patient', patient ?? '');
  const may = await context.prepareWrite?.(context, grant, { parsed, stored: null, reason: null });
  return may === undefined || may.ok ? null : may;
}

/** Whether a caller may write a Consent that a connection stands on as it is to be: null, or why not. */
export async function mayChangeConsent(
  context: FhirContext,
  grant: Grant,
  id: string,
  change: (was: Consent) => Consent,
): Promise<Refusal | null> {
  if (!allows(grant, 'Consent', 'u')) return forbidden('Your scopes do not cover updating Consent');
  const stored = await context.store.read(grant, 'Consent', id, 'u');
  if (!stored.ok) return stored;
  const parsed = parsedOf(change(JSON.parse(stored.value.content) as Consent)); // as it was stored
  if (!admitsChange(grant, 'Consent', { ...stored.value, content: parsed.text }, 'u')) return unknownId('Consent', id);
  const may = await context.prepareWrite?.(context, grant, { parsed, stored: stored.value, reason: null });
  return may === undefined || may.ok ? null : may;
}

/** A connection of a patient whom the caller may see; 404 for another's, and for one that there is not. */
export async function connectionIn(
  context: FhirContext,
  grant: Grant,
  patient: string,
  id: string,
): Promise<Result<Connection>> {
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const connection = await readConnection(context.database.byKey, grant.tenant, id);
  if (connection?.patient !== patient) return unknownId('connection', id);
  return ok(connection);
}
