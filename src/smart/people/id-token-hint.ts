import { compactVerify, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';

import type { SmartContext } from '../context.ts';
import { placeOf } from '../tokens/tokens.ts';

const claims = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), sid: z.string().optional() });

/** Whom an app was told had signed in. */
export type IdTokenHint = { subject: string; clientId: string; sessionId: string | null };

/**
 * What an ID token says that this server signed; null: it did not. One that has expired counts: people sign out long after
 * they signed in.
 *
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 */
export async function idTokenHint(
  { keys, baseUrl }: Pick<SmartContext, 'keys' | 'baseUrl'>,
  tenant: number,
  token: string,
): Promise<IdTokenHint | null> {
  try {
    const { kid, typ } = decodeProtectedHeader(token);
    const signer = kid === undefined ? null : await keys.verifying(kid);
    // An access token is signed with the same keys and is nobody's ID token.
    if (signer?.tenant !== tenant || typ !== 'JWT') return null;
    const { payload } = await compactVerify(token, signer.key, { algorithms: [signer.algorithm] });
    const read = claims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    if (!read.success || read.data.iss !== placeOf(baseUrl, tenant).issuer) return null;
    return { subject: read.data.sub, clientId: read.data.aud, sessionId: read.data.sid ?? null };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
