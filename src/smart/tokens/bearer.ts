import { oauthError } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest, Step } from '../endpoint.ts';
import { checkProof } from './dpop.ts';
import { liveGrant } from './live-grant.ts';
import { type Claims, checkToken } from './tokens.ts';

const refuse = (description: string, scheme = 'Bearer'): { ok: false; answer: Answer } => ({
  ok: false,
  answer: oauthError(401, 'invalid_token', description, {
    'WWW-Authenticate': `${scheme} error="invalid_token", error_description="${description}"`,
  }),
});
// https://www.rfc-editor.org/rfc/rfc6750#section-3.1: who sent none made no mistake yet.
const missing = oauthError(401, 'invalid_token', 'Send an access token in the Authorization header', {
  'WWW-Authenticate': 'Bearer',
});

/** What the access token says that a request to the authorization server itself brings; looked up anew each time. */
export async function bearerOf(context: SmartContext, request: SmartRequest): Promise<Step<Claims>> {
  const [, scheme, token] = /^(bearer|dpop) +([\w.~+/-]+=*) *$/i.exec(request.header('authorization') ?? '') ?? [];
  if (!scheme || !token) return { ok: false, answer: missing };
  const claims = await checkToken(context.keys, context.baseUrl, token);
  if (!claims.ok) return refuse(claims.issues[0]?.diagnostics ?? 'The access token is not valid');
  const { tenant, jkt } = claims.value;
  if (tenant !== request.tenant) return refuse('The access token was issued for another tenant');
  if (!(await liveGrant(context.database.byKey, claims.value))) return refuse('The access token has been ended');
  if ((jkt !== null) !== (scheme.toLowerCase() === 'dpop')) {
    return refuse(jkt === null ? 'The access token is a bearer token' : 'The access token is bound to a key', 'DPoP');
  }
  if (jkt !== null) {
    const { method } = request;
    const url = `${context.baseUrl}${request.path}`;
    const proven = { tenant, proof: request.header('dpop'), method, url, accessToken: token };
    const proof = await checkProof(context.database, context.now(), proven);
    if (!proof.ok || proof.jkt !== jkt) return refuse(proof.ok ? 'The proof is of another key' : proof.reason, 'DPoP');
  }
  return { ok: true, value: claims.value };
}
