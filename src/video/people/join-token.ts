import { errors, jwtVerify, SignJWT } from 'jose';

import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result, unauthenticated } from '../../fhir/outcome.ts';
import { secretText } from '../secrets.ts';
import { isOver } from '../session.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { findParticipant, type Participant } from './participants.ts';

/** Seconds: from the page that asked to its socket it is a moment. */
const LIFETIME = 60;
const audience = 'urn:portico:video';
const algorithm = 'HS256';

const keyOf = ({ settings }: FhirContext): Uint8Array => settings.keyOf('video join');

/** One way into a visit, for one socket of one participant. */
export async function issueJoinToken(context: FhirContext, visit: Visit, one: Participant): Promise<string> {
  const now = Math.floor(context.now() / 1000);
  return (
    new SignJWT({ tid: visit.tenant, vis: visit.id, rol: one.role, epo: visit.epoch })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(context.settings.baseOf(visit.tenant))
      .setAudience(audience)
      .setSubject(one.id)
      .setJti(secretText())
      .setIssuedAt(now)
      // Nothing outlives the time of the visit.
      .setExpirationTime(Math.min(now + LIFETIME, Math.floor(visit.hardStop / 1000)))
      .sign(keyOf(context))
  );
}

type Claims = { tid: number; vis: string; rol: string; epo: number; sub: string; jti: string; exp: number };

const bad = unauthenticated('This way into the visit was used, is too old, or is not of this server');

async function claimsOf(context: FhirContext, tenant: number, token: string): Promise<Claims | null> {
  try {
    const { payload } = await jwtVerify(token, keyOf(context), {
      algorithms: [algorithm],
      typ: 'JWT',
      audience,
      issuer: context.settings.baseOf(tenant),
      requiredClaims: ['sub', 'jti', 'exp', 'iat', 'tid', 'vis', 'rol', 'epo'],
      maxTokenAge: `${LIFETIME}s`,
      currentDate: new Date(context.now()),
    });
    return payload as Claims; // the signature is ours, and so are the claims
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

export type Entering = { visit: Visit; participant: Participant };

/**
 * Takes a token, once. What counts is what holds now, not what held when it was made.
 *
 * @returns 401 for a token that is no good or was used; 403 where the visit is over or the participant may not come in
 */
export async function consumeJoinToken(context: FhirContext, tenant: number, token: string): Promise<Result<Entering>> {
  const claims = await claimsOf(context, tenant, token);
  if (claims === null || claims.tid !== tenant) return bad;
  const on = context.database.byKey;
  const taken = await context.database.query(
    `insert into video_token_used (tenant, jti, expires_at) values ($1, $2, $3) on conflict do nothing returning jti`,
    [tenant, claims.jti, new Date(claims.exp * 1000)],
  );
  if (taken.length === 0) return bad;
  const visit = await findVisit(on, tenant, 'id', claims.vis);
  const participant = visit && (await findParticipant(on, tenant, visit.id, claims.sub));
  if (!visit || !participant || participant.role !== claims.rol) return bad;
  if (visit.epoch !== claims.epo || isOver(visit.state) || context.now() >= visit.hardStop)
    return forbidden('This visit is over');
  if (participant.state === 'denied' || participant.state === 'removed')
    return forbidden('Who treats in this visit has not let you in');
  // Who has left since joins anew.
  if (participant.state === 'expected' || participant.state === 'left')
    return forbidden('This way into the visit is of before you left it');
  return ok({ visit, participant });
}
