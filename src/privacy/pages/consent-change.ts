import type { Consent } from '@medplum/fhirtypes';

import type { Result } from '../../fhir/outcome.ts';
import { operate, readOne, send } from './ask.ts';
import type { RecordVisit } from './visit.ts';

/** Files a consent as the person who gives it. */
export const fileConsent = (visit: RecordVisit, consent: Consent): Promise<Result<string>> =>
  operate(visit, ['Consent', '$fileConsent'], [{ name: 'consent', resource: consent }]);

/** Writes the next version of a consent. */
export const changeConsent = (visit: RecordVisit, consent: Consent & { id: string }): Promise<Result<string>> =>
  send(visit, { method: 'PUT', path: ['Consent', consent.id], body: consent });

/** Ends a consent at once. */
export const revokeConsent = (visit: RecordVisit, id: string): Promise<Result<string>> =>
  operate(visit, ['Consent', id, '$revokeConsent']);

/** A consent of the record that is open; null: none, or that of another record. */
export async function consentOf(visit: RecordVisit, id: string): Promise<(Consent & { id: string }) | null> {
  const found = await readOne<Consent>(visit, 'Consent', id);
  return found?.patient?.reference === `Patient/${visit.record.id}` ? found : null;
}
