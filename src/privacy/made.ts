import type { Resource as Made } from '@medplum/fhirtypes';

import type { Queryable } from '../db/database.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import { ok, type Result } from '../fhir/outcome.ts';
import { applyChanges, applyCreates } from '../fhir/store/apply.ts';
import { rememberTexts } from '../fhir/store/concept-texts.ts';
import { type Draft, draft } from '../fhir/store/draft.ts';
import { systemGrant } from '../fhir/store/system.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import type { Written } from '../fhir/store/write.ts';
import { withLabels } from './labels/labelled.ts';

function draftOf(context: FhirContext, tenant: number, made: Made, id: string): Draft {
  const text = JSON.stringify(made);
  // What the server makes is a resource, in the words of the core.
  const resource = JSON.parse(text) as Resource;
  return draft(context, tenant, withLabels({ text, resource }, null, false), id, new Date(context.now()));
}

/** Stores what the server has made on its own account, under ids that it makes as well where there is none: all or nothing. */
export async function storeMade(context: FhirContext, tenant: number, made: readonly Made[]): Promise<Written[]> {
  const drafts = made.map((one) => draftOf(context, tenant, one, one.id ?? uuid7(context.now())));
  const types = [...new Set(made.map(({ resourceType }) => resourceType))];
  const written = await context.store.create(systemGrant(tenant, types), drafts);
  if (!written.ok) throw new Error(written.issues[0]?.diagnostics);
  return written.value;
}

/** The same in a transaction, with what else is written in it. */
export async function storeMadeIn(
  context: FhirContext,
  tx: Queryable,
  tenant: number,
  made: readonly (Made & { id: string })[],
): Promise<void> {
  const drafts = made.map((one) => draftOf(context, tenant, one, one.id));
  await rememberTexts(context.database, drafts);
  await applyCreates(tx, drafts);
}

/**
 * Writes the next version of what is stored already.
 *
 * @param version the one that it was made of
 * @param access `same`: it decides nothing anew of who may see what, though others of its type do
 * @returns 412 where somebody else wrote in between
 */
export function replaceMade(
  context: FhirContext,
  tenant: number,
  made: Made & { id: string },
  version: number,
  access: 'same' | null = null,
): Promise<Result<Written>> {
  const grant = systemGrant(tenant, [made.resourceType]);
  const written = draftOf(context, tenant, made, made.id);
  return context.store.update(grant, access === null ? written : { ...written, sameAccess: true }, version);
}

/**
 * Writes next versions in a transaction, with what else is written in it.
 *
 * @returns whether each was written: one that somebody else wrote in between was not
 */
export async function replaceMadeIn(
  context: FhirContext,
  tx: Queryable,
  tenant: number,
  made: readonly { resource: Made & { id: string }; version: number }[],
): Promise<boolean> {
  if (made.length === 0) return true;
  const drafts = made.map(({ resource }) => draftOf(context, tenant, resource, resource.id));
  await rememberTexts(context.database, drafts);
  const applied = await applyChanges(
    tx,
    made.map(({ version }, n) => ({ draft: drafts[n] as Draft, expected: version })), // as many as there are
  );
  return applied.every((one) => !('refused' in one));
}

/** What is stored under an id, for the server's own use; 404 and 410 as ever. */
export async function readOwn<T extends Made>(
  context: FhirContext,
  tenant: number,
  type: T['resourceType'],
  id: string,
): Promise<Result<{ resource: T & { id: string }; version: number }>> {
  const found = await context.store.read(systemGrant(tenant, [type]), type, id);
  if (!found.ok) return found;
  // What is stored has been checked to be of its type.
  return ok({ resource: JSON.parse(found.value.content) as T & { id: string }, version: found.value.version });
}
