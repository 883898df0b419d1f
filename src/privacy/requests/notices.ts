import type { Communication, Reference } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { storeMade } from '../made.ts';

const categories = 'http://terminology.hl7.org/CodeSystem/communication-category';

/** A word to somebody about what was done with a record. */
export type Notice = {
  tenant: number;
  /** The id of the patient whose record it is about. */
  patient?: string;
  /** Who is told: `Patient/1`, or a reference by identifier where they are no resource here. */
  recipient: string | Reference;
  /** What it is about: `Task/1`. */
  about?: string;
  /** A sentence without any health data. */
  text: string;
};

export function noticeOf({ patient, recipient, about, text }: Notice, now: number): Communication {
  return {
    resourceType: 'Communication',
    status: 'completed',
    category: [{ coding: [{ system: categories, code: 'notification', display: 'Notification' }] }],
    ...(patient === undefined ? {} : { subject: { reference: `Patient/${patient}` } }),
    ...(about === undefined ? {} : { about: [{ reference: about }] }),
    sent: new Date(now).toISOString(),
    // A reference to any of the types that the element allows; who calls knows which.
    recipient: [typeof recipient === 'string' ? { reference: recipient } : recipient] as Communication['recipient'],
    payload: [{ contentString: text }],
  };
}

/** Tells somebody, as a Communication that they find where they look for what concerns them. */
export async function notify(context: FhirContext, notice: Notice): Promise<void> {
  await storeMade(context, notice.tenant, [noticeOf(notice, context.now())]);
}
