import { oauthError } from '../answers.ts';
import type { Answer } from '../endpoint.ts';

/**
 * 401 belongs to the Authorization header, and names what it is for; whoever tried otherwise is told with 400.
 *
 * @param basic whether the Authorization header was used
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export const refuseClient = (description: string, basic = false): { ok: false; answer: Answer } => ({
  ok: false,
  answer: basic
    ? oauthError(401, 'invalid_client', description, { 'WWW-Authenticate': 'Basic realm="Portico"' })
    : oauthError(400, 'invalid_client', description),
});
