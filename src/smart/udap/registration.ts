import { json, oauthError } from '../answers.ts';
import type { ClientMetadata } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { revokeGrantsOfClient } from '../tokens/app-grants.ts';
import { useOnce } from '../tokens/used-identifiers.ts';
import { type Certified, checkCertified } from './certified-jwt.ts';
import { endCertificate, registerCertificate } from './registered.ts';
import { udapOf } from './settings.ts';
import { readStatement } from './software-statement.ts';

/**
 * Registers an app by what it signed under its certificate; registers it anew, under the id that it has, when its URI is
 * known; ends its registration when it asks for no grant type.
 *
 * @see https://hl7.org/fhir/us/udap-security/registration.html
 */
export async function registerByUdap(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const udap = udapOf(context.settings.udap, request.place.audience);
  if (!udap) return oauthError(400, 'invalid_request', 'This server does not register apps by UDAP');
  const { udap: version, software_statement: statement } = bodyOf(request);
  if (version !== '1') return oauthError(400, 'invalid_request', 'udap must be 1');
  if (typeof statement !== 'string') return unsound('It is missing');
  const checked = await checkCertified(udap, statement, `${request.place.issuer}/oauth2/register`, context.now());
  if (!checked.ok && checked.fault === 'untrusted') {
    return oauthError(400, 'unapproved_software_statement', `software_statement: ${checked.reason}`);
  }
  if (!checked.ok) return unsound(checked.reason);
  const { claims, uris } = checked.value;
  if (!uris.includes(claims.iss)) return unsound('Its iss must be a URI in the subjectAltName of its certificate');
  const read = readStatement(claims);
  if (!read.ok) return oauthError(400, read.error, read.reason);
  if (!(await isNew(context, request.tenant, claims))) return unsound('Its jti was used before');
  if (read.value.cancels) return cancel(context, request.tenant, claims.iss, statement);
  const { metadata } = read.value;
  const registered = await registerCertificate(context, request.tenant, claims.iss, metadata);
  if (!registered) {
    const reason = 'software_statement: The operator of this server has disabled this app';
    return oauthError(400, 'unapproved_software_statement', reason);
  }
  const { id, isNew: made } = registered;
  return json(made ? 201 : 200, answerOf(id, metadata, statement));
}

function bodyOf({ body }: SmartRequest): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(body) };
  } catch {
    return {};
  }
}

const unsound = (reason: string): Answer =>
  oauthError(400, 'invalid_software_statement', `software_statement: ${reason}`);

const isNew = (context: SmartContext, tenant: number, { iss, jti, exp }: Certified['claims']): Promise<boolean> =>
  useOnce(context.database, {
    tenant,
    kind: 'statement',
    owner: iss,
    identifier: jti,
    // As long as a clock that is late would take it.
    expires: new Date((exp + 60) * 1000),
  });

async function cancel(context: SmartContext, tenant: number, uri: string, statement: string): Promise<Answer> {
  const ended = await endCertificate(context, tenant, uri);
  if (!ended) return oauthError(400, 'invalid_client_metadata', 'grant_types is empty, and there is nothing to end');
  await revokeGrantsOfClient(context, tenant, ended.id, 'The app ended its registration');
  return json(200, { ...answerOf(ended.id, ended.metadata, statement), grant_types: [] });
}

/** https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1 */
const answerOf = (id: string, metadata: ClientMetadata, statement: string) => ({
  client_id: id,
  software_statement: statement,
  ...metadata,
  redirect_uris: metadata.redirect_uris.length > 0 ? metadata.redirect_uris : undefined,
  response_types: metadata.redirect_uris.length > 0 ? ['code'] : undefined,
});
