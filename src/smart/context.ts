import type { Database } from '../db/database.ts';
import type { Caller, Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import type { Secret } from './secret.ts';
import type { Keys } from './tokens/keys.ts';

/** What the authorization server is built on; made once in start.ts. */
export type SmartContext = {
  database: Database;
  fhir: FhirContext;
  keys: Keys;
  secret: Secret;
  /** Caller → Grant, as every FHIR request has it. */
  decide: (caller: Caller) => Promise<Grant>;
  /** Without a trailing slash; tokens.ts makes a tenant's issuer of it. */
  baseUrl: string;
  /** For every URL that a client supplied. */
  fetch: GuardedFetch;
  settings: SmartSettings;
  /** ms since 1970. */
  now: () => number;
  /** Told of a fault of ours that does not end the request. */
  onFault: (error: unknown) => void;
};

/** An outside OpenID provider at which people may sign in. */
export type Provider = { id: string; name: string; issuer: string; clientId: string; clientSecret: string };

export type SmartSettings = {
  /** Whether there are accounts of the demo world, whose password the sign-in page tells. */
  demo: boolean;
  providers: readonly Provider[];
  /** Whether the last address of X-Forwarded-For is who connected. */
  behindProxy: boolean;
  /** What this server shows of itself and whom it trusts, for UDAP; null: no UDAP. */
  udap: UdapSettings | null;
};

export type UdapSettings = {
  /** PEM: the leaf first, then what leads to an anchor. */
  certificate: string;
  /** PEM, PKCS #8. */
  privateKey: string;
  /** PEM of the certificates under which clients are believed. */
  anchors: readonly string[];
};
