import type { AuditEvent, Consent } from '@medplum/fhirtypes';

import type { Database, Queryable } from '../../db/database.ts';
import type { Json, Resource } from '../../fhir/context.ts';
import { applyChanges, applyCreates } from '../../fhir/store/apply.ts';
import { rememberTexts } from '../../fhir/store/concept-texts.ts';
import { type Draft, draft } from '../../fhir/store/draft.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import type { Client } from '../clients/client.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import type { User } from '../people/user.ts';
import { parseScopes } from '../scopes/scopes.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { findGrant, type NewAppGrant, revokeGrant } from '../tokens/app-grants.ts';
import { placeOf } from '../tokens/tokens.ts';
import { auditOf, consentOf } from './consent-resources.ts';

/** What is written into FHIR when something is granted; `consent` only where it is granted by whose record it is, or for them. */
export type ConsentDrafts = { tenant: number; consent: Draft | null; audit: AuditEvent };

function draftOf(context: SmartContext, tenant: number, made: Consent, known?: string): Draft {
  const id = known ?? uuid7(context.now());
  const text = JSON.stringify(made);
  return draft(context.fhir, tenant, { text, resource: JSON.parse(text) as Resource }, id, new Date(context.now()));
}

/** What will be written when this is granted. https://hl7.org/fhir/R4/consent.html */
export async function draftConsent(
  context: SmartContext,
  { grant, client, user }: { grant: NewAppGrant; client: Client; user: User },
): Promise<ConsentDrafts> {
  const { issuer } = placeOf(context.baseUrl, grant.tenant);
  const now = new Date(context.now());
  const scopes = parseScopes(grant.scope);
  const made = consentOf(issuer, grant, client, scopes.ok ? scopes.value.clinical : [], now);
  const consent = made === null ? null : draftOf(context, grant.tenant, made);
  const why = 'An app was granted access';
  const event = { action: 'C' as const, consentId: consent?.id ?? null, user, now, why };
  await rememberTexts(context.database, consent ? [consent] : []);
  return { tenant: grant.tenant, consent, audit: auditOf(issuer, grant, client, event) };
}

/** The last that is done in a transaction: whoever is to be recorded waits for its end. */
export async function writeDrafts(
  context: SmartContext,
  tx: Queryable,
  { tenant, consent, audit }: ConsentDrafts,
): Promise<void> {
  if (consent) await applyCreates(tx, [consent]);
  await appendAuditEvent(context.fhir, tenant, audit, { on: tx });
}

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
  const audit = client && auditOf(issuer, grant, client, event);
  await rememberTexts(context.database, ended ? [ended.draft] : []);
  await context.database.transaction(async (tx) => {
    const first = await tx.query(
      `update app_grant set consent_ended_at = now()
       where tenant = $1 and id = $2 and consent_ended_at is null returning 1`,
      [tenant, grant.id],
    );
    // Of several who end it at the same time, one writes it down.
    if (first.length > 0) {
      // If somebody else changed it in the meantime, it stays as they left it: access has ended all the same.
      if (ended) await applyChanges(tx, [{ draft: ended.draft, expected: ended.version }]);
    }
    // After the Consent, because it raises the epoch: who writes a Consent locks that first and the epoch then.
    await revokeGrant(within(context, tx), tenant, grant.id, why);
    if (audit && first.length > 0) await appendAuditEvent(context.fhir, tenant, audit, { on: tx });
  });
}

/** So many are looked after at a time. */
const AT_ONCE = 20;

/**
 * Makes the Consents inactive whose grants ended in another way: with a sign-out, with the app, or in the course of time.
 *
 * @returns how many there were
 */
export async function endLeftConsents(context: SmartContext, tenant: number): Promise<number> {
  const rows = await context.database.query(
    `select id, revoked_why from app_grant
     where tenant = $1 and consent_id is not null and consent_ended_at is null
       and (revoked_at is not null or expires_at <= now()) limit ${AT_ONCE}`,
    [tenant],
  );
  for (const [id, why] of rows) {
    const grant = await findGrant(context.database.byKey, tenant, String(id));
    if (grant) await endConsent(context, grant, null, why === null ? 'The access has run out' : String(why));
  }
  return rows.length;
}
