import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose';

import type { Database, Queryable } from '../db/database.ts';
import { type Secret, seal, unseal } from './secret.ts';

/** https://hl7.org/fhir/smart-app-launch/authorization-best-practices.html */
export const algorithm = 'ES384';

export type SigningKey = { tenant: number; kid: string; key: CryptoKey };

export type Keys = {
  /** The key that signs for a tenant; made when there is none yet. */
  signing(tenant: number): Promise<SigningKey>;
  /** The public key of this id and the tenant whose it is. */
  verifying(kid: string): Promise<SigningKey | null>;
};

/** ms before the table is read again for a key id that is not known: strangers can name any id they like. */
const RELOAD = 1000;

/** The signing keys in the database, whose private halves only this secret opens. */
export function openKeys(database: Database, secret: Secret, now: () => number = Date.now): Keys {
  const signing = new Map<number, Promise<SigningKey>>();
  let verifying = new Map<string, SigningKey>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    const rows = await database.query('select tenant, kid, public_jwk from signing_key');
    const keys = await Promise.all(
      rows.map(async ([tenant, kid, jwk]) => {
        const key = await importJWK(JSON.parse(String(jwk)), algorithm);
        // Bytes are what it gives for a symmetric key, which is never in this table.
        return { tenant: Number(tenant), kid: String(kid), key: key as CryptoKey };
      }),
    );
    verifying = new Map(keys.map((one) => [one.kid, one]));
    loadedAt = now();
  }

  return {
    async signing(tenant) {
      let key = signing.get(tenant);
      if (!key) {
        key = openSigningKey(database, secret, tenant);
        signing.set(tenant, key);
        key.then(
          // It may be new, and what it signs must be believed at once.
          () => {
            loadedAt = Number.NEGATIVE_INFINITY;
          },
          () => signing.delete(tenant),
        );
      }
      return key;
    },
    async verifying(kid) {
      if (!verifying.has(kid) && now() - loadedAt > RELOAD) {
        loading ??= load().finally(() => {
          loading = null;
        });
        await loading;
      }
      return verifying.get(kid) ?? null;
    },
  };
}

const label = (tenant: number, kid: string): string => `signing key ${tenant} ${kid}`;

async function openSigningKey(database: Database, secret: Secret, tenant: number): Promise<SigningKey> {
  const found = (await current(database, tenant)) ?? (await makeKey(database, secret, tenant));
  let pkcs8: string;
  try {
    pkcs8 = unseal(secret, label(tenant, found.kid), found.sealed);
  } catch (cause) {
    throw new Error(
      'The signing key in the database was sealed with another secret: set PORTICO_SECRET to the one it was made with.',
      { cause },
    );
  }
  return { tenant, kid: found.kid, key: await importPKCS8(pkcs8, algorithm) };
}

async function current(on: Queryable, tenant: number): Promise<{ kid: string; sealed: string } | null> {
  const [row] = await on.query('select kid, private_key from signing_key where tenant = $1 and retired_at is null', [
    tenant,
  ]);
  return row ? { kid: String(row[0]), sealed: String(row[1]) } : null;
}

/** Makes the key of a tenant, unless another process was quicker: then it is that one. */
async function makeKey(database: Database, secret: Secret, tenant: number): Promise<{ kid: string; sealed: string }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), alg: algorithm, use: 'sig' };
  const kid = await calculateJwkThumbprint(jwk);
  const sealed = seal(secret, label(tenant, kid), await exportPKCS8(privateKey));
  await database.query(
    `insert into signing_key (tenant, kid, algorithm, public_jwk, private_key)
     select id, $2, $3, $4, $5 from tenant where id = $1
     on conflict (tenant, algorithm) where retired_at is null do nothing`,
    [tenant, kid, algorithm, JSON.stringify({ ...jwk, kid }), sealed],
  );
  const found = await current(database, tenant);
  if (!found) throw new Error(`There is no tenant ${tenant}`);
  return found;
}
