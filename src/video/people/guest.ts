import type { FhirContext } from '../../fhir/context.ts';
import type { Result } from '../../fhir/outcome.ts';
import { exchangeCode as exchange, type Guest, guestOf } from './invites.ts';
import { type Joined, join } from './join.ts';
import { limited } from './limit.ts';

/** Codes that are tried from one address within a minute. */
const MOST = 20;

/** As exchangeCode of invites.ts, for whom it is not tried too often. */
export async function exchangeCode(
  context: FhirContext,
  tenant: number,
  code: string,
  address: string,
): Promise<Result<Guest>> {
  return (await limited(context, tenant, `address ${address}`, MOST)) ?? exchange(context, tenant, code);
}

/** A guest wants in, or back in: as $video-join is for those who have an account. */
export async function guestJoin(
  context: FhirContext,
  tenant: number,
  secret: string,
  address: string,
): Promise<Result<Joined>> {
  const tooMuch = await limited(context, tenant, `address ${address}`, MOST);
  if (tooMuch) return tooMuch;
  const guest = await guestOf(context, tenant, secret);
  if (!guest.ok) return guest;
  const { visit, participant } = guest.value;
  return join(context, visit, participant, { reference: null, name: participant.name, address });
}
