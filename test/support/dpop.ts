import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import type { App } from './app.ts';
import { askToken, grantTo, verifier } from './granted.ts';
import type { Server } from './server.ts';
import { redirectUri } from './smart-world.ts';

type Json = Record<string, unknown>;

/** Makes a proof for a request; `claims` and `header` are added, or take the place of what they name. */
export type Prove = (method: string, url: string, claims?: Json, header?: Json) => Promise<string>;

/** A key of an app, by the proofs of it. */
export async function dpopKey(): Promise<Prove> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = await exportJWK(publicKey);
  return (method, url, claims = {}, header = {}) =>
    new SignJWT({ htm: method, htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
      .sign(privateKey);
}

export const athOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export type Bound = { prove: Prove; token: string; ath: string; body: Record<string, string> };

/** Tokens of a new grant that are bound to a key. @param prove the key; a new one if there is none */
export async function boundTokens(server: Server, app: Pick<App, 'clientId'>, prove?: Prove): Promise<Bound> {
  const key = prove ?? (await dpopKey());
  const { code } = await grantTo(server, app);
  const form = { grant_type: 'authorization_code', client_id: app.clientId, code, redirect_uri: redirectUri };
  const dpop = await key('POST', `${server.origin}/oauth2/token`);
  const { body } = await askToken(server, { ...form, code_verifier: verifier }, { dpop });
  const token = body.access_token ?? '';
  return { prove: key, token, ath: athOf(token), body };
}
