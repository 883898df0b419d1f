import type { SmartContext } from '../context.ts';
import type { AppGrant } from './app-grant.ts';
import { standingOf } from './standing.ts';
import { mintToken, placeOf } from './tokens.ts';

/** Seconds. What was revoked ends at once all the same: see authenticate.ts. */
export const accessTokenLifetime = 300;

/**
 * An access token of a grant.
 *
 * @param scope what this token may do: the grant's scope or less
 * @param jkt thumbprint of the key that it is bound to; null: it is a bearer token
 * @returns `expiresIn` in seconds
 */
export async function issueAccessToken(
  context: SmartContext,
  grant: AppGrant,
  scope: string,
  jkt: string | null,
): Promise<{ token: string; expiresIn: number }> {
  const claims = {
    ...(await standingOf(context.database.byKey, grant)),
    tenant: grant.tenant,
    subject: grant.userId ?? grant.clientId,
    clientId: grant.clientId,
    scope,
    patient: grant.patient,
    encounter: grant.context.encounter ?? null,
    fhirUser: grant.fhirUser,
    grant: grant.id,
    jkt,
  };
  const token = await mintToken(context.keys, placeOf(context.baseUrl, grant.tenant), claims, accessTokenLifetime);
  return { token, expiresIn: accessTokenLifetime };
}
