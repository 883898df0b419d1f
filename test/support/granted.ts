import { createHash, randomUUID } from 'node:crypto';
import { addUser } from '../../src/smart/people/users.ts';
import { createGrant, type NewAppGrant } from '../../src/smart/tokens/app-grants.ts';
import { issueCode } from '../../src/smart/tokens/codes.ts';
import type { App } from './app.ts';
import type { Server } from './server.ts';
import { redirectUri } from './smart-world.ts';

export const verifier = 'v'.repeat(64);
export const challenge = createHash('sha256').update(verifier).digest('base64url');

export type Granted = { grantId: string; code: string };

/** What is there once somebody has let an app in, without the pages: a grant of a new user, and a code for it. */
export async function grantTo(
  server: Server,
  { clientId }: Pick<App, 'clientId'>,
  more: Partial<NewAppGrant> & { codeChallenge?: string } = {},
): Promise<Granted> {
  const { codeChallenge = challenge, ...rest } = more;
  const patient = rest.patient ?? 'pa';
  const fhirUser = `Patient/${patient}`;
  const user = await addUser(server.database, { tenant: 1, username: randomUUID(), displayName: 'Ada', fhirUser });
  if (!user) throw new Error('the name is taken');
  const grantId = randomUUID();
  await createGrant(server.database, {
    tenant: 1,
    id: grantId,
    clientId,
    userId: user.id,
    sessionId: null,
    scope: 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs',
    context: {},
    fhirUser,
    patient,
    consentId: null,
    dpopJkt: null,
    expiresAt: null,
    ...rest,
  });
  const use = {
    tenant: 1,
    grantId,
    clientId,
    redirectUri,
    codeChallenge,
    nonce: null,
    signedInAt: new Date(),
    methods: ['pwd'],
  };
  return { grantId, code: await issueCode(server.database, use) };
}

export type Tokens = { status: number; body: Record<string, string> };

/** A request to the token endpoint of a public app. */
export async function askToken(server: Server, form: Record<string, string>, headers = {}): Promise<Tokens> {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${server.origin}/oauth2/token`, { method: 'POST', body, headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

export const exchange = (
  server: Server,
  { clientId }: Pick<App, 'clientId'>,
  code: string,
  more = {},
): Promise<Tokens> =>
  askToken(server, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...more,
  });

export const refresh = (server: Server, { clientId }: Pick<App, 'clientId'>, token = '', more = {}): Promise<Tokens> =>
  askToken(server, { grant_type: 'refresh_token', client_id: clientId, refresh_token: token, ...more });
