import type { AuditEvent, AuditEventEntity, Coding } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { appendAuditEvent } from '../ledger/append.ts';

const terminology = 'http://terminology.hl7.org/CodeSystem';
const dicom = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
});

const observerOf = ({ settings }: FhirContext, tenant: number): string =>
  settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');

const purposeOf = (code: string) => [{ coding: [{ system: `${terminology}/v3-ActReason`, code }] }];

/** Who did it: a person of ours, or the organization whose system it was. */
const agentOf = ({ fhirUser, organization }: Caller) => ({
  who: { reference: fhirUser ?? `Organization/${organization}` },
  requestor: true,
});

const entityOf = (reference: string, role: string): AuditEventEntity =>
  ({
    what: { reference },
    type: { system: `${terminology}/audit-entity-type`, code: '2', display: 'System Object' },
    role: { system: `${terminology}/object-role`, code: role },
  }) as AuditEventEntity; // what may be a reference to any resource

/** What went to another organization, of whom, and on what ground. */
export type Delivery = {
  /** The id of the Patient. */
  patient: string;
  /** The id of the Organization. */
  to: string;
  purpose: string;
  /** `Coverage/1` */
  what: readonly string[];
  /** `Task/1` */
  basis: string;
};

/**
 * Tells the ledger that something of a record went to another organization than who asked for it.
 *
 * @see https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.BasicAudit.PrivacyDisclosure.Source.html
 */
export async function recordDelivery(
  context: FhirContext,
  caller: Caller,
  { patient, to, purpose, what, basis }: Delivery,
): Promise<void> {
  const event = {
    resourceType: 'AuditEvent',
    type: dicom('110106', 'Export'),
    subtype: [{ system: `${terminology}/iso-21089-lifecycle`, code: 'disclose' }],
    action: 'R',
    recorded: new Date(context.now()).toISOString(),
    outcome: '0',
    purposeOfEvent: purposeOf(purpose),
    agent: [
      { type: dicom('110153', 'Source Role ID'), ...agentOf(caller) },
      {
        type: dicom('110152', 'Destination Role ID'),
        who: { reference: `Organization/${to}` },
        requestor: false,
      },
    ],
    source: { observer: { identifier: { value: observerOf(context, caller.tenant) }, display: 'Portico' } },
    entity: [
      {
        what: { reference: `Patient/${patient}` },
        type: { system: `${terminology}/audit-entity-type`, code: '1', display: 'Person' },
        role: { system: `${terminology}/object-role`, code: '1', display: 'Patient' },
      },
      entityOf(basis, '13'),
      ...what.map((reference) => entityOf(reference, '4')),
    ],
  };
  // The type of who is a choice of references, of which an Organization is one.
  await appendAuditEvent(context, caller.tenant, event as AuditEvent);
}

/** Tells the ledger which elements a feed brought that are on no list: their names, and nothing that stood in them. */
export async function recordUnlisted(context: FhirContext, caller: Caller, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const event = {
    resourceType: 'AuditEvent',
    type: dicom('110107', 'Import'),
    subtype: [{ system: 'https://portico.dev/fhir/CodeSystem/audit', code: 'unlisted-elements' }],
    action: 'C',
    recorded: new Date(context.now()).toISOString(),
    outcome: '4',
    purposeOfEvent: purposeOf(caller.purpose),
    agent: [agentOf(caller)],
    source: { observer: { identifier: { value: observerOf(context, caller.tenant) }, display: 'Portico' } },
    entity: [
      {
        type: { system: `${terminology}/audit-entity-type`, code: '4', display: 'Other' },
        detail: names.map((name) => ({ type: 'element', valueString: name })),
      },
    ],
  };
  // The type of who is a choice of references, of which an Organization is one.
  await appendAuditEvent(context, caller.tenant, event as AuditEvent);
}
