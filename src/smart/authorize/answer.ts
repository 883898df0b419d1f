import { type OAuthErrorCode, redirect } from '../answers.ts';
import type { Answer } from '../endpoint.ts';
import type { Place } from '../tokens/tokens.ts';
import type { AuthorizationRequest } from './request.ts';

type To = Pick<AuthorizationRequest, 'redirectUri' | 'state'>;

/** Characters of a state: what does not fit into a header cannot be sent back. */
export const LONGEST_STATE = 4000;

/** Back to the app, at an address that is known to be registered; `iss` tells it which server speaks. RFC 9207 */
function toApp(
  place: Place,
  { redirectUri, state }: To,
  parameters: Record<string, string>,
  cookies?: string[],
): Answer {
  const query = new URLSearchParams(parameters);
  if (state !== null && state.length <= LONGEST_STATE) query.set('state', state);
  query.set('iss', place.issuer);
  return redirect(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`, cookies);
}

export const codeToApp = (place: Place, to: To, code: string, cookies: string[]): Answer =>
  toApp(place, to, { code }, cookies);

/**
 * @param description ASCII without `"` and `\`
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
 */
export const errorToApp = (place: Place, to: To, error: OAuthErrorCode, description: string): Answer =>
  toApp(place, to, { error, error_description: description });
