import { hash } from 'node:crypto';
import type { Queryable } from '../db/database.ts';
import type { Caller } from '../fhir/access.ts';
import { forbidden, ok, type Refusal, type Result, unauthenticated } from '../fhir/outcome.ts';
import { actorOf } from './actor.ts';
import { contextsAgree, operatorScope, parseScopes, type Scopes } from './scopes/scopes.ts';
import { checkProof } from './tokens/dpop.ts';
import { createEpochs } from './tokens/epoch.ts';
import type { Keys } from './tokens/keys.ts';
import { liveGrant } from './tokens/live-grant.ts';
import { type Claims, challenge, checkToken } from './tokens/tokens.ts';

/** What a request says of who sends it. */
export type Credentials = {
  authorization: string | undefined;
  /** The DPoP header. */
  dpop?: string | undefined;
  method: string;
  /** Without query and fragment. */
  url: string;
};

/** @param tenant of the base that was asked */
export type Authenticate = (credentials: Credentials, tenant: number) => Promise<Result<Caller>>;

export type AuthenticateDeps = {
  /** Prepared lookups: database.byKey. */
  database: Queryable;
  keys: Keys;
  baseUrl: string;
  /** The Patients whose records somebody may see: `Practitioner/1` → ids. */
  reach: (tenant: number, fhirUser: string | null) => Promise<readonly string[]>;
  /** ms since 1970. */
  now?: () => number;
};

/** Tokens that are remembered at a time. */
const REMEMBERED = 10_000;
/** Characters; ours have some 900. */
const LONGEST = 8000;
/** ms for which the patients of a practitioner are remembered. */
const REACH_KEPT = 60_000;

const missing = unauthenticated(
  'Send an access token: Authorization: Bearer … (npm run -s token prints one for local use)',
);
const elsewhere = unauthenticated('The access token was issued for another tenant');
const ended = challenge('What the access token was issued for has been ended');
const bound = (description: string): Refusal => ({
  ...unauthenticated(description),
  headers: { 'WWW-Authenticate': `DPoP error="invalid_dpop_proof", error_description="${description}"` },
});
const outOfReach = forbidden('The access token is about a patient whom its user may not see any more');
const notBound = challenge('The access token is bound to a key: send it as Authorization: DPoP, with a proof');

type Known = { claims: Claims; caller: Result<Caller>; epoch: string; until: number };

/**
 * Who sent a request. A token is checked once and remembered, with the same Caller each time, so that what is made of a
 * Caller can be kept by it. Each request asks whether anything of its tenant was revoked since; if so, all is looked up anew:
 * what was revoked before a request arrived is refused, whichever process it reaches.
 */
export function createAuthenticate({ database, keys, baseUrl, reach, now = Date.now }: AuthenticateDeps): Authenticate {
  const known = new Map<string, Known>();
  const epochOf = createEpochs(database);

  function callerOf(claims: Claims, scopes: Scopes, patients: readonly string[]): Caller {
    const { tenant, fhirUser } = claims;
    const uses = (wanted: string): boolean => scopes.clinical.some(({ context }) => context === wanted);
    return {
      tenant,
      actor: actorOf(claims),
      purpose: claims.purpose ?? '',
      organization: claims.organization,
      subject: claims.subject,
      clientId: claims.clientId,
      scopes: scopes.clinical,
      patient: claims.patient,
      fhirUser,
      identified: scopes.others.has('openid') && scopes.others.has('fhirUser'),
      reach: uses('user') ? patients : uses('system') ? 'all' : [],
      grantId: claims.grant,
      operator: scopes.others.has(operatorScope),
    };
  }

  async function look(claims: Claims): Promise<Result<Caller>> {
    const scopes = parseScopes(claims.scope);
    if (!scopes.ok) return { ...scopes, status: 403 };
    const agree = contextsAgree(scopes.value.clinical);
    if (!agree.ok) return { ...agree, status: 403 };
    const contexts = new Set(scopes.value.clinical.map(({ context }) => context));
    // Without the context there is nobody whose record could be meant: not all records, none.
    if (contexts.has('patient') && claims.patient === null) return forbidden('The access token names no patient');
    if (contexts.has('user') && claims.fhirUser === null) return forbidden('The access token names no user');
    const isAbout = contexts.has('patient') && claims.grant !== null && claims.fhirUser !== null;
    const patients = contexts.has('user') || isAbout ? await reach(claims.tenant, claims.fhirUser) : [];
    // An app sees no more than who let it in: a practitioner may have treated the patient then and not now.
    if (isAbout && !patients.includes(claims.patient ?? '')) return outOfReach;
    return ok(callerOf(claims, scopes.value, patients));
  }

  async function find(token: string, tenant: number): Promise<Result<Known>> {
    const key = hash('sha256', token, 'base64');
    let found = known.get(key);
    if (found && found.until <= now()) found = undefined;
    const checked = found ? ok(found.claims) : await checkToken(keys, baseUrl, token);
    if (!checked.ok) return checked;
    if (checked.value.tenant !== tenant) return elsewhere;
    // Asked before the row is looked at: whatever is revoked in between is noticed by the next request.
    const epoch = await epochOf(tenant);
    if (found?.epoch === epoch) return ok(found);
    const claims = checked.value;
    if (!(await liveGrant(database, claims))) {
      known.delete(key);
      return ended;
    }
    // It was not this token that ended; what it may see may have changed all the same, and a new Caller is decided on anew.
    const caller = await look(claims);
    const until = Math.min(claims.expires * 1000, now() + REACH_KEPT);
    const fresh = { claims, caller, epoch, until };
    known.delete(key);
    if (known.size >= REMEMBERED) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    if (caller.ok) known.set(key, fresh);
    return ok(fresh);
  }

  return async ({ authorization, dpop, method, url }, tenant) => {
    if (!authorization) return missing;
    const [, scheme, token] = /^(Bearer|DPoP) +([\w.~+/-]+=*) *$/i.exec(authorization) ?? [];
    if (!scheme || !token || token.length > LONGEST) return missing;
    const found = await find(token, tenant);
    if (!found.ok) return found;
    const { claims, caller } = found.value;
    const isDpop = scheme.toLowerCase() === 'dpop';
    if (claims.jkt === null) return isDpop ? bound('The access token is bound to no key: send it as Bearer') : caller;
    if (!isDpop) return notBound;
    const proof = await checkProof(database, now(), { tenant, proof: dpop, method, url, accessToken: token });
    if (!proof.ok) return bound(proof.reason);
    return proof.jkt === claims.jkt ? caller : bound('The DPoP proof is of another key than the access token');
  };
}
