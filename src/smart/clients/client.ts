import type { JSONWebKeySet } from 'jose';

export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** What an app says of itself, in the words of https://www.rfc-editor.org/rfc/rfc7591#section-2 */
export type ClientMetadata = {
  client_name: string;
  client_uri?: string | undefined;
  logo_uri?: string | undefined;
  tos_uri?: string | undefined;
  policy_uri?: string | undefined;
  contacts?: readonly string[] | undefined;
  /** Compared letter by letter; the port of http://127.0.0.1 and http://[::1] may be any (RFC 8252). */
  redirect_uris: readonly string[];
  post_logout_redirect_uris?: readonly string[] | undefined;
  /** Where an EHR starts it. */
  launch_uri?: string | undefined;
  grant_types: readonly GrantType[];
  token_endpoint_auth_method: ClientAuthMethod;
  /** The most that it may be granted, separated by spaces. */
  scope: string;
  jwks?: JSONWebKeySet | undefined;
  jwks_uri?: string | undefined;
  id_token_signed_response_alg?: 'RS256' | 'ES384' | undefined;
  dpop_bound_access_tokens?: boolean | undefined;
  require_pushed_authorization_requests?: boolean | undefined;
  software_id?: string | undefined;
  software_version?: string | undefined;
};

/** A registered app. */
export type Client = {
  tenant: number;
  id: string;
  metadata: ClientMetadata;
  /** sha256 of its secret, base64url; the secret itself is shown once. */
  secretHash: string | null;
  managementHash: string | null;
  /** The URI of its certificate, if it registered by UDAP. */
  certificateUri: string | null;
  /** Id of the user whose it is; null: the operator's. */
  owner: string | null;
  registeredBy: 'operator' | 'developer' | 'dynamic' | 'udap' | 'demo';
  createdAt: Date;
  lastUsedAt: Date | null;
  disabled: boolean;
};

export const isConfidential = ({ metadata }: Client): boolean => metadata.token_endpoint_auth_method !== 'none';
