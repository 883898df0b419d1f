import type { Binary, DocumentReference } from '@medplum/fhirtypes';

import type { Caller, Grant, Interaction, Seen } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, notFound, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { bytesOf, opens } from '../../fhir/store/binary.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { released } from '../../fhir/store/release.ts';
import { localName } from '../../privacy/consents/references.ts';
import { auditVisit } from '../audit.ts';
import { hashOf, secretText } from '../secrets.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { isRecording } from './document.ts';

/** ms that an address is good for. */
const GOOD = 60_000;

type Found = { visit: Visit; binary: { id: string; content: string; contentType: string } };

/** A recording that somebody may read with its bytes; of any other it is said that it is not there. */
async function readable(context: FhirContext, grant: Grant, id: string): Promise<Result<Found>> {
  const base = context.settings.baseOf(grant.tenant);
  const found = await context.store.read(grant, 'DocumentReference', id);
  if (!found.ok) return found;
  const row = released(grant, found.value, 'r');
  const document = JSON.parse(row.content) as DocumentReference; // what is stored is one
  const name = localName(document.content?.[0]?.attachment?.url, base);
  const encounter = localName(document.context?.encounter?.[0]?.reference, base);
  if (!isRecording(document) || !name?.startsWith('Binary/') || !encounter)
    return conflict(`DocumentReference/${id} is no recording of a visit`);
  const visit = await findVisit(
    context.database.byKey,
    grant.tenant,
    'encounter',
    encounter.slice('Encounter/'.length),
  );
  const binaryId = name.slice('Binary/'.length);
  const binary = await context.store.read(grant, 'Binary', binaryId);
  if (visit === null || !binary.ok || !(await opens(context, grant, binary.value.content)))
    return unknownId('DocumentReference', id);
  const { contentType = 'video/webm' } = JSON.parse(binary.value.content) as Binary;
  return ok({ visit, binary: { id: binaryId, content: binary.value.content, contentType } });
}

/** A Caller as it is kept for a minute; sets are lists in JSON. */
const callerText = (caller: Caller): string =>
  JSON.stringify({
    ...caller,
    scopes: caller.scopes.map((one) => ({ ...one, interactions: [...one.interactions] })),
  });

function callerIn(text: string): Caller {
  // As callerText has written it.
  const kept = JSON.parse(text) as Omit<Caller, 'scopes'> & {
    scopes: (Omit<Caller['scopes'][number], 'interactions'> & { interactions: Interaction[] })[];
  };
  return { ...kept, scopes: kept.scopes.map((one) => ({ ...one, interactions: new Set(one.interactions) })) };
}

/** `code` is known to who asked for it, and to nobody after it was used. */
export type Link = { code: string; expiresAt: number };

/**
 * An address at which a recording is sent, once, within a minute.
 *
 * @param id of the DocumentReference
 * @returns 404 what the caller may not read, 409 what is no recording
 */
export async function linkTo(context: FhirContext, grant: Grant, id: string): Promise<Result<Link>> {
  const found = await readable(context, grant, id);
  if (!found.ok) return found;
  const code = secretText();
  const expiresAt = context.now() + GOOD;
  await context.database.query(
    `insert into video_recording_link (tenant, code_hash, visit, document, binary_id, caller, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      grant.tenant,
      hashOf(code),
      found.value.visit.id,
      id,
      found.value.binary.id,
      callerText(grant.caller),
      new Date(expiresAt),
    ],
  );
  return ok({ code, expiresAt });
}

/** What is sent of a recording. */
export type Played = { contentType: string; name: string; bytes: Uint8Array };

const none = notFound('There is nothing at this address, or not any more');

/**
 * Sends what an address leads to, if who asked for it may still read it; that it was is in the ledger before it goes.
 *
 * @param address of whom it goes to
 * @returns the same 404 for what never was, was used, or is too old
 */
export async function playRecording(
  context: FhirContext,
  tenant: number,
  code: string,
  address: string,
): Promise<Result<Played>> {
  if (context.decide === undefined) throw new Error('nobody decides here what somebody may see');
  const now = new Date(context.now());
  const [row] = await context.database.query(
    `update video_recording_link set used_at = $3
     where tenant = $1 and code_hash = $2 and used_at is null and expires_at > $3 returning document, caller`,
    [tenant, hashOf(code), now],
  );
  if (!row) return none;
  const [document, caller] = [String(row[0]), callerIn(String(row[1]))];
  const seen: Seen[] = [];
  const grant: Grant = { ...(await context.decide(caller)), seen };
  const found = await readable(context, grant, document);
  if (!found.ok) return none;
  const { visit, binary } = found.value;
  const base = context.settings.baseOf(tenant);
  const path = ['Binary', binary.id];
  const request: FhirRequest = { method: 'GET', path, query: '', header: () => undefined, body: '', grant, base };
  await context.record?.(request, ok({ status: 200, headers: {}, body: null }), seen);
  const by = caller.fhirUser === null ? { reference: null, name: caller.actor } : { reference: caller.fhirUser };
  await auditVisit(context, visit, 'recording-played', { ...by, address });
  const bytes = await bytesOf(context, binary.content);
  const ending = binary.contentType.includes('mp4') ? 'mp4' : 'webm';
  return ok({ contentType: binary.contentType, name: `visit-${document}.${ending}`, bytes });
}
