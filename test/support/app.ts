import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

import { type Browser, type Filled, type Form, openBrowser, type Page } from './browser.ts';

export type Credentials =
  | { kind: 'public' }
  | { kind: 'basic'; secret: string }
  | { kind: 'post'; secret: string }
  | { kind: 'key'; key: CryptoKey; alg: string; kid: string };

export type App = { clientId: string; redirectUri: string; credentials: Credentials };

/** Who signs in, and what they do on the way. */
export type Person = {
  username: string;
  password: string;
  /** Whom they choose, where they are asked. */
  patient?: string;
  /** Scopes that they untick, as the app asked for them. */
  unticks?: readonly string[];
  /** Narrower scopes that they tick in the place of wider ones. */
  ticks?: readonly string[];
  /** Does not allow it. */
  refuses?: boolean;
};

export type TokenAnswer = { status: number; headers: Headers; body: Record<string, unknown> };

/** Where a person ended: back at the app, or on a page of the server. */
export type Ending = { back: URLSearchParams | null; page: Page; verifier: string; state: string };

export type Authorizing = {
  scope: string;
  launch?: string;
  /** What is sent besides, or otherwise; undefined leaves out. */
  also?: Record<string, string | undefined>;
  method?: 'GET' | 'POST';
  browser?: Browser;
};

type Endpoints = { authorization_endpoint: string; token_endpoint: string };

/** A SMART app as its author would write it: it reads where things are, sends people there, and exchanges what it gets. */
export function openApp(server: { origin: string; base: string }, app: App) {
  let known: Promise<Endpoints> | null = null;
  const endpoints = (): Promise<Endpoints> => {
    known ??= fetch(`${server.base}/.well-known/smart-configuration`).then((response) => response.json());
    return known;
  };

  async function authenticated(form: URLSearchParams): Promise<Record<string, string>> {
    const { credentials, clientId } = app;
    if (credentials.kind === 'basic') {
      return {
        authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(credentials.secret)}`)}`,
      };
    }
    if (credentials.kind === 'key') {
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      form.set('client_assertion', await assertionOf(app, (await endpoints()).token_endpoint));
      return {};
    }
    form.set('client_id', clientId);
    if (credentials.kind === 'post') form.set('client_secret', credentials.secret);
    return {};
  }

  /** Sends a form to the token endpoint, or to another one of the same client. */
  async function token(
    asked: Record<string, string>,
    url?: string,
    more: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    const form = new URLSearchParams(asked);
    const headers = { ...(await authenticated(form)), ...more, accept: 'application/json' };
    const response = await fetch(url ?? (await endpoints()).token_endpoint, { method: 'POST', headers, body: form });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  /** Sends a person to the server and waits until they are back. */
  async function authorize(
    person: Person,
    { scope, launch, also = {}, method = 'GET', browser }: Authorizing,
  ): Promise<Ending> {
    const verifier = randomBytes(32).toString('base64url');
    const state = randomUUID();
    const asked: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      scope,
      state,
      aud: server.base,
      launch,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      ...also,
    };
    const parameters = Object.entries(asked).filter((one): one is [string, string] => one[1] !== undefined);
    const at = new URL((await endpoints()).authorization_endpoint);
    const used = browser ?? openBrowser(server.origin);
    let page: Page;
    if (method === 'POST') {
      const fields = parameters.map(([name, value]) => ({ name, value, type: 'hidden', checked: true }));
      page = await used.submit(
        { url: app.redirectUri, status: 200, headers: new Headers(), html: '', forms: [] },
        {
          action: at.href,
          method,
          fields,
          buttons: [],
        },
      );
    } else {
      for (const [name, value] of parameters) at.searchParams.set(name, value);
      page = await used.open(at.href);
    }
    const ended = await walk(used, page, person, server.origin);
    const isBack = ended.url.startsWith(app.redirectUri) && ended.html === '';
    return { back: isBack ? new URL(ended.url).searchParams : null, page: ended, verifier, state };
  }

  const exchange = (code: string, verifier: string, also: Record<string, string> = {}): Promise<TokenAnswer> =>
    token({ grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier, ...also });

  return {
    endpoints,
    token,
    authorize,
    exchange,
    refresh: (refreshToken: string, scope?: string): Promise<TokenAnswer> =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...(scope === undefined ? {} : { scope }) }),
    /** The whole way: authorize and exchange. */
    async launch(person: Person, asked: Authorizing): Promise<TokenAnswer> {
      const { back, verifier, page } = await authorize(person, asked);
      const code = back?.get('code');
      if (!code) throw new Error(`There was no code: ${page.status} ${page.url}\n${page.html.slice(0, 2000)}`);
      return exchange(code, verifier);
    },
  };
}

export type OpenedApp = ReturnType<typeof openApp>;

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** An assertion by which an app with a key shows who it is. */
export async function assertionOf(
  { clientId, credentials }: App,
  audience: string,
  claims: Record<string, unknown> = {},
): Promise<string> {
  if (credentials.kind !== 'key') throw new Error('The app has no key');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: credentials.alg, kid: credentials.kid, typ: 'JWT' })
    .sign(credentials.key);
}

/** Where a person comes out who follows a link to the authorization endpoint. */
export async function comeBack(server: { origin: string }, url: string | URL, person: Person): Promise<URL> {
  const browser = openBrowser(server.origin);
  const page = await walk(browser, await browser.open(String(url)), person, server.origin);
  return new URL(page.url);
}

/** Goes through the pages as a person does: signs in, chooses whose record it is about, and allows it or not. */
async function walk(browser: Browser, first: Page, person: Person, origin: string): Promise<Page> {
  let page = first;
  for (let step = 0; step < 8 && page.url.startsWith(origin); step += 1) {
    const answer = answerOf(page, person);
    if (!answer) return page;
    page = await browser.submit(page, answer.form, answer.filled, answer.button);
  }
  return page;
}

type PageAnswer = { form: Form; filled?: Filled; button?: { name: string; value: string } };

function answerOf(page: Page, person: Person): PageAnswer | null {
  const having = (name: string): Form | undefined =>
    page.forms.find(({ fields, buttons }) => [...fields, ...buttons].some((one) => one.name === name));
  const signIn = having('password');
  if (signIn) return { form: signIn, filled: { username: person.username, password: person.password } };
  const consent = having('decision');
  if (consent) return consentOf(consent, person);
  const picker = having('patient');
  if (picker) return { form: picker, filled: { patient: person.patient ?? '' } };
  return null;
}

/** The boxes of the consent page, each of which stands for a scope: what was asked for, or a part of it. */
function consentOf(form: Form, { unticks = [], ticks = [], refuses = false }: Person): PageAnswer {
  const boxes = form.fields.filter(({ type }) => type === 'checkbox');
  const filled: Record<string, string[]> = Object.fromEntries(boxes.map(({ name }) => [name, []]));
  for (const { name, value, checked } of boxes) {
    if ((checked && !unticks.includes(value)) || ticks.includes(value)) filled[name]?.push(value);
  }
  const value = form.buttons.map((one) => one.value).find((one) => (one === 'deny') === refuses) ?? '';
  return { form, filled, button: { name: 'decision', value } };
}
