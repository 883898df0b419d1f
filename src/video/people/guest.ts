import type { FhirContext } from '../../fhir/context.ts';
import type { Result } from '../../fhir/outcome.ts';
import { isWorking } from '../../privacy/gate/working.ts';
import type { Providers } from '../providers/provider.ts';
import { exchangeCode as exchange, type Guest, guestOf, unknown } from './invites.ts';
import { type Joined, join } from './join.ts';
import { limited, networkOf } from './limit.ts';

/** What is tried from one address within a minute: codes, and ways back in. */
const MOST_CODES = 20;
const MOST_JOINS = 60;

/** As exchangeCode of invites.ts, where it is not tried too often. */
export async function exchangeCode(
  context: FhirContext,
  tenant: number,
  code: string,
  address: string,
): Promise<Result<Guest>> {
  return (await limited(context, tenant, `codes ${networkOf(address)}`, MOST_CODES)) ?? exchange(context, tenant, code);
}

/** A guest wants in, or back in: as $video-join is for those who have an account; joinedText (join.ts) is the same answer. */
export async function guestJoin(
  context: FhirContext,
  tenant: number,
  secret: string,
  address: string,
  providers: Providers,
): Promise<Result<Joined>> {
  const tooMuch = await limited(context, tenant, `guests ${networkOf(address)}`, MOST_JOINS);
  if (tooMuch) return tooMuch;
  const guest = await guestOf(context, tenant, secret);
  if (!guest.ok) return guest;
  const { visit, participant } = guest.value;
  if (!(await isWorking(context, tenant, participant.reference))) return unknown;
  const by = { reference: participant.reference, name: participant.name, address };
  return join(context, visit, participant, by, providers);
}
