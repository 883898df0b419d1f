import { randomBytes, randomUUID } from 'node:crypto';

import type { ClientMetadata } from '../../src/smart/clients/client.ts';
import { saveClient } from '../../src/smart/clients/clients.ts';
import { newSession } from '../../src/smart/people/sessions.ts';
import type { User } from '../../src/smart/people/user.ts';
import { addUser } from '../../src/smart/people/users.ts';
import { challengeOf } from './app.ts';
import { type Browser, type Filled, openBrowser, type Page } from './browser.ts';
import { type Server, startServer } from './server.ts';

export type ConsentWorld = {
  server: Server;
  /** Registers a public app; what is given replaces what it has otherwise. */
  app(metadata?: Partial<ClientMetadata>): Promise<string>;
  user(fhirUser: string | null, roles?: User['roles']): Promise<User>;
  /** A browser in which this user is signed in; without one, in which nobody is. */
  browser(user?: User): Promise<Browser>;
  /** The address that an app sends a person to. */
  at(clientId: string, asked?: Record<string, string | undefined>): string;
  close(): Promise<void>;
};

export const callback = 'https://app.test/back';
export const verifier = randomBytes(32).toString('base64url');

/** A server with the demo world, people who are signed in without its pages, and apps. */
export async function consentWorld(settings: Record<string, string> = {}): Promise<ConsentWorld> {
  const server = await startServer({ PORTICO_DEMO: 'on', ...settings });
  const place = { issuer: server.origin, audience: server.base };
  return {
    server,
    async app(metadata = {}) {
      const id = randomUUID();
      await saveClient(server.database, {
        tenant: 1,
        id,
        metadata: {
          client_name: 'Heart diary',
          client_uri: 'https://app.test',
          redirect_uris: [callback],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
          scope:
            'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds',
          ...metadata,
        },
        secretHash: null,
        managementHash: null,
        certificateUri: null,
        owner: null,
        registeredBy: 'developer',
      });
      return id;
    },
    async user(fhirUser, roles = []) {
      const named = { tenant: 1, username: randomUUID(), displayName: 'Amara Osei', fhirUser, roles };
      const user = await addUser(server.database, named);
      if (!user) throw new Error('the name is taken');
      return user;
    },
    async browser(user) {
      const browser = openBrowser(server.origin);
      if (user) {
        const asking = { tenant: 1, place, cookie: () => undefined, header: () => 'test' };
        const { cookies } = await newSession(server.smart, asking, user, ['pwd']);
        for (const cookie of cookies) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          browser.cookies.set(name, value);
        }
      }
      return browser;
    },
    at(clientId, asked = {}) {
      const parameters: Record<string, string | undefined> = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callback,
        scope: 'launch/patient patient/Patient.rs patient/Observation.rs',
        state: 'a state',
        aud: server.base,
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256',
        ...asked,
      };
      const sent = Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined);
      return `${server.origin}/oauth2/authorize?${new URLSearchParams(sent)}`;
    },
    close: () => server.close(),
  };
}

/** Sends the form that decides, with its boxes as they are but for what is said. */
export function decide(
  browser: Browser,
  page: Page,
  decision: 'allow' | 'deny' = 'allow',
  filled: Filled = {},
): Promise<Page> {
  const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'));
  if (!form) throw new Error(`This is not the consent page: ${page.status} ${page.url}\n${page.html.slice(0, 1500)}`);
  return browser.submit(page, form, filled, { name: 'decision', value: decision });
}

/** What the app is told by the address that the browser was sent to. */
export const told = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url).searchParams);
