import type { FhirContext } from '../../fhir/context.ts';
import type { DeviceParts } from '../deps.ts';
import type { VendorAnswer, What } from '../vendors/vendor.ts';
import { placeOf, reachOf, vendorIn } from './authorization.ts';
import type { Connection } from './connection.ts';
import { freshTokens } from './tokens.ts';

const failed = (reason: 'unauthorized' | 'unavailable') => ({ ok: false as const, reason, retryAfter: null });

/**
 * What a vendor has of one of its users: texts in its format. A token that it does not take any more is renewed once; where it
 * takes none of ours the connection is expired from then on.
 */
export async function fetchFor(
  context: FhirContext,
  parts: DeviceParts,
  connection: Connection,
  what: What,
): Promise<VendorAnswer<readonly string[]>> {
  const place = placeOf(parts, vendorIn(connection));
  if (place === null) return failed('unavailable');
  let refused: string | null = null;
  for (;;) {
    const fresh = await freshTokens(context, parts, connection, refused);
    if (!fresh.ok) return failed(fresh.why === 'expired' ? 'unauthorized' : 'unavailable');
    const { tokens } = fresh;
    const answer = await place.vendor.fetch(what, reachOf(parts, place, tokens, context.now()));
    if (answer.ok || answer.reason !== 'unauthorized' || refused !== null) return answer;
    refused = tokens.access;
  }
}
