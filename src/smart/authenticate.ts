import { hash } from 'node:crypto';

import type { Caller } from '../fhir/access.ts';
import { ok, type Result, unauthenticated } from '../fhir/outcome.ts';
import type { Keys } from './keys.ts';
import { operatorScope, parseScopes } from './scopes.ts';
import { checkToken } from './tokens.ts';

/** Takes the Authorization header; the tenant of the base that was asked, where the path names one. */
export type Authenticate = (authorization: string | undefined, tenant?: number) => Promise<Result<Caller>>;

/** Tokens that are remembered at a time. */
const REMEMBERED = 10_000;
/** Characters; ours have some 700. */
const LONGEST = 8000;

const missing = Promise.resolve(
  unauthenticated('Send an access token: Authorization: Bearer … (npm run -s token prints one for local use)'),
);
const elsewhere = unauthenticated('The access token was issued for another tenant');

/**
 * Who sent a request. A token is checked once and remembered until it expires, with the same Caller each time, so that what
 * is made of a Caller can be kept by it.
 *
 * @param now ms since 1970
 */
export function createAuthenticate(keys: Keys, baseUrl: string, now: () => number = Date.now): Authenticate {
  type Known = { answer: Promise<Result<Caller>>; tenant: number; until: number };
  const known = new Map<string, Known>();

  async function check(token: string, key: string): Promise<Result<Caller>> {
    const claims = await checkToken(keys, baseUrl, token);
    if (!claims.ok) return claims;
    const { tenant, subject, clientId, scope, patient, expires } = claims.value;
    const scopes = parseScopes(scope);
    if (!scopes.ok) return { ...scopes, status: 403 };
    const caller = ok<Caller>({
      tenant,
      subject,
      clientId,
      scopes: scopes.value.clinical,
      patient,
      fhirUser: null,
      identified: scopes.value.others.has('openid') && scopes.value.others.has('fhirUser'),
      reach: scopes.value.clinical.some(({ context }) => context === 'system') ? 'all' : [],
      grantId: null,
      operator: scopes.value.others.has(operatorScope),
    });
    if (known.size >= REMEMBERED) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    known.set(key, { answer: Promise.resolve(caller), tenant, until: expires * 1000 });
    return caller;
  }

  return (authorization, tenant) => {
    if (!authorization) return missing;
    const [, token] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? [];
    if (!token || token.length > LONGEST) return missing;
    const key = hash('sha256', token, 'base64');
    const found = known.get(key);
    if (found && found.until > now()) {
      return tenant === undefined || tenant === found.tenant ? found.answer : Promise.resolve(elsewhere);
    }
    if (found) known.delete(key);
    return check(token, key).then((answer) =>
      answer.ok && tenant !== undefined && answer.value.tenant !== tenant ? elsewhere : answer,
    );
  };
}
