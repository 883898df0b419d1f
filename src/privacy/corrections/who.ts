import type { Reference } from '@medplum/fhirtypes';

import type { Caller, GateRow } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** Who did something, for a Task or a Provenance: the resource that they are, or their account. */
export function whoOf({ settings }: FhirContext, { tenant, fhirUser, patient, actor, subject }: Caller): Reference {
  if (fhirUser !== null) return { reference: fhirUser };
  if (actor === 'self' && patient !== null) return { reference: `Patient/${patient}` };
  const issuer = settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  return { identifier: { system: `${issuer}/oauth2/users`, value: subject } };
}

/** The person themself or who acts for them, without an app between. */
export const asksForThemself = ({ actor, clientId }: Caller): boolean =>
  clientId === null && (actor === 'self' || actor === 'proxy');

/** Whether a row is in the record of a patient. */
export const isInRecord = (row: GateRow & { type: string }, patient: string): boolean =>
  row.patient === patient ||
  (row.patients?.includes(patient) ?? false) ||
  (row.type === 'Patient' && row.id === patient);
