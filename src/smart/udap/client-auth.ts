import { oauthError } from '../answers.ts';
import { refuseClient } from '../client-auth/refuse.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest, Step } from '../endpoint.ts';
import { useOnce } from '../tokens/used-identifiers.ts';
import { b2bFault } from './b2b.ts';
import { type CertifiedResult, checkCertified } from './certified-jwt.ts';
import { udapOf } from './settings.ts';

/** Whether a request at the token endpoint is one of UDAP. https://hl7.org/fhir/us/udap-security/consumer.html */
export const isUdapRequest = ({ form }: SmartRequest): boolean => form.get('udap') !== null;

const refuse = (reason: string): { ok: false; answer: Answer } => refuseClient(`client_assertion: ${reason}`);

/**
 * Whether a request comes from the app that registered under the URI of a certificate: its assertion is signed under a
 * certificate with that URI, which need not be the one that it registered with.
 *
 * @param client the one that the assertion names as its issuer
 * @see https://hl7.org/fhir/us/udap-security/b2b.html#constructing-authentication-token
 */
export async function authenticateByCertificate(
  context: SmartContext,
  request: SmartRequest,
  client: Client,
): Promise<Step<Client>> {
  const udap = udapOf(context.settings.udap, request.place.audience);
  if (!udap || client.certificateUri === null) return refuse('This app did not register by UDAP');
  if (request.form.get('udap') !== '1') return refuse('An app that registered by UDAP sends udap=1');
  const audience = `${request.place.issuer}/oauth2/token`;
  const checked = await checkCertified(udap, request.form.get('client_assertion') ?? '', audience, context.now());
  if (!checked.ok) return refuse(checked.reason);
  const { claims, uris } = checked.value;
  if (claims.sub !== client.id) return refuse('Its iss and sub must be the client_id');
  if (!uris.includes(client.certificateUri)) return refuse('Its certificate must name the URI that the app registered');
  if (!(await isNew(context, client, checked))) return refuse('Its jti was used before');
  const fault = request.form.get('grant_type') === 'client_credentials' ? b2bFault(claims.extensions) : null;
  if (fault) return { ok: false, answer: oauthError(400, 'invalid_grant', fault) };
  return { ok: true, value: client };
}

const isNew = (
  context: SmartContext,
  { tenant, id }: Client,
  { value: { claims } }: CertifiedResult & { ok: true },
): Promise<boolean> =>
  useOnce(context.database, {
    tenant,
    kind: 'assertion',
    owner: id,
    identifier: claims.jti,
    // As long as a clock that is late would take it.
    expires: new Date((claims.exp + 60) * 1000),
  });
