import type { AuditEvent, Consent, ConsentProvision, Device, Reference } from '@medplum/fhirtypes';

import type { Scope } from '../../fhir/access.ts';
import type { Client } from '../clients/client.ts';
import type { User } from '../people/user.ts';
import type { NewAppGrant } from '../tokens/app-grants.ts';

const hl7 = (system: string, code: string, display?: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code, ...(display ? { display } : {}) }],
});

/** An app has no resource of its own; it is named by what it is registered under. */
const appReference = (issuer: string, client: Client): Reference<Device> => ({
  identifier: { system: `${issuer}/oauth2/clients`, value: client.id },
  display: client.metadata.client_name,
});

const ownPatient = ({ patient, fhirUser }: NewAppGrant): string | null =>
  patient ?? /^Patient\/(.+)$/.exec(fhirUser ?? '')?.[1] ?? null;

/** A person speaks for their own record, and a RelatedPerson for the record they help with; a practitioner for nobody's. */
const speaksFor = ({ fhirUser }: NewAppGrant): boolean => /^(Patient|RelatedPerson)\//.test(fhirUser ?? '');

function actionsOf(scopes: readonly Scope[]) {
  const may = (letters: string): boolean =>
    scopes.some(({ interactions }) => [...interactions].some((one) => letters.includes(one)));
  return [
    ...(may('rs') ? [hl7('consentaction', 'access', 'Access')] : []),
    ...(may('cud') ? [hl7('consentaction', 'correct', 'Access and Correct')] : []),
  ];
}

/** The categories of granular scopes, as `system|code`. */
const categoriesOf = (scopes: readonly Scope[]) =>
  scopes.flatMap(({ query }) => {
    const [, system, code] = /^category=([^|&]+)\|([^&]+)$/.exec(query ?? '') ?? [];
    return system !== undefined && code !== undefined ? [{ coding: [{ system, code }] }] : [];
  });

function provisionOf(issuer: string, grant: NewAppGrant, client: Client, scopes: readonly Scope[], now: Date) {
  const types = [...new Set(scopes.map(({ type }) => type))].filter((type) => type !== '*');
  const everything = scopes.some(({ type }) => type === '*');
  const categories = categoriesOf(scopes);
  const provision: ConsentProvision = {
    type: 'permit',
    period: { start: now.toISOString(), ...(grant.expiresAt === null ? {} : { end: grant.expiresAt.toISOString() }) },
    actor: [
      { role: hl7('v3-ParticipationType', 'IRCP', 'information recipient'), reference: appReference(issuer, client) },
    ],
    action: actionsOf(scopes),
    purpose: [
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'PATRQT', display: 'patient requested' },
    ],
    ...(everything ? {} : { class: types.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) }),
    ...(categories.length === 0 ? {} : { code: categories }),
  };
  return provision;
}

/** The Consent of a grant; null where nobody speaks for a record by it. https://hl7.org/fhir/R4/consent.html */
export function consentOf(
  issuer: string,
  grant: NewAppGrant,
  client: Client,
  scopes: readonly Scope[],
  now: Date,
): Consent | null {
  const patient = ownPatient(grant);
  if (patient === null || grant.fhirUser === null || !speaksFor(grant) || scopes.length === 0) return null;
  return {
    resourceType: 'Consent',
    identifier: [{ system: `${issuer}/oauth2/grants`, value: grant.id }],
    status: 'active',
    scope: hl7('consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: now.toISOString(),
    performer: [{ reference: grant.fhirUser }],
    policyRule: hl7('v3-ActCode', 'OPTIN'),
    provision: provisionOf(issuer, grant, client, scopes, now),
  };
}

type Event = {
  action: 'C' | 'U';
  consentId: string | null;
  user: Pick<User, 'id' | 'displayName'> | null;
  now: Date;
  why: string;
};

/** Who let which app at which record, or took it back. https://hl7.org/fhir/R4/auditevent.html */
export function auditOf(
  issuer: string,
  grant: NewAppGrant,
  client: Client,
  { action, consentId, user, now, why }: Event,
): AuditEvent {
  const patient = ownPatient(grant);
  const who: Reference =
    grant.fhirUser === null
      ? { identifier: { system: `${issuer}/oauth2/users`, value: user?.id ?? grant.userId ?? '' } }
      : { reference: grant.fhirUser };
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110113', display: 'Security Alert' },
    subtype: [
      { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110136', display: 'Security Roles Changed' },
    ],
    action,
    recorded: now.toISOString(),
    outcome: '0',
    outcomeDesc: why,
    agent: [
      { who: user === null ? who : { ...who, display: user.displayName }, requestor: true },
      { who: appReference(issuer, client), requestor: false },
    ],
    source: { observer: { identifier: { value: issuer }, display: 'Portico' } },
    entity: [
      ...(patient === null ? [] : [{ what: { reference: `Patient/${patient}` } }]),
      ...(consentId === null ? [] : [{ what: { reference: `Consent/${consentId}` } }]),
      { what: { identifier: { system: `${issuer}/oauth2/grants`, value: grant.id } }, description: grant.scope },
    ],
  } as AuditEvent; // each list of entity has at least one
}
