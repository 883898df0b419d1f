import type { Json } from '../../fhir/context.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import type { VendorSettings } from '../deps.ts';

/** Where a vendor is; each may be replaced by one of the same name in VendorSettings.endpoints. */
export type Endpoints = {
  /** The page on which its users agree. */
  authorize: string;
  token: string;
  /** Where its API begins, without a trailing slash. */
  api: string;
  /** Where a token is taken back. */
  revoke: string;
};

/** What its users agree to, and the ids of the measures that come with it. */
export type Scope = { scope: string; measures: readonly string[] };

/** How its OAuth 2 differs from that of others. https://www.rfc-editor.org/rfc/rfc6749 */
export type VendorOAuth = {
  /** Whether it takes a challenge with S256. https://www.rfc-editor.org/rfc/rfc7636 */
  pkce: boolean;
  /** Between scopes. */
  separator: ' ' | ',';
  clientAuthentication: 'basic' | 'post';
  /** Further parameters of the authorization request. */
  authorize: Readonly<Record<string, string>>;
  /** Further parameters of each token request. */
  token: Readonly<Record<string, string>>;
  /**
   * What its token endpoint answered, as RFC 6749 has it, where it wraps it: with `error` for what it refuses, null for what it may
   * give later.
   */
  unwrap?(answer: unknown): Json | null;
  /** Its id of the user, from what its token endpoint answered (after `unwrap`), or asked for with the new token. */
  user(answered: Json, reach: Reach): Promise<VendorAnswer<string>>;
};

/** A vendor, with the tokens of one of its users. */
export type Reach = {
  fetch: GuardedFetch;
  settings: VendorSettings;
  endpoints: Endpoints;
  access: string;
  /** Its id of the user; empty while it is not known. */
  user: string;
  /** ms since 1970. */
  now: number;
};

/**
 * Why a vendor gave nothing. unauthorized: it takes the token no more; rate-limited and unavailable: it may later; refused: it
 * will not, whenever it is asked.
 */
export type VendorFailure = {
  ok: false;
  reason: 'unauthorized' | 'rate-limited' | 'unavailable' | 'refused';
  /** Seconds that it asked us to wait; null: it did not say. */
  retryAfter: number | null;
};

export type VendorAnswer<T> = { ok: true; value: T } | VendorFailure;

/** What there is to be fetched, as JSON: it waits in a job. */
export type What = {
  /** A collection of the vendor's: its own word. */
  kind: string;
  /** ms since 1970, both; the whole of it unless `record` or `url` says what alone. */
  from?: number;
  to?: number;
  /** Its id of one record. */
  record?: string;
  /** Where it said that it is; only below its API is it fetched. */
  url?: string;
};

/** A request to one of our webhooks, read whole. */
export type WebhookRequest = {
  method: string;
  query: URLSearchParams;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  body: Uint8Array;
  /** What stood behind `/webhook/` in its path; null: nothing. */
  secret: string | null;
  /** Who connected; null: not known. */
  address: string | null;
};

export type WebhookAnswer = { status: number; contentType: string | null; body: string };

/** What one notification says of one user. */
export type VendorEvent = {
  /** Whoever sends it again sends the same; null: it says only where something is new, and says so again each time. */
  id: string | null;
  /** The vendor's id of the user. */
  vendorUser: string;
} & (
  | { kind: 'fetch'; what: What }
  /** Readings that came along, or records that are deleted: a text in the vendor's format. */
  | { kind: 'payload'; payload: string }
  /** The user has taken back at the vendor what they agreed to. */
  | { kind: 'ended' }
);

export type VendorWebhook = {
  /** Whether its address has VendorSettings.webhookSecret at its end: of vendors that sign nothing. */
  inPath: boolean;
  /** What it takes for "it came". */
  accepted: 200 | 204;
  /** ms within which it must be answered. */
  within: number;
  /** What is answered to a request that only asks whether we are who we say; null: it is a notification, to be verified. */
  challenge(request: WebhookRequest, settings: VendorSettings): WebhookAnswer | null;
  /** Whether the vendor sent it, a few minutes ago at most where it says when. */
  verify(request: WebhookRequest, settings: VendorSettings, now: number): Verdict;
  /** What a verified notification says; null: it cannot be read, or there is too much of it. */
  events(request: WebhookRequest): readonly VendorEvent[] | null;
};

/** A reason is a sentence for the log: it quotes nothing that was sent. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** A company at which people have accounts that their devices send readings to: one file each. */
export type Vendor = {
  /** Also the name of its format and part of the source of its readings: `vendor:withings`. */
  id: string;
  name: string;
  endpoints: Endpoints;
  scopes: readonly Scope[];
  oauth: VendorOAuth;
  webhook: VendorWebhook;
  /**
   * All that is to be fetched of a span of time, for the first time and for what no webhook told of.
   *
   * @param measures ids; null: whichever it has
   */
  between(from: number, to: number, measures: readonly string[] | null): readonly What[];
  /** What it has: texts in its format. Of a rate limit or a fault nothing is kept. */
  fetch(what: What, reach: Reach): Promise<VendorAnswer<readonly string[]>>;
  /**
   * Asks it to notify us of one user, or of all; doing so again changes nothing.
   *
   * @param callback the address of our webhook, with its secret where it has one
   * @returns when it ends unless it is asked again: ms since 1970; null: it does not end
   */
  subscribe(callback: string, reach: Reach): Promise<VendorAnswer<{ until: number | null }>>;
  /** Takes the token back, and the notifications of the user. Of a token that is taken back already it is ok. */
  revoke(callback: string, reach: Reach): Promise<VendorAnswer<null>>;
};

/** What its users are asked for: the scopes of the measures that were chosen. @param measures null: all that it has */
export const scopesFor = ({ scopes, oauth }: Vendor, measures: readonly string[] | null): string =>
  scopes
    .filter((one) => measures === null || one.measures.length === 0 || one.measures.some((id) => measures.includes(id)))
    .map(({ scope }) => scope)
    .join(oauth.separator);

/** The ids of the measures that it can bring. */
export const measuresOf = ({ scopes }: Vendor): readonly string[] => [
  ...new Set(scopes.flatMap(({ measures }) => measures)),
];

export const endpointsOf = ({ endpoints }: Vendor, { endpoints: others = {} }: VendorSettings): Endpoints => ({
  ...endpoints,
  ...others,
});

/** The path of its webhook below the paths of a tenant. */
export const webhookPath = ({ id, webhook }: Vendor, { webhookSecret }: VendorSettings): string =>
  `/devices/${id}/webhook${webhook.inPath ? `/${encodeURIComponent(webhookSecret ?? '')}` : ''}`;
