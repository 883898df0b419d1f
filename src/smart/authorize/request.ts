import type { Queryable } from '../../db/database.ts';
import type { Language } from '../../pages/language.ts';
import type { SmartContext } from '../context.ts';
import { newSecret, sha256 } from '../random.ts';
import type { LaunchContext } from '../tokens/app-grant.ts';

/** https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
export const prompts = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof prompts)[number];

/** What an app asked for, once it has been checked: of its scopes those that it may ask for are left. */
export type AuthorizationRequest = {
  redirectUri: string;
  state: string | null;
  /** Separated by spaces. */
  scope: string;
  /** S256; null only for clients that registered by UDAP. */
  codeChallenge: string | null;
  nonce: string | null;
  /** sha256 of the launch that an EHR handed out. */
  launch: string | null;
  prompt: readonly Prompt[];
  /** Seconds since the sign-in that are still good. */
  maxAge: number | null;
  loginHint: string | null;
  language: Language | null;
  /** Thumbprint of the key that the code is bound to. https://www.rfc-editor.org/rfc/rfc9449#section-10 */
  dpopJkt: string | null;
  /** ms since 1970; whoever must sign in anew must have done so after it. */
  arrivedAt: number;
};

/** What has been found out so far on the way to the code. */
export type Chosen = {
  /** What the EHR said, once its launch was used. */
  launch?: LaunchContext | undefined;
  patient?: string | undefined;
};

/** A row of authorization_request that is under way. */
export type Interaction = {
  tenant: number;
  /** sha256 of the id in the page's address. */
  hash: string;
  clientId: string;
  request: AuthorizationRequest;
  chosen: Chosen;
  /** The session that it was taken up in; null: not yet. */
  sessionId: string | null;
};

/** Minutes that a person has. */
export const MINUTES = 30;
/** Seconds in which a pushed request must be taken up. https://www.rfc-editor.org/rfc/rfc9126#section-2.2 */
export const PUSHED_SECONDS = 90;

const URN = 'urn:ietf:params:oauth:request_uri:';

const insertSql = `insert into authorization_request (tenant, hash, client_id, request, pushed, expires_at)
  values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`;

/**
 * Keeps a request until it is answered.
 *
 * @param browser what only the browser that brought it has; it is needed to go on, along with the id
 * @returns the id of its pages
 */
export async function keepRequest(
  context: SmartContext,
  { tenant, clientId, request, browser }: Pick<Interaction, 'tenant' | 'clientId' | 'request'> & { browser: string },
): Promise<string> {
  const id = newSecret();
  const hash = hashOf(id, browser);
  await context.database.byKey.query(insertSql, [tenant, hash, clientId, JSON.stringify(request), false, MINUTES * 60]);
  return id;
}

/** The id in the address finds a request only together with the cookie of the browser that brought it. */
export const hashOf = (id: string, browser: string): string => sha256(`${id} ${browser}`);

/** The request of these pages, while it is open. */
export async function findInteraction(
  context: SmartContext,
  tenant: number,
  hash: string,
): Promise<Interaction | null> {
  const [row] = await context.database.byKey.query(
    `select client_id, request, chosen, session_id from authorization_request
     where tenant = $1 and hash = $2 and not pushed and ended_at is null and expires_at > now()`,
    [tenant, hash],
  );
  if (!row) return null;
  const [clientId, request, chosen, sessionId] = row;
  return {
    tenant,
    hash,
    clientId: String(clientId),
    // Both were written here.
    request: JSON.parse(String(request)) as AuthorizationRequest,
    chosen: chosen === null ? {} : (JSON.parse(String(chosen)) as Chosen),
    sessionId: sessionId === null ? null : String(sessionId),
  };
}

/** Binds the request to the session of whoever signed in first; false: another has it. */
export async function takeUp(on: Queryable, { tenant, hash }: Interaction, sessionId: string): Promise<boolean> {
  const rows = await on.query(
    `update authorization_request set session_id = $3
     where tenant = $1 and hash = $2 and ended_at is null and (session_id is null or session_id = $3) returning 1`,
    [tenant, hash, sessionId],
  );
  return rows.length > 0;
}

export async function choose(on: Queryable, { tenant, hash, chosen }: Interaction, more: Chosen): Promise<Chosen> {
  const all = { ...chosen, ...more };
  await on.query('update authorization_request set chosen = $3 where tenant = $1 and hash = $2', [
    tenant,
    hash,
    JSON.stringify(all),
  ]);
  return all;
}

/** Lets another sign in: what was chosen is forgotten, and the session that comes must be a new one. */
export async function startOver(context: SmartContext, { tenant, hash, request }: Interaction): Promise<void> {
  const again: AuthorizationRequest = { ...request, prompt: ['select_account'], arrivedAt: context.now() };
  await context.database.byKey.query(
    `update authorization_request set chosen = null, session_id = null, request = $3
     where tenant = $1 and hash = $2 and ended_at is null`,
    [tenant, hash, JSON.stringify(again)],
  );
}

/** Ends the request; false: it was ended before, so that it is answered once. */
export async function endRequest(on: Queryable, { tenant, hash }: Interaction): Promise<boolean> {
  const rows = await on.query(
    `update authorization_request set ended_at = now()
     where tenant = $1 and hash = $2 and ended_at is null and expires_at > now() returning 1`,
    [tenant, hash],
  );
  return rows.length > 0;
}

/** Keeps what an app pushed. @returns its request_uri */
export async function keepPushed(
  context: SmartContext,
  tenant: number,
  clientId: string,
  parameters: URLSearchParams,
): Promise<string> {
  const uri = `${URN}${newSecret()}`;
  const text = JSON.stringify([...parameters]);
  await context.database.byKey.query(insertSql, [tenant, sha256(uri), clientId, text, true, PUSHED_SECONDS]);
  return uri;
}

export const isPushedUri = (uri: string): boolean => uri.startsWith(URN);

/** What an app pushed under this address: once, and to no other app. */
export async function takePushed(
  context: SmartContext,
  tenant: number,
  clientId: string,
  uri: string,
): Promise<URLSearchParams | null> {
  const [row] = await context.database.byKey.query(
    `update authorization_request set ended_at = now()
     where tenant = $1 and hash = $2 and client_id = $3 and pushed and ended_at is null and expires_at > now()
     returning request`,
    [tenant, sha256(uri), clientId],
  );
  return row ? new URLSearchParams(JSON.parse(String(row[0])) as [string, string][]) : null; // written by keepPushed
}
