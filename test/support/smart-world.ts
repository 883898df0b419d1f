import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { ClientMetadata } from '../../src/smart/clients/client.ts';
import { saveClient } from '../../src/smart/clients/clients.ts';
import { demoPassword } from '../../src/smart/people/demo-accounts.ts';
import { newSecret, sha256 } from '../../src/smart/random.ts';
import { launchScope } from '../../src/smart/scopes/scopes.ts';
import type { LaunchContext } from '../../src/smart/tokens/app-grant.ts';
import { type App, type Credentials, type OpenedApp, openApp, type Person } from './app.ts';
import type { Browser } from './browser.ts';
import { type Server, startServer } from './server.ts';

/** A server with the demo world and its accounts. */
export const startSmartWorld = (settings: Record<string, string> = {}): Promise<Server> =>
  startServer({ PORTICO_DEMO: 'on', ...settings });

export const redirectUri = 'https://app.test/back';

/** Every scope that an app in the tests may be granted. */
export const everything =
  'openid fhirUser profile email launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds';

export type Registering = {
  credentials?: Credentials['kind'];
  alg?: 'ES384' | 'RS384';
  metadata?: Partial<ClientMetadata>;
};

async function credentialsOf(kind: Credentials['kind'], alg: string): Promise<Credentials & { jwk?: object }> {
  if (kind === 'public') return { kind };
  if (kind !== 'key') return { kind, secret: newSecret() };
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { kind, key: privateKey, alg, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

const methods = {
  public: 'none',
  basic: 'client_secret_basic',
  post: 'client_secret_post',
  key: 'private_key_jwt',
} as const;

/** Registers an app as the operator does, and opens it. */
export async function registerApp(
  server: Server,
  { credentials: kind = 'public', alg = 'ES384', metadata = {} }: Registering = {},
): Promise<OpenedApp & { app: App }> {
  const { jwk, ...credentials } = await credentialsOf(kind, alg);
  const id = randomUUID();
  await saveClient(server.database, {
    tenant: 1,
    id,
    metadata: {
      client_name: 'Heart diary',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: methods[kind],
      scope: everything,
      ...(jwk ? { jwks: { keys: [jwk] } } : {}),
      ...metadata,
    },
    secretHash: 'secret' in credentials ? sha256(credentials.secret) : null,
    managementHash: null,
    certificateUri: null,
    owner: null,
    registeredBy: 'operator',
  });
  // The rest of a registered key stays behind.
  const app: App = {
    clientId: id,
    redirectUri: metadata.redirect_uris?.[0] ?? redirectUri,
    credentials: credentials as Credentials,
  };
  return { ...openApp(server, app), app };
}

/** A service without people. */
export const registerService = (
  server: Server,
  scope = 'system/*.rs',
  more: Registering = {},
): Promise<OpenedApp & { app: App }> =>
  registerApp(server, {
    credentials: 'key',
    ...more,
    metadata: { redirect_uris: [], grant_types: ['client_credentials'], scope, ...more.metadata },
  });

/** Accounts of the demo world. */
export const people = {
  amara: { username: 'amara-osei', password: demoPassword },
  lena: { username: 'dr-lena-marchetti', password: demoPassword, patient: 'amara-osei' },
} satisfies Record<string, Person>;

/** Starts an app with what is open in front of a user, as an EHR does. */
export async function launchFor(
  server: Server,
  clientId: string,
  username: string,
  context: LaunchContext,
): Promise<URL> {
  const [row] = await server.database.query('select id from user_account where tenant = 1 and username = $1', [
    username,
  ]);
  const response = await fetch(`${server.origin}/oauth2/launch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token(launchScope)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: clientId, user: String(row?.[0]), ...context }),
  });
  const { url, error_description: why } = (await response.json()) as { url: string; error_description?: string };
  if (response.status !== 201) throw new Error(why);
  return new URL(url);
}

/** Ends, in the pages of their account, everything that apps were granted by who is signed in. */
export async function revokeInPages(server: Server, browser: Browser): Promise<void> {
  for (let left = 10; left > 0; left -= 1) {
    const page = await browser.open(`${server.origin}/account/apps`);
    const form = page.forms.find(({ action }) => /\/account\/apps/.test(action));
    if (!form) return;
    await browser.submit(page, form, {}, form.buttons[0]);
  }
}
