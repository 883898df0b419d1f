import { json, oauthError } from '../answers.ts';
import type { Answer } from '../endpoint.ts';
import { findUser } from '../people/users.ts';
import { issueAccessToken } from '../tokens/access-tokens.ts';
import type { AppGrant } from '../tokens/app-grant.ts';
import { issueIdToken } from '../tokens/id-tokens.ts';
import type { TokenAsk } from './grant.ts';

export const invalidGrant = (description: string): Answer => oauthError(400, 'invalid_grant', description);

export type Issue = {
  grant: AppGrant;
  /** What this token may do: the grant's scope or less. */
  scope: string;
  refreshToken: string | null;
  nonce: string | null;
  signedInAt: Date | null;
  methods: readonly string[];
};

/** What an app is told of where it was started. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
function launchContext({ grant, scope }: Issue, issuer: string): Record<string, unknown> {
  if (grant.userId === null) return {};
  const started = { ...grant.context };
  if (grant.patient !== null) started.patient = grant.patient;
  const scopes = new Set(scope.split(' '));
  const banner = started.patient === undefined ? undefined : (started.need_patient_banner ?? !scopes.has('launch'));
  return {
    ...started,
    need_patient_banner: banner,
    smart_style_url: started.smart_style_url ?? `${issuer}/oauth2/style`,
    tenant: started.tenant,
  };
}

/**
 * The answer of the token endpoint.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export async function tokenAnswer({ context, request, client, jkt }: TokenAsk, issue: Issue): Promise<Answer> {
  const { grant, scope, refreshToken, nonce, signedInAt, methods } = issue;
  const user = grant.userId === null ? null : await findUser(context.database, grant.tenant, grant.userId);
  if (grant.userId !== null && (!user || user.disabled)) return invalidGrant('The account of the person has ended');
  if (user && user.fhirUser !== grant.fhirUser) return invalidGrant('The person is linked to another record now');
  const { token, expiresIn } = await issueAccessToken(context, grant, scope, jkt);
  const openid = user !== null && scope.split(' ').includes('openid');
  return json(200, {
    access_token: token,
    token_type: jkt === null ? 'Bearer' : 'DPoP',
    expires_in: expiresIn,
    scope,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(openid
      ? {
          id_token: await issueIdToken(context, {
            client,
            user,
            grant: { ...grant, scope },
            nonce,
            signedInAt,
            methods,
            accessToken: token,
          }),
        }
      : {}),
    ...launchContext(issue, request.place.issuer),
  });
}
