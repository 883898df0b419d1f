import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Whom the provider says that somebody is. */
export type Subject = { sub: string; email?: string; name?: string };

/** What it does wrong. */
export type Fault =
  | 'iss'
  | 'aud'
  | 'nonce'
  | 'expired'
  | 'future'
  | 'key'
  | 'hs256'
  | 'none'
  | 'answer-iss'
  | 'refuses'
  | 'broken'
  | 'no-id-token'
  | 'redirects';

export type OpenIdProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next. */
  subject: Subject;
  fault: Fault | null;
  /** Token requests that it believed. */
  exchanges: number;
  close(): Promise<void>;
};

type Visit = { challenge: string; nonce: string; redirectUri: string; subject: Subject };

const readBody = async (request: IncomingMessage): Promise<URLSearchParams> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
};

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

/** A small OpenID provider as anyone might run one: code flow with PKCE, RS256, and everybody is signed in already. */
export async function startOpenIdProvider(port = 0): Promise<OpenIdProvider> {
  const [pair, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const visits = new Map<string, Visit>();
  const provider: OpenIdProvider = {
    issuer: '',
    clientId: 'portico',
    clientSecret: 'a secret & more',
    subject: { sub: 'somebody' },
    fault: null,
    exchanges: 0,
    close: () => new Promise((closed) => server.close(() => closed())),
  };

  async function idToken(visit: Visit): Promise<string> {
    const { fault } = provider;
    const now = Math.floor(Date.now() / 1000);
    const from = { expired: now - 3600, future: now + 3600 }[fault as string] ?? now;
    const claims = {
      ...visit.subject,
      iss: fault === 'iss' ? 'https://other.test' : provider.issuer,
      aud: fault === 'aud' ? 'another-app' : provider.clientId,
      nonce: fault === 'nonce' ? 'another' : visit.nonce,
      iat: from,
      nbf: from,
      exp: from + 300,
    };
    if (fault === 'none') {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none' })}.${part(claims)}.`;
    }
    const jwt = new SignJWT(claims);
    if (fault === 'hs256') {
      const secret = createHash('sha256').update(provider.clientSecret).digest();
      return jwt.setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    }
    const key: CryptoKey = fault === 'key' ? other.privateKey : pair.privateKey;
    return jwt.setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  }

  function authorize(url: URL, response: ServerResponse): void {
    const asked = url.searchParams;
    const redirectUri = asked.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('iss', provider.fault === 'answer-iss' ? 'https://other.test' : provider.issuer);
    if (provider.fault === 'refuses') {
      back.searchParams.set('error', 'access_denied');
    } else {
      const code = randomUUID();
      const challenge = asked.get('code_challenge') ?? '';
      visits.set(code, { challenge, nonce: asked.get('nonce') ?? '', redirectUri, subject: provider.subject });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readBody(request);
    const visit = visits.get(form.get('code') ?? '');
    visits.delete(form.get('code') ?? '');
    const [id, secret] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
      .toString()
      .split(':')
      .map((text) => decodeURIComponent(text.replaceAll('+', ' ')));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      visit !== undefined &&
      id === provider.clientId &&
      secret === provider.clientSecret &&
      challenge === visit.challenge &&
      form.get('redirect_uri') === visit.redirectUri;
    if (!isRight) return sendJson(response, 400, { error: 'invalid_grant' });
    provider.exchanges += 1;
    const more = provider.fault === 'no-id-token' ? {} : { id_token: await idToken(visit) };
    sendJson(response, 200, { access_token: randomUUID(), token_type: 'Bearer', ...more });
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', provider.issuer);
    if (provider.fault === 'broken') return sendJson(response, 503, {});
    if (provider.fault === 'redirects' && url.pathname === '/token') {
      response.writeHead(307, { location: `${provider.issuer}/token?again` }).end();
      return;
    }
    if (url.pathname === '/authorize') return authorize(url, response);
    if (url.pathname === '/token') return token(request, response);
    if (url.pathname === '/keys') return sendJson(response, 200, { keys: [jwk] });
    sendJson(response, 200, {
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address();
  provider.issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return provider;
}
