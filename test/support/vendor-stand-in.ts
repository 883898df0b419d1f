import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { emptyOf, kindOf, settingsFor, withinAsked } from './vendor-answers.ts';
import {
  clientIdOf,
  clientSecretOf,
  type Notice,
  noticeOf,
  type Sent,
  type VendorId,
  vendorIds,
} from './vendor-notices.ts';

/** What was asked of it, of one vendor. `kind` is the collection that was asked for, else null. */
export type Asked = {
  vendor: VendorId;
  method: string;
  /** Below the vendor's own address, with its query. */
  path: string;
  form: Record<string, string>;
  kind: string | null;
  status: number;
};

/** What goes wrong at it, until it is set to null again. */
export type Fault = 'down' | 'slow-down' | 'forgets-tokens' | 'denies' | 'broken';

export type VendorStandIn = {
  origin: string;
  /** What the server is started with to use it, all vendors. */
  settings: Record<string, string>;
  /** Who agrees next, as the vendor calls them. */
  user: string;
  /** false: it sends the browser back at once; true: it shows a page with "Allow" and "Deny". */
  asksFirst: boolean;
  fault: Fault | null;
  asked: Asked[];
  /** Access and refresh tokens that it takes. */
  tokens: Map<string, { vendor: VendorId; user: string; kind: 'access' | 'refresh' }>;
  /** Addresses that it was asked to notify, by vendor. */
  subscribed: Map<VendorId, Set<string>>;
  /** What it has of a user: the answer of its API for a collection (the `kind` of a What; Withings: without status and body). */
  give(vendor: VendorId, user: string, kind: string, answer: unknown): void;
  /** A notification as the vendor sends it, for a webhook of the server at `server` (`http://127.0.0.1:…`). */
  notice(vendor: VendorId, server: string, notice: Notice): Sent;
  /** Sends it; the status that it was answered with. */
  notify(vendor: VendorId, server: string, notice: Notice): Promise<number>;
  close(): Promise<void>;
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // without an encoding they are bytes
  return Buffer.concat(chunks).toString('utf8');
}

const send = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => {
  const text = value === null ? '' : JSON.stringify(value);
  response
    .writeHead(status, { ...(value === null ? {} : { 'Content-Type': 'application/json' }), ...headers })
    .end(text);
};

type Agreed = { vendor: VendorId; user: string; redirectUri: string; challenge: string | null };

