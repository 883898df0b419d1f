import { timingSafeEqual } from 'node:crypto';

import type { Seen } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { gone, notFound, ok, type Result, unauthenticated } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { type Copy, findCopy, hashOf, unsealKey } from './copies.ts';
import { decrypted } from './frames.ts';
import { grantNow } from './principal.ts';

/** Who is signed in at the browser, and when they last showed who they are; null: nobody. */
export type CopySession = { userId: string; signedInAt: Date } | null;

export type CopyAsk = { tenant: number; id: string; session: CopySession };

/** What is sent: a ZIP archive of `size` bytes. */
export type CopyDownload = { name: string; size: number; bytes: AsyncGenerator<Uint8Array> };

/** ms since the last sign-in after which it has to be done again. */
const FRESH = 300_000;

const unknown = (id: string): Result<never> => notFound(`There is no copy ${id} for you here`);

/** A copy that is there to be fetched by who asked for it, and asks now; the same 404 for what never was and what is another's. */
async function fetchable(context: FhirContext, { tenant, id, session }: CopyAsk): Promise<Result<Copy>> {
  if (session === null) return unauthenticated('Sign in to fetch the copy of your record');
  const copy = await findCopy(context.database.byKey, tenant, id);
  if (!copy || copy.principal.subject !== session.userId) return unknown(id);
  const now = context.now();
  if (now - session.signedInAt.getTime() > FRESH) {
    return unauthenticated('Sign in once more: a copy of a record is given to who has done so within five minutes');
  }
  if (copy.usedAt !== null) return gone('This copy was fetched before; ask for another');
  if (copy.expiresAt !== null && copy.expiresAt.getTime() <= now) return gone('This copy has expired; ask for another');
  if (copy.endedAt !== null) return gone('There is no such copy any more; ask for another');
  if (copy.sha256 === null) return notFound('The copy is not ready yet');
  return ok(copy);
}

/**
 * The key of the link, for the page that shows it to who asked for the copy.
 *
 * @returns 401 without a sign-in of the last five minutes, 404 for what is not theirs or not ready, 410 for what is over
 */
export async function copyKey(context: FhirContext, ask: CopyAsk): Promise<Result<{ key: string; expiresAt: Date }>> {
  const copy = await fetchable(context, ask);
  if (!copy.ok) return copy;
  const { id, sealedKey, expiresAt } = copy.value;
  if (sealedKey === null || expiresAt === null) return unknown(id);
  return ok({ key: unsealKey(context, id, sealedKey), expiresAt });
}

function isKeyOf(copy: Copy, secret: string): boolean {
  const [given, kept] = [Buffer.from(hashOf(secret)), Buffer.from(copy.keyHash ?? '')];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

const TAG = 16;
const FRAME = 65_536 + TAG;

/**
 * Opens a copy, once: whoever comes second is told that it was fetched. What goes out is in the ledger before it does.
 *
 * @param ask `secret` is the key of the link
 * @returns as copyKey; 404 for a wrong key, too
 */
export async function downloadCopy(
  context: FhirContext,
  ask: CopyAsk & { secret: string },
): Promise<Result<CopyDownload>> {
  const found = await fetchable(context, ask);
  if (!found.ok) return found;
  const copy = found.value;
  const { tenant, id, patient, sha256, size, principal } = copy;
  if (!isKeyOf(copy, ask.secret) || sha256 === null || size === null) return unknown(id);
  const grant = await grantNow(context, principal, patient);
  if (grant === null) return unknown(id);
  const base = context.settings.baseOf(tenant);
  const path = ['Patient', patient, '$my-data'];
  const request: FhirRequest = { method: 'GET', path, query: '', header: () => undefined, body: '', grant, base };
  const seen: Seen[] = [{ type: 'Patient', id: patient, patient, patients: null, labels: 0, interaction: 'r' }];
  await context.record?.(request, ok({ status: 200, headers: {}, body: null }), seen);
  const taken = await context.database.query(
    `update record_copy set used_at = $3, sealed_key = null
     where tenant = $1 and id = $2 and used_at is null and ended_at is null returning 1`,
    [tenant, id, new Date(context.now())],
  );
  if (taken.length === 0) return gone('This copy was fetched before; ask for another');
  const bytes = await context.blobs.get(sha256);
  if (bytes === null) throw new Error(`the bytes of the copy ${id} are not there`);
  const key = Buffer.from(ask.secret, 'base64url');
  return ok({
    name: `record-${id}.zip`,
    size: size - TAG * Math.ceil(size / FRAME),
    bytes: decrypted(key, bytes),
  });
}
