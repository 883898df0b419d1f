import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { openNote, sealNote } from '../people/sealed-note.ts';
import { cookieOf, setCookie } from '../people/session-cookie.ts';
import { newSecret, sha256 } from '../random.ts';
import { useOnce } from '../tokens/used-identifiers.ts';
import type { Known, Visit } from './providers.ts';

/** Minutes that a person has at the provider, and to sign in here afterwards. */
const MINUTES = 10;

/** Where somebody was on the way to when they left for a provider. */
export type Journey = {
  provider: string;
  /** A path of this server; null: to their account. */
  next: string | null;
  /** Id of the user who, signed in, wanted to link the provider; null: it was to sign in. */
  linkFor: string | null;
};

/**
 * What is sealed here opens in the same browser only: by a cookie of its own, which outlasts the sign-in. A link that
 * somebody else began is worth nothing in this one.
 */
export function browserOf(context: SmartContext, request: SmartRequest): { owner: string; cookies: string[] } {
  const known = cookieOf(context, request, 'federation');
  const value = known ?? newSecret();
  return { owner: sha256(value), cookies: [setCookie(context, request, value, 'federation', MINUTES * 60)] };
}

const visitLabel = (tenant: number, provider: string, owner: string): string =>
  `federation visit ${tenant} ${provider} ${owner}`;

type Sealed = Journey & Pick<Visit, 'nonce' | 'verifier'>;

/** The `state` of a visit: nothing of it is kept here. */
export const stateOf = (context: SmartContext, tenant: number, owner: string, sealed: Sealed): string =>
  sealNote(context, visitLabel(tenant, sealed.provider, owner), sealed, MINUTES);

/** What a `state` says that came back to the browser that it was made for, for the first time; else null. */
export async function takeState(
  context: SmartContext,
  tenant: number,
  owner: string,
  provider: string,
  state: string,
): Promise<Sealed | null> {
  const opened = openNote(context, visitLabel(tenant, provider, owner), state);
  if (!opened) return null;
  const { expires } = opened;
  const used = { tenant, kind: 'federation-state', owner: provider, identifier: sha256(state), expires };
  return (await useOnce(context.database, used)) ? (opened.note as Sealed) : null; // stateOf made it
}

const ticketLabel = (tenant: number, owner: string): string => `federation link ${tenant} ${owner}`;

/** Who somebody turned out to be at a provider, whom nobody here is linked to yet. */
export type Ticket = Known & { provider: string; next: string | null };

export const ticketOf = (context: SmartContext, tenant: number, owner: string, ticket: Ticket): string =>
  sealNote(context, ticketLabel(tenant, owner), ticket, MINUTES);

export function openTicket(context: SmartContext, tenant: number, owner: string, text: string): Ticket | null {
  const opened = openNote(context, ticketLabel(tenant, owner), text);
  return opened ? (opened.note as Ticket) : null; // ticketOf made it
}
