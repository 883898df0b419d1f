import { endConsent } from '../consents/consents.ts';
import type { SmartContext } from '../context.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { revokeGrant } from '../tokens/app-grants.ts';

/** Ends what was granted because something of it was used by two; of many who notice at once, one writes it down. */
export async function endGrant(context: SmartContext, grant: AppGrant, why: string): Promise<void> {
  if (await revokeGrant(context, grant.tenant, grant.id, why)) await endConsent(context, grant, null, why);
}
