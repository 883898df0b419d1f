import { oauthError } from '../answers.ts';
import { type Client, isConfidential } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import { newSecret } from '../random.ts';
import { narrowScopes } from '../scopes/narrow-scopes.ts';
import { parseScopes } from '../scopes/scopes.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { createGrant, findGrant, isLive } from '../tokens/app-grants.ts';
import { liveGrant } from '../tokens/live-grant.ts';
import { tokenAnswer } from './answer.ts';
import type { TokenGrant } from './grant.ts';

/** What a backend service was granted is one row, which all its tokens name: its registration is what grants it. */
const standingId = ({ id }: Client): string => `client ${id}`;

/** The row of a service that was disabled and let in again: what was granted before it was disabled stays ended. */
async function laterGrant(context: SmartContext, { tenant, id }: Client): Promise<AppGrant | null> {
  const [row] = await context.database.byKey.query(
    'select id from app_grant where tenant = $1 and client_id = $2 and user_id is null and revoked_at is null',
    [tenant, id],
  );
  return row ? findGrant(context.database.byKey, tenant, String(row[0])) : null;
}

async function standingGrant(context: SmartContext, client: Client): Promise<AppGrant | null> {
  const { tenant } = client;
  const first = standingId(client);
  const known = await findGrant(context.database.byKey, tenant, first);
  const found = known === null || known.revokedAt === null ? known : await laterGrant(context, client);
  if (found) return found;
  const id = known === null ? first : `${first} ${newSecret()}`;
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
    if (
      !(await liveGrant(context.database.byKey, {
        tenant: client.tenant,
        grant: grant.id,
        clientId: client.id,
        jti: '',
      }))
    )
      return oauthError(400, 'unauthorized_client', 'Whoever this app works for does not work with us any more');
    return tokenAnswer(ask, { grant, scope, refreshToken: null, nonce: null, signedInAt: null, methods: [] });
  },
};
