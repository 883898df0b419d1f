import type { AuditEvent, Coding } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { appendAuditEvent } from '../ledger/append.ts';

const terminology = 'http://terminology.hl7.org/CodeSystem';
const dicom = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
});

/** What somebody of ours should look at. https://hl7.org/fhir/R4/valueset-audit-event-sub-type.html */
const kinds = {
  'break-glass': { system: 'https://portico.dev/fhir/CodeSystem/alert', code: 'BTG', display: 'Emergency access' },
  enumeration: { system: 'https://portico.dev/fhir/CodeSystem/alert', code: 'enumeration', display: 'Guessing of ids' },
  snooping: {
    system: 'https://portico.dev/fhir/CodeSystem/alert',
    code: 'snooping',
    display: 'Record of somebody close',
  },
} as const;

export type Alert = {
  kind: keyof typeof kinds;
  caller: Caller;
  /** The id of the patient whom it is about. */
  patient?: string;
  /** A sentence, without anything of a record. */
  why: string;
};

/** https://hl7.org/fhir/R4/auditevent.html */
export function alertOf({ kind, caller, patient, why }: Alert, issuer: string, now: number): AuditEvent {
  const { fhirUser, subject, clientId, purpose } = caller;
  const who =
    fhirUser === null ? { identifier: { system: `${issuer}/oauth2/users`, value: subject } } : { reference: fhirUser };
  const reason = kind === 'break-glass' ? 'BTG' : purpose;
  return {
    resourceType: 'AuditEvent',
    type: dicom('110113', 'Security Alert'),
    subtype: [kinds[kind]],
    action: 'E',
    recorded: new Date(now).toISOString(),
    outcome: kind === 'break-glass' ? '0' : '4',
    outcomeDesc: why,
    ...(reason === ''
      ? {}
      : { purposeOfEvent: [{ coding: [{ system: `${terminology}/v3-ActReason`, code: reason }] }] }),
    agent: [
      { who, requestor: true },
      ...(clientId === null
        ? []
        : [{ who: { identifier: { system: `${issuer}/oauth2/clients`, value: clientId } }, requestor: false }]),
    ],
    source: { observer: { identifier: { value: issuer }, display: 'Portico' } },
    ...(patient === undefined
      ? {}
      : {
          entity: [
            {
              what: { reference: `Patient/${patient}` },
              type: { system: `${terminology}/audit-entity-type`, code: '1', display: 'Person' },
              role: { system: `${terminology}/object-role`, code: '1', display: 'Patient' },
            },
          ],
        }),
  } as AuditEvent; // the type wants one choice of who, and there are two
}

/** Writes an alert into the ledger. */
export async function raiseAlert(context: FhirContext, alert: Alert): Promise<void> {
  const { tenant } = alert.caller;
  const issuer = context.settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  await appendAuditEvent(context, tenant, alertOf(alert, issuer, context.now()));
}
