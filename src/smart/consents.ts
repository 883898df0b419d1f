import { randomUUID } from 'node:crypto';
import type { AuditEvent, Consent, ConsentProvision, Device, Reference } from '@medplum/fhirtypes';

import type { Database, Queryable } from '../db/database.ts';
import type { Scope } from '../fhir/access.ts';
import type { Json, Resource } from '../fhir/context.ts';
import { applyChanges, applyCreates } from '../fhir/store/apply.ts';
import { rememberTexts } from '../fhir/store/concept-texts.ts';
import { type Draft, draft } from '../fhir/store/draft.ts';
import { systemGrant } from '../fhir/store/system.ts';
import type { AppGrant } from './app-grant.ts';
import { revokeGrant } from './app-grants.ts';
import type { Client } from './client.ts';
import { findClient } from './clients.ts';
import type { SmartContext } from './context.ts';
import { parseScopes } from './scopes.ts';
import { placeOf } from './tokens.ts';
import type { User } from './user.ts';

/** A grant that is about to be written. */
type NewGrant = Omit<AppGrant, 'createdAt' | 'lastUsedAt' | 'revokedAt'>;

/** What is written into FHIR when something is granted; `consent` only where it is granted by whose record it is, or for them. */
export type ConsentDrafts = { consent: Draft | null; audit: Draft };

const hl7 = (system: string, code: string, display?: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code, ...(display ? { display } : {}) }],
});

/** An app has no resource of its own; it is named by what it is registered under. */
const appReference = (issuer: string, client: Client): Reference<Device> => ({
  identifier: { system: `${issuer}/oauth2/clients`, value: client.id },
  display: client.metadata.client_name,
});

const ownPatient = ({ patient, fhirUser }: NewGrant): string | null =>
  patient ?? /^Patient\/(.+)$/.exec(fhirUser ?? '')?.[1] ?? null;

/** A person speaks for their own record, and a RelatedPerson for the record they help with; a practitioner for nobody's. */
const speaksFor = ({ fhirUser }: NewGrant): boolean => /^(Patient|RelatedPerson)\//.test(fhirUser ?? '');

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

function provisionOf(issuer: string, client: Client, scopes: readonly Scope[], now: Date): ConsentProvision {
  const types = [...new Set(scopes.map(({ type }) => type))].filter((type) => type !== '*');
  const everything = scopes.some(({ type }) => type === '*');
  const categories = categoriesOf(scopes);
  return {
    type: 'permit',
    period: { start: now.toISOString() },
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
}

function consentOf(
  issuer: string,
  grant: NewGrant,
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
    provision: provisionOf(issuer, client, scopes, now),
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
function auditOf(
  issuer: string,
  grant: NewGrant,
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

function draftOf(context: SmartContext, tenant: number, made: Consent | AuditEvent, id: string = randomUUID()): Draft {
  const text = JSON.stringify(made);
  return draft(context.fhir, tenant, { text, resource: JSON.parse(text) as Resource }, id, new Date(context.now()));
}

/** What will be written when this is granted. https://hl7.org/fhir/R4/consent.html */
export async function draftConsent(
  context: SmartContext,
  { grant, client, user }: { grant: NewGrant; client: Client; user: User },
): Promise<ConsentDrafts> {
  const { issuer } = placeOf(context.baseUrl, grant.tenant);
  const now = new Date(context.now());
  const scopes = parseScopes(grant.scope);
  const made = consentOf(issuer, grant, client, scopes.ok ? scopes.value.clinical : [], now);
  const consent = made === null ? null : draftOf(context, grant.tenant, made);
  const why = 'An app was granted access';
  const event = { action: 'C' as const, consentId: consent?.id ?? null, user, now, why };
  const audit = draftOf(context, grant.tenant, auditOf(issuer, grant, client, event));
  await rememberTexts(context.database, [...(consent ? [consent] : []), audit]);
  return { consent, audit };
}

export const writeDrafts = (tx: Queryable, { consent, audit }: ConsentDrafts): Promise<void> =>
  applyCreates(tx, [...(consent ? [consent] : []), audit]);

/** This context with a transaction in the place of its database. */
function within(context: SmartContext, tx: Queryable): SmartContext {
  const database: Database = {
    query: tx.query,
    byKey: tx,
    planned: tx,
    transaction: (work) => work(tx),
    close: async () => {},
  };
  return { ...context, database };
}

/** The Consent of a grant as it will be once it has ended; null where it has none, or it has ended before. */
async function endedConsent(
  context: SmartContext,
  { tenant, consentId }: AppGrant,
): Promise<{ draft: Draft; version: number } | null> {
  if (consentId === null) return null;
  const found = await context.fhir.store.read(systemGrant(tenant, ['Consent']), 'Consent', consentId);
  if (!found.ok) return null;
  const consent = JSON.parse(found.value.content) as Json & Consent; // as it was stored
  if (consent.status !== 'active') return null;
  const end = new Date(context.now()).toISOString();
  const provision = consent.provision && { ...consent.provision, period: { ...consent.provision.period, end } };
  const ended = draftOf(
    context,
    tenant,
    { ...consent, status: 'inactive', ...(provision ? { provision } : {}) },
    consentId,
  );
  return { draft: ended, version: found.value.version };
}

/**
 * Takes back what was granted: its tokens end with the next request, its Consent becomes inactive, and an AuditEvent says
 * so; all of it or nothing.
 *
 * @param user who takes it back; null: nobody in particular, such as the app itself
 */
export async function endConsent(
  context: SmartContext,
  grant: AppGrant,
  user: User | null,
  why: string,
): Promise<void> {
  const { tenant } = grant;
  const { issuer } = placeOf(context.baseUrl, tenant);
  const client = await findClient(context, tenant, grant.clientId);
  const ended = await endedConsent(context, grant);
  const now = new Date(context.now());
  const event = { action: 'U' as const, consentId: grant.consentId, user, now, why };
  const audit = client && draftOf(context, tenant, auditOf(issuer, grant, client, event));
  await rememberTexts(context.database, [...(ended ? [ended.draft] : []), ...(audit ? [audit] : [])]);
  await context.database.transaction(async (tx) => {
    await revokeGrant(within(context, tx), tenant, grant.id, why);
    // If somebody else changed it in the meantime, it stays as they left it: access has ended all the same.
    if (ended) await applyChanges(tx, [{ draft: ended.draft, expected: ended.version }]);
    if (audit) await applyCreates(tx, [audit]);
  });
}
