import { createHmac } from 'node:crypto';

import type { FhirContext } from '../../fhir/context.ts';
import { type Refusal, tooManyRequests } from '../../fhir/outcome.ts';

const MINUTE = 60_000;

/** Whose address it is: a customer has 64 bits of version 6 at least. */
export function networkOf(address: string): string {
  const four = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  return four ?? (address.includes('::') ? address.replace(/::.*$/, '') : address).split(':').slice(0, 4).join(':');
}

const tooMany = tooManyRequests('That was tried too often within a minute; wait, and try again');

/**
 * Counts one try more of a place, over all processes.
 *
 * @param place an address or the id of a visit; kept as a keyed hash
 * @param most tries within a minute
 * @returns 429 where there were more, null else
 */
export async function limited(
  context: FhirContext,
  tenant: number,
  place: string,
  most: number,
): Promise<Refusal | null> {
  const { database, settings, now } = context;
  const minute = Math.floor(now() / MINUTE) * MINUTE;
  const source = createHmac('sha256', settings.keyOf('video limit')).update(place).digest('base64url');
  const [row] = await database.byKey.query(
    `insert into video_limit as l (tenant, source, minute, tried) values ($1, $2, $3, 1)
     on conflict (tenant, source, minute) do update set tried = l.tried + 1 returning tried`,
    [tenant, source, new Date(minute)],
  );
  return Number(row?.[0]) > most ? { ...tooMany, headers: { 'Retry-After': '60' } } : null;
}
