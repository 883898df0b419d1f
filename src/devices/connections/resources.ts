import type {
  AuditEvent,
  CodeableConcept,
  Coding,
  Consent,
  Device,
  DeviceUseStatement,
  Provenance,
  Reference,
} from '@medplum/fhirtypes';

import { clientSystem, issuerOf } from '../../privacy/consents/consent-resource.ts';
import type { Connection } from './connection.ts';

type Who = Reference<never>;

/** What the resources of a connection are made of. */
export type Told = {
  /** The tenant's FHIR base. */
  base: string;
  connection: Pick<Connection, 'id' | 'patient' | 'kind' | 'source' | 'name'>;
  /** Who connects, or ends it. */
  who: Who;
  now: Date;
};

const hl7 = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code, ...(display ? { display } : {}) }],
});

/** The identifiers of the Devices that stand for sources of readings. */
export const sourceSystem = (base: string): string => `${issuerOf(base)}/devices/sources`;

/** Whom the Consent lets write: a client by what it is registered under; a vendor brings nothing itself, it is asked by us. */
function bringer({ base, connection }: Told): Reference<Device> {
  const { kind, source, name } = connection;
  if (kind === 'vendor')
    return { identifier: { system: sourceSystem(base), value: source }, display: `Readings from ${name}` };
  return { identifier: { system: clientSystem(base), value: source.slice(kind.length + 1) }, display: name };
}

/** What a Consent to some measures names, a list of codes for each; null: whichever. */
export const codesOf = (codings: readonly (readonly Coding[])[] | null): { code?: CodeableConcept[] } =>
  codings === null || codings.length === 0 ? {} : { code: codings.map((coding) => ({ coding: [...coding] })) };

/** @param codings of the measures that it may bring, a list for each; null: whichever */
export function consentOf(
  told: Told,
  id: string,
  codings: readonly (readonly Coding[])[] | null,
): Consent & { id: string } {
  const { connection, who, now } = told;
  return {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: hl7('consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] }],
    patient: { reference: `Patient/${connection.patient}` },
    dateTime: now.toISOString(),
    // Who is no resource consents for nobody: the operator, at whose word it was made.
    ...(who.reference === undefined ? {} : { performer: [who] }),
    policyRule: hl7('v3-ActCode', 'OPTIN'),
    provision: {
      type: 'permit',
      period: { start: now.toISOString() },
      actor: [{ role: hl7('v3-ParticipationType', 'IRCP', 'information recipient'), reference: bringer(told) }],
      action: [hl7('consentaction', 'correct', 'Access and Correct')],
      purpose: [
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'PATRQT', display: 'patient requested' },
      ],
      class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
      ...codesOf(codings),
    },
  };
}

/** What stands between the devices of a source and us. https://build.fhir.org/ig/HL7/phd/PhgDeviceProfile.html */
export const deviceOf = ({ base, connection }: Told, id: string): Device & { id: string } => ({
  resourceType: 'Device',
  id,
  identifier: [{ system: sourceSystem(base), value: connection.source }],
  status: 'active',
  deviceName: [{ name: connection.name, type: 'user-friendly-name' }],
  type: {
    coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '531981', display: 'MDC_MOC_VMS_MDS_AHD' }],
    text: 'Source of readings',
  },
  patient: { reference: `Patient/${connection.patient}` },
});

/** For as long as it is connected. */
export const statementOf = (
  { connection, who, now }: Told,
  id: string,
  device: string,
): DeviceUseStatement & { id: string } => ({
  resourceType: 'DeviceUseStatement',
  id,
  status: 'active',
  subject: { reference: `Patient/${connection.patient}` },
  timingPeriod: { start: now.toISOString() },
  recordedOn: now.toISOString(),
  ...(who.reference === undefined ? {} : { source: who }),
  device: { reference: `Device/${device}` },
});

export const provenanceOf = (
  { who, now }: Told,
  id: string,
  activity: 'CREATE' | 'UPDATE',
  targets: readonly string[],
): Provenance & { id: string } => ({
  resourceType: 'Provenance',
  id,
  target: targets.map((reference) => ({ reference })),
  recorded: now.toISOString(),
  activity: hl7('v3-DataOperation', activity),
  agent: [{ type: hl7('provenance-participant-type', 'author', 'Author'), who }],
});

/** Who let a source bring readings, changed what it may, or ended it. https://hl7.org/fhir/R4/auditevent.html */
export const auditOf = (
  { base, connection, who, now }: Told,
  action: 'C' | 'U',
  consent: string | null,
  why: string,
): AuditEvent => ({
  resourceType: 'AuditEvent',
  type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110113', display: 'Security Alert' },
  subtype: [
    { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110136', display: 'Security Roles Changed' },
  ],
  action,
  recorded: now.toISOString(),
  outcome: '0',
  outcomeDesc: why,
  agent: [{ who, requestor: true }],
  source: { observer: { identifier: { value: issuerOf(base) }, display: 'Portico' } },
  entity: [
    { what: { reference: `Patient/${connection.patient}` } },
    ...(consent === null ? [] : [{ what: { reference: `Consent/${consent}` } }]),
    { what: { identifier: { system: sourceSystem(base), value: connection.source } }, description: connection.name },
  ],
});
