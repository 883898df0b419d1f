import { timingSafeEqual } from 'node:crypto';

import { json, oauthError } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import { sha256 } from '../random.ts';
import { areWithin } from '../scopes/narrow-scopes.ts';
import { registerByUdap } from '../udap/registration.ts';
import type { Client } from './client.ts';
import { checkMetadata } from './client-metadata.ts';
import { type ClientDraft, disableClient, findClient } from './clients.ts';
import { findInitialAccess, useInitialAccessToken } from './initial-access.ts';
import { changeClient, registerClient } from './register-client.ts';

type Json = Record<string, unknown>;

function bodyOf({ body }: SmartRequest): Json | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const bearer = ({ header }: SmartRequest): string => /^bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1] ?? '';

const notJson = oauthError(400, 'invalid_client_metadata', 'The body must be a JSON object, as RFC 7591 has it');

const needsToken = oauthError(
  401,
  'invalid_token',
  'Registration needs an initial access token of the operator, which is good once',
  { 'WWW-Authenticate': 'Bearer realm="Portico"' },
);

/**
 * What is known of a client, for itself.
 *
 * @param secret where it is new: it is told once
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1
 */
function information(
  request: SmartRequest,
  client: ClientDraft & Partial<Client>,
  managementToken: string,
  secret: string | null = null,
): Json {
  const { id, metadata, createdAt } = client;
  return {
    client_id: id,
    ...metadata,
    response_types: metadata.grant_types.includes('authorization_code') ? ['code'] : [],
    ...(createdAt ? { client_id_issued_at: Math.floor(createdAt.getTime() / 1000) } : {}),
    ...(secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    registration_access_token: managementToken,
    registration_client_uri: `${request.place.issuer}/oauth2/register/${id}`,
  };
}

async function create(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const body = bodyOf(request);
  if (!body) return notJson;
  if ('udap' in body) return registerByUdap(context, request);
  if (!('client_name' in body))
    return oauthError(400, 'invalid_client_metadata', 'client_name: people will be asked about it by name');
  const { tenant } = request;
  const token = bearer(request);
  const access = await findInitialAccess(context.database.byKey, tenant, token);
  if (!access) return needsToken;
  const registrar = { by: 'dynamic', owner: null, ...access } as const;
  // What is wrong with it is told before its one-time token is used up.
  const checked = checkMetadata(body, registrar);
  if (!checked.ok) return oauthError(400, checked.fault.error, checked.fault.reason);
  if (!(await useInitialAccessToken(context.database.byKey, tenant, token))) return needsToken;
  const registered = await registerClient(context, tenant, body, registrar);
  if (!registered.ok) return oauthError(400, registered.fault.error, registered.fault.reason);
  const { client, secret, managementToken } = registered.value;
  return json(201, information(request, client, managementToken, secret));
}

/** The client whose registration access token this is; an unknown client and a wrong token are answered alike. */
async function managed(context: SmartContext, request: SmartRequest): Promise<Step<Client>> {
  const client = await findClient(context, request.tenant, request.params.id ?? '');
  const given = Buffer.from(sha256(bearer(request)));
  const own = client?.managementHash ? Buffer.from(client.managementHash) : null;
  if (client && !client.disabled && own && own.length === given.length && timingSafeEqual(own, given)) {
    return { ok: true, value: client };
  }
  return {
    ok: false,
    answer: oauthError(401, 'invalid_token', 'Send the registration access token of this client', {
      'WWW-Authenticate': 'Bearer realm="Portico"',
    }),
  };
}

const one =
  (work: (context: SmartContext, request: SmartRequest, client: Client) => Promise<Answer>): Endpoint['run'] =>
  async (context, request) => {
    const client = await managed(context, request);
    return client.ok ? work(context, request, client.value) : client.answer;
  };

const read = one(async (_context, request, client) => json(200, information(request, client, bearer(request))));

const update = one(async (context, request, client) => {
  const body = bodyOf(request);
  if (!body) return notJson;
  if (body.client_id !== client.id)
    return oauthError(400, 'invalid_request', 'client_id must be the one of the address');
  const { scope } = client.metadata;
  if (typeof body.scope === 'string' && !areWithin(body.scope, scope)) {
    return oauthError(400, 'invalid_client_metadata', 'scope: it may be narrowed here; for more, register anew');
  }
  const system = /(^| )(system|portico)\//.test(scope);
  const changed = await changeClient(context, client, { scope, ...body }, { system });
  if (!changed.ok) return oauthError(400, changed.fault.error, changed.fault.reason);
  return json(200, information(request, changed.client, bearer(request), changed.secret));
});

const remove = one(async (context, _request, client) => {
  await disableClient(context, client.tenant, client.id, 'the app took back its registration');
  return { status: 204, headers: { 'Cache-Control': 'no-store' }, body: '' };
});

const path = '/oauth2/register/:id';

/** https://www.rfc-editor.org/rfc/rfc7591 and https://www.rfc-editor.org/rfc/rfc7592 */
export const registration: readonly Endpoint[] = [
  { method: 'POST', path: '/oauth2/register', origin: 'any', run: create },
  { method: 'GET', path, origin: 'any', run: read },
  { method: 'PUT', path, origin: 'any', run: update },
  { method: 'DELETE', path, origin: 'any', run: remove },
];
