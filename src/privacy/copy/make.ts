import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import { notify } from '../requests/notices.ts';
import { changeRequest, closeRequest, isOpen, parameterType } from '../requests/requests.ts';
import { archive } from './archive.ts';
import { type Copy, findCopy, hashOf, newKey, sealKey } from './copies.ts';
import { encrypted } from './frames.ts';
import { grantNow } from './principal.ts';
import type { AskGrant } from './record.ts';
import { zip } from './zip.ts';

/** Hours for which a copy can be fetched. */
const HOURS = 72;

/** Who asked may not see the record any more. */
class NoLongerAllowed extends Error {}

/** Where a person fetches a copy: a page, which asks them to sign in again. */
export const copyPath = (id: string): string => `/privacy/copy/${id}`;

/** The same as an address; a tenant's pages stand beside its FHIR base. */
export const copyUrl = ({ settings }: FhirContext, { tenant, id }: Pick<Copy, 'tenant' | 'id'>): string =>
  `${settings.baseOf(tenant).replace(/\/fhir\/R4$/, '')}${copyPath(id)}`;

/**
 * Makes a copy that was asked for, from the beginning: of one that was half made when a server was killed nobody had the key.
 * It ends without one when who asked may not see the record any more, at whichever page that is noticed.
 */
export async function makeCopy(context: FhirContext, tenant: number, id: string): Promise<void> {
  const copy = await findCopy(context.database, tenant, id);
  if (!copy || copy.endedAt !== null) return;
  if (copy.sha256 !== null) return announce(context, copy);
  await changeRequest(context, tenant, copy.taskId, (task) =>
    ok(
      isOpen(task) ? { status: 'in-progress', executionPeriod: { start: new Date(context.now()).toISOString() } } : {},
    ),
  );
  const key = newKey();
  const askGrant: AskGrant = async () => {
    const grant = await grantNow(context, copy.principal, copy.patient);
    if (grant === null) throw new NoLongerAllowed();
    return grant;
  };
  const bytes = encrypted(
    Buffer.from(key, 'base64url'),
    zip(archive(context, askGrant, copy), new Date(context.now())),
  );
  try {
    const { sha256, size } = await context.blobs.put(bytes);
    await keep(context, copy, { sha256, size, key });
  } catch (error) {
    // Inside of a stream that is being stored there is no other way to say stop.
    if (!(error instanceof NoLongerAllowed)) throw error;
    await giveUp(context, copy);
    return;
  }
  await announce(context, copy);
}

async function keep(
  context: FhirContext,
  { tenant, id }: Copy,
  { sha256, size, key }: { sha256: string; size: number; key: string },
): Promise<void> {
  const now = context.now();
  const kept = await context.database.query(
    `update record_copy set sha256 = $3, size = $4, sealed_key = $5, key_hash = $6, ready_at = $7, expires_at = $8
     where tenant = $1 and id = $2 and sha256 is null and ended_at is null returning 1`,
    [
      tenant,
      id,
      sha256,
      size,
      sealKey(context, id, key),
      hashOf(key),
      new Date(now),
      new Date(now + HOURS * 3_600_000),
    ],
  );
  // Somebody else made it meanwhile, with a key of their own.
  if (kept.length === 0) await context.blobs.delete(sha256);
}

/** Says that the copy is there. The address has no key in it: it is shown to who asked, once they have signed in again. */
async function announce(context: FhirContext, copy: Copy): Promise<void> {
  const { tenant, taskId, patient, principal } = copy;
  const output = [{ type: parameterType('copy'), valueUrl: copyUrl(context, copy) }];
  const closed = await closeRequest(context, tenant, taskId, { status: 'completed', output });
  if (!closed.ok) return;
  const text = `The copy of the record is ready. It can be fetched once, within ${HOURS} hours.`;
  await notify(context, { tenant, patient, recipient: principal.fhirUser, about: `Task/${taskId}`, text });
}

async function giveUp(context: FhirContext, { tenant, id, taskId }: Copy): Promise<void> {
  await context.database.query(
    'update record_copy set ended_at = $3 where tenant = $1 and id = $2 and ended_at is null',
    [tenant, id, new Date(context.now())],
  );
  const statusReason = 'Who asked for the copy may not see the record any more';
  await closeRequest(context, tenant, taskId, { status: 'failed', statusReason });
}
