import type { AuditEvent } from '@medplum/fhirtypes';

import type { Queryable } from '../db/database.ts';
import type { FhirContext } from '../fhir/context.ts';
import { appendAuditEvent } from '../privacy/ledger/append.ts';
import type { Visit } from './visits/visit.ts';

/** Who does something in a visit. */
export type By = {
  /** `Practitioner/x`; null: nobody who is a resource here, or the server. */
  reference: string | null;
  /** What a guest is called; absent with a reference. */
  name?: string;
  /** Of whom it came from, as the server sees it. */
  address?: string;
};

export const eventSystem = 'https://portico.dev/fhir/CodeSystem/video-event';

/** What can happen in a visit, and how it is called. */
export const videoEvents = {
  created: 'Visit opened',
  'token-issued': 'Way into the visit issued',
  waiting: 'In the waiting room',
  prepared: 'Answered what is asked before',
  admitted: 'Let in',
  denied: 'Not let in',
  held: 'Put on hold',
  resumed: 'Taken off hold',
  removed: 'Sent away',
  joined: 'Joined',
  left: 'Left',
  invited: 'Invitation made',
  'invite-revoked': 'Invitation taken back',
  'recording-started': 'Recording started',
  'recording-paused': 'Recording paused',
  'recording-resumed': 'Recording resumed',
  'recording-stopped': 'Recording stopped',
  'recording-stored': 'Recording kept',
  'recording-refused': 'Recording refused for lack of consent',
  'recording-played': 'Recording played',
  ended: 'Visit ended',
  missed: 'Patient did not come',
  cancelled: 'Visit cancelled',
} as const;

export type VideoAudit = keyof typeof videoEvents;

/** https://hl7.org/fhir/R4/auditevent.html: what happened in a visit, as the patient reads it in their account. */
function eventOf({ tenant, encounter, patient }: Visit, event: VideoAudit, by: By, base: string): AuditEvent {
  const { reference, name, address } = by;
  const isServer = reference === null && name === undefined;
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110100', display: 'Application Activity' },
    subtype: [{ system: eventSystem, code: event, display: videoEvents[event] }],
    action: 'E',
    recorded: '1970-01-01T00:00:00Z', // Becomes the moment at which it is written.
    outcome: '0',
    agent: [
      {
        who: isServer ? { display: 'Portico' } : reference === null ? { display: name } : { reference },
        requestor: !isServer,
        ...(address === undefined || address === '' ? {} : { network: { address, type: '2' } }),
      },
    ],
    source: { observer: { identifier: { value: `${base}#${tenant}` } } },
    entity: [
      {
        what: { reference: `Patient/${patient}` },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
      },
      {
        what: { reference: `Encounter/${encounter}` },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' },
      },
    ],
  } as AuditEvent; // Agents and references are of the types that the elements allow.
}

/** Writes it into the ledger; in a transaction as its last statement. */
export async function auditVisit(
  context: FhirContext,
  visit: Visit,
  event: VideoAudit,
  by: By,
  on?: Queryable,
): Promise<void> {
  const made = eventOf(visit, event, by, context.settings.baseOf(visit.tenant));
  await appendAuditEvent(context, visit.tenant, made, on ? { on } : {});
}
