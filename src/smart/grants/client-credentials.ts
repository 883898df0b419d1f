import { oauthError } from '../answers.ts';
import type { AppGrant } from '../app-grant.ts';
import { createGrant, findGrant, isLive } from '../app-grants.ts';
import { type Client, isConfidential } from '../client.ts';
import type { SmartContext } from '../context.ts';
import { narrowScopes } from '../narrow-scopes.ts';
import { parseScopes } from '../scopes.ts';
import { tokenAnswer } from './answer.ts';
import type { TokenGrant } from './grant.ts';

/** What a backend service was granted is one row, which all its tokens name: its registration is what grants it. */
const standingId = ({ id }: Client): string => `client ${id}`;

async function standingGrant(context: SmartContext, client: Client): Promise<AppGrant | null> {
  const { tenant } = client;
  const id = standingId(client);
  const found = await findGrant(context.database.byKey, tenant, id);
  if (found) return found;
  const none = { userId: null, sessionId: null, fhirUser: null, patient: null, consentId: null, dpopJkt: null };
  const { scope } = client.metadata;
  await createGrant(context.database, {
    tenant,
    id,
    clientId: client.id,
    scope,
    context: {},
    expiresAt: null,
    ...none,
  });
  return findGrant(context.database.byKey, tenant, id);
}

const isSystem = (text: string): boolean => {
  const scopes = parseScopes(text);
  return scopes.ok && scopes.value.clinical.every(({ context }) => context === 'system');
};

/** The scopes of a registration that a backend service may have. */
const systemScopes = (scope: string): string =>
  scope
    .split(' ')
    .filter((one) => one !== '' && isSystem(one) && (one.startsWith('system/') || one.startsWith('portico/')))
    .join(' ');

/** https://hl7.org/fhir/smart-app-launch/backend-services.html */
export const clientCredentials: TokenGrant = {
  type: 'client_credentials',
  async run(ask) {
    const { context, request, client } = ask;
    if (!isConfidential(client)) {
      return oauthError(400, 'unauthorized_client', 'An app without a secret or a key gets no token for itself');
    }
    // A client that names none means all of its own. https://www.rfc-editor.org/rfc/rfc6749#section-3.3
    const asked = request.form.get('scope') || systemScopes(client.metadata.scope);
    if (!isSystem(asked)) {
      return oauthError(400, 'invalid_scope', 'scope must be system/ scopes, as in system/Observation.rs');
    }
    const scope = narrowScopes(asked, systemScopes(client.metadata.scope));
    if (scope === '')
      return oauthError(400, 'invalid_scope', 'Nothing of scope is within what this app is registered for');
    const grant = await standingGrant(context, client);
    if (!grant || !isLive(grant, context.now())) {
      return oauthError(400, 'unauthorized_client', 'What this app was granted has been ended');
    }
    return tokenAnswer(ask, { grant, scope, refreshToken: null, nonce: null, signedInAt: null });
  },
};
