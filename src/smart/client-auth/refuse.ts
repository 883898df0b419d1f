import { oauthError } from '../answers.ts';
import type { Answer } from '../endpoint.ts';

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 @param basic whether the Authorization header was used */
export const refuseClient = (description: string, basic = false): { ok: false; answer: Answer } => ({
  ok: false,
  answer: oauthError(401, 'invalid_client', description, basic ? { 'WWW-Authenticate': 'Basic realm="Portico"' } : {}),
});
