import type { Answer } from './endpoint.ts';

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.1: tokens are kept by nobody on the way. */
const unkept = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...unkept, ...headers },
  body: JSON.stringify(value),
});

/** The error codes of RFC 6749, 7009, 7591, 8628, 9126, 9449, OpenID Connect and UDAP that this server gives. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_token_type'
  | 'invalid_scope'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'login_required'
  | 'interaction_required'
  | 'consent_required'
  | 'account_selection_required'
  | 'invalid_request_uri'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_software_statement'
  | 'unapproved_software_statement'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce';

/**
 * A refusal as OAuth writes it.
 *
 * @param description ASCII without `"` and `\`, for a developer: what was wrong and what is allowed
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export const oauthError = (
  status: number,
  error: OAuthErrorCode,
  description: string,
  headers: Record<string, string> = {},
): Answer => json(status, { error, error_description: description }, headers);

/** 303: what follows is fetched with GET, whatever this was. */
export const redirect = (location: string, cookies: readonly string[] = []): Answer => ({
  status: 303,
  headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
  body: '',
  cookies,
});