/** All five vendors, each below its own path: a page to agree on, tokens, an API, notifications. It believes no token but its own. */
export async function startVendors(): Promise<VendorStandIn> {
  const codes = new Map<string, Agreed>();
  const given = new Map<string, unknown>();
  const standIn: VendorStandIn = {
    ...{ origin: '', settings: {}, user: 'user-1', asksFirst: false, fault: null, asked: [] },
    tokens: new Map(),
    subscribed: new Map(vendorIds.map((id) => [id, new Set()])),
    give: (vendor, user, kind, answer) => void given.set(`${vendor} ${user} ${kind}`, answer),
    notice: (vendor, server, notice) => noticeOf(vendor, server, notice),
    async notify(vendor, server, notice) {
      const { url, ...init } = noticeOf(vendor, server, notice);
      return (await fetch(url, init)).status;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function authorize(vendor: VendorId, url: URL, response: ServerResponse): void {
    const query = url.searchParams;
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== clientIdOf(vendor) || query.get('response_type') !== 'code' || redirectUri === '') {
      send(response, 400, { error: 'invalid_request' });
      return;
    }
    const back = (parameters: Record<string, string>): string => {
      const to = new URL(redirectUri);
      for (const [name, value] of Object.entries({ ...parameters, state: query.get('state') ?? '' }))
        to.searchParams.set(name, value);
      return to.href;
    };
    const code = randomBytes(12).toString('hex');
    const challenge = query.get('code_challenge');
    codes.set(code, { vendor, user: standIn.user, redirectUri, challenge });
    const [allow, deny] = [back({ code }), back({ error: 'access_denied' })];
    if (!standIn.asksFirst) {
      response.writeHead(302, { Location: standIn.fault === 'denies' ? deny : allow }).end();
      return;
    }
    const link = (to: string, text: string): string => `<p><a href="${to.replaceAll('&', '&amp;')}">${text}</a></p>`;
    const page = `<!doctype html><html lang="en"><title>${vendor}</title><h1>${vendor}</h1>`;
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`${page}${link(allow, 'Allow')}${link(deny, 'Deny')}`);
  }

  function isClient(vendor: VendorId, request: IncomingMessage, form: Record<string, string>): boolean {
    const [, sent = ''] = (request.headers.authorization ?? '').split('Basic ');
    const pair = Buffer.from(sent, 'base64').toString().split(':').map(decodeURIComponent);
    const isBasic = pair[0] === clientIdOf(vendor) && pair[1] === clientSecretOf(vendor);
    // Fitbit takes it in the header, the others in the form.
    if (vendor === 'fitbit') return isBasic;
    return form.client_id === clientIdOf(vendor) && form.client_secret === clientSecretOf(vendor);
  }

  function newTokens(vendor: VendorId, user: string): Record<string, unknown> {
    const [access, refresh] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
    standIn.tokens.set(access, { vendor, user, kind: 'access' });
    standIn.tokens.set(refresh, { vendor, user, kind: 'refresh' });
    const answer = {
      access_token: access,
      refresh_token: refresh,
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'all',
    };
    if (vendor === 'withings') return { ...answer, userid: user };
    return vendor === 'fitbit' ? { ...answer, user_id: user } : answer;
  }

  /** The tokens of a code, or of a refresh token, each of which is good once; null: it is refused. */
  function redeemed(vendor: VendorId, form: Record<string, string>): Record<string, unknown> | null {
    if (form.grant_type === 'authorization_code') {
      const agreed = codes.get(form.code ?? '');
      codes.delete(form.code ?? '');
      if (agreed?.vendor !== vendor || agreed.redirectUri !== form.redirect_uri) return null;
      const verifier = createHash('sha256')
        .update(form.code_verifier ?? '')
        .digest('base64url');
      return agreed.challenge === null || agreed.challenge === verifier ? newTokens(vendor, agreed.user) : null;
    }
    const known = standIn.tokens.get(form.refresh_token ?? '');
    if (form.grant_type !== 'refresh_token' || known?.kind !== 'refresh' || known.vendor !== vendor) return null;
    standIn.tokens.delete(form.refresh_token ?? '');
    return newTokens(vendor, known.user);
  }

  function forget(vendor: VendorId, user: string): void {
    for (const [token, one] of standIn.tokens)
      if (one.vendor === vendor && one.user === user) standIn.tokens.delete(token);
  }

  function token(vendor: VendorId, request: IncomingMessage, form: Record<string, string>): [number, unknown] {
    const wrap = vendor === 'withings';
    // Withings has one address for all of it.
    if (wrap && form.action === 'revoke') return revokeUser(form);
    const answer =
      isClient(vendor, request, form) && (!wrap || form.action === 'requesttoken') ? redeemed(vendor, form) : null;
    if (wrap) return [200, answer ? { status: 0, body: answer } : { status: 503, error: 'Invalid Params' }];
    return answer ? [200, answer] : [400, { error: 'invalid_grant' }];
  }

  function revokeUser(form: Record<string, string>): [number, unknown] {
    if (!form.signature || !form.nonce) return [200, { status: 503, body: {} }];
    forget('withings', form.userid ?? '');
    return [200, { status: 0, body: {} }];
  }

  function revoke(vendor: VendorId, url: URL, form: Record<string, string>): [number, unknown] {
    if (vendor === 'withings') return revokeUser(form);
    const known = standIn.tokens.get(form.token ?? url.searchParams.get('access_token') ?? '');
    if (known) forget(vendor, known.user);
    return [known ? 200 : 400, {}];
  }

  /** What of its API is not readings. */
  function rest(
    vendor: VendorId,
    user: string,
    method: string,
    path: string,
    form: Record<string, string>,
  ): [number, unknown] | null {
    const subscribed = standIn.subscribed.get(vendor) ?? new Set();
    if (vendor === 'withings' && path === '/notify') {
      if (form.action === 'subscribe') subscribed.add(form.callbackurl ?? '');
      else subscribed.delete(form.callbackurl ?? '');
      return [200, { status: 0, body: {} }];
    }
    if (vendor === 'fitbit' && path.includes('/apiSubscriptions')) {
      if (method === 'POST') subscribed.add(path);
      else subscribed.delete(path);
      return [method === 'POST' ? 201 : 204, method === 'POST' ? {} : null];
    }
    if (vendor === 'oura' && path === '/v2/usercollection/personal_info') return [200, { id: user }];
    if (vendor === 'google-health' && path === '/v4/users/me/identity') return [200, { healthUserId: user }];
    if (vendor === 'garmin' && path === '/wellness-api/rest/user/id') return [200, { userId: user }];
    if (vendor === 'garmin' && path === '/wellness-api/rest/user/registration' && method === 'DELETE') {
      forget(vendor, user);
      return [204, null];
    }
    return null;
  }

  function api(vendor: VendorId, request: IncomingMessage, url: URL, form: Record<string, string>): [number, unknown] {
    const path = url.pathname;
    if (vendor === 'withings' && path === '/v2/signature') return [200, { status: 0, body: { nonce: 'nonce' } }];
    if (vendor === 'oura' && path.startsWith('/v2/webhook/subscription')) {
      const isUs = request.headers['x-client-id'] === clientIdOf(vendor);
      if (!isUs || request.headers['x-client-secret'] !== clientSecretOf(vendor)) return [401, {}];
      if (request.method === 'GET') return [200, []];
      standIn.subscribed.get(vendor)?.add(form.callback_url ?? '');
      return [201, { id: 'subscription', expiration_time: new Date(Date.now() + 90 * 86_400_000).toISOString() }];
    }
    const known = standIn.tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (known?.vendor !== vendor || known.kind !== 'access' || standIn.fault === 'forgets-tokens')
      return vendor === 'withings' ? [200, { status: 401, body: {}, error: 'invalid_token' }] : [401, {}];
    const { user } = known;
    const other = rest(vendor, user, request.method ?? 'GET', path, form);
    if (other) return other;
    const kind = kindOf(vendor, path, form);
    if (kind === null) return vendor === 'withings' ? [200, { status: 2554, body: {} }] : [404, {}];
    const answer = given.get(`${vendor} ${user} ${kind}`);
    if (vendor === 'withings') return [200, { status: 0, body: withinAsked(answer, form) }];
    return [200, answer ?? emptyOf(vendor)];
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', standIn.origin);
    const [, vendor, place = '', ...more] = url.pathname.split('/');
    const text = await textOf(request);
    if (!vendorIds.some((id) => id === vendor)) return send(response, 404, {});
    const id = vendor as VendorId; // it is one of them
    url.pathname = `/${more.join('/')}`;
    const isForm = /urlencoded/.test(request.headers['content-type'] ?? '');
    const form: Record<string, string> = isForm
      ? Object.fromEntries(new URLSearchParams(text))
      : text === ''
        ? {}
        : JSON.parse(text);
    if (place === 'authorize') return authorize(id, url, response);
    const [status, value] = answerOf(id, place, request, url, form);
    const kind = place === 'api' ? kindOf(id, url.pathname, form) : null;
    const path = `/${place}${url.pathname === '/' ? '' : url.pathname}${url.search}`;
    standIn.asked.push({ vendor: id, method: request.method ?? '', path, form, kind, status });
    if (standIn.fault === 'broken') return void response.writeHead(200).end('<html>not what you think</html>');
    send(response, status, value, status === 429 ? { 'Retry-After': '90' } : {});
  });

  function answerOf(
    id: VendorId,
    place: string,
    request: IncomingMessage,
    url: URL,
    form: Record<string, string>,
  ): [number, unknown] {
    if (standIn.fault === 'down') return [503, {}];
    if (standIn.fault === 'slow-down') return id === 'withings' ? [200, { status: 601, body: {} }] : [429, {}];
    if (place === 'token') return token(id, request, form);
    if (place === 'revoke') return revoke(id, url, form);
    return place === 'api' ? api(id, request, url, form) : [404, {}];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  standIn.origin = `http://127.0.0.1:${port}`;
  standIn.settings = settingsFor(standIn.origin, port);
  return standIn;
}
