import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';

import type { Client } from '../clients/client.ts';
import { clientKey } from '../clients/client-keys.ts';
import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { useOnce } from '../tokens/used-identifiers.ts';
import { authenticateByCertificate, isUdapRequest } from '../udap/client-auth.ts';
import type { ClientAuth } from './client-auth.ts';
import { refuseClient } from './refuse.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html */
export const assertionAlgorithms = ['RS384', 'ES384'];
/** Seconds that an assertion may be good for. */
const LONGEST = 300;
/** Seconds that two clocks may differ by. */
const TOLERANCE = 5;

/**
 * What an assertion may be meant for: the token endpoint as SMART has it, the issuer as RFC 7523 will, or the address that is
 * asked as RFC 9126 allows.
 */
const audiencesOf = ({ place, path }: SmartRequest): string[] => [
  `${place.issuer}/oauth2/token`,
  place.issuer,
  `${new URL(place.issuer).origin}${path}`,
];

/** What an assertion says, checked against the keys of the client; else a sentence. */
async function verified(
  context: SmartContext,
  request: SmartRequest,
  client: Client,
  assertion: string,
): Promise<JWTPayload | string> {
  const audiences = audiencesOf(request);
  try {
    const { alg, kid } = decodeProtectedHeader(assertion);
    if (!assertionAlgorithms.includes(alg ?? '')) return `alg must be ${assertionAlgorithms.join(' or ')}`;
    const found = await clientKey(context, client, alg ?? '', kid);
    if (!found.ok) return found.reason;
    const { payload } = await jwtVerify(assertion, found.key, {
      algorithms: [alg ?? ''],
      issuer: client.id,
      subject: client.id,
      audience: audiences,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(context.now()),
    });
    // One that is meant for others too could be used here by them.
    const meant = [payload.aud ?? []].flat();
    return meant.every((one) => audiences.includes(one)) ? payload : 'aud must name this server and no other';
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'exp is past';
    if (error instanceof errors.JWTClaimValidationFailed)
      return `the claim ${error.claim} is missing or not as it must be`;
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'its signature or its shape is wrong';
    throw error;
  }
}

/** `iss`, before anything is believed of it. */
function issuerOf(assertion: string): string | null {
  try {
    return decodeJwt(assertion).iss ?? null;
  } catch {
    return null;
  }
}

/**
 * A JWT that the app signed with its own key, good for one use.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7523
 */
export const privateKeyJwt: ClientAuth = {
  method: 'private_key_jwt',
  claims: ({ form }) => (form.has('client_assertion') ? (issuerOf(form.get('client_assertion') ?? '') ?? '') : null),
  async check(context, request, client) {
    const { form } = request;
    if (form.get('client_assertion_type') !== JWT_BEARER) {
      return refuseClient(`client_assertion_type must be ${JWT_BEARER}`);
    }
    if (form.has('client_id') && form.get('client_id') !== client.id) {
      return refuseClient('client_id is another than the iss of the client_assertion');
    }
    if (isUdapRequest(request) || client.certificateUri !== null) {
      return authenticateByCertificate(context, request, client);
    }
    const payload = await verified(context, request, client, form.get('client_assertion') ?? '');
    if (typeof payload === 'string') return refuseClient(`The client_assertion is not valid: ${payload}`);
    const { exp = 0, jti = '' } = payload;
    if (exp > context.now() / 1000 + LONGEST + TOLERANCE) {
      return refuseClient(`exp of the client_assertion must be at most ${LONGEST} seconds ahead`);
    }
    if (typeof jti !== 'string' || jti === '' || jti.length > 200) {
      return refuseClient('jti of the client_assertion must be a text of at most 200 characters');
    }
    const used = { tenant: client.tenant, kind: 'assertion', owner: client.id, identifier: jti };
    const fresh = await useOnce(context.database.byKey, { ...used, expires: new Date((exp + 60) * 1000) });
    return fresh
      ? { ok: true, value: client }
      : refuseClient('The client_assertion was used before: make one for each request');
  },
};
