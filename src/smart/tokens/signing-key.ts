import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose';

import type { Database, Queryable } from '../../db/database.ts';
import { type Secret, seal, unseal } from '../secret.ts';

export type SigningKey = { tenant: number; kid: string; key: CryptoKey };

type Sealed = { kid: string; sealed: string };

const label = (tenant: number, kid: string): string => `signing key ${tenant} ${kid}`;

/** @throws Error when it was sealed with another secret, or there is no such tenant */
export async function openSigningKey(
  database: Database,
  secret: Secret,
  tenant: number,
  algorithm: string,
): Promise<SigningKey> {
  const found = (await current(database, tenant, algorithm)) ?? (await makeKey(database, secret, tenant, algorithm));
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

async function current(on: Queryable, tenant: number, algorithm: string): Promise<Sealed | null> {
  const [row] = await on.query(
    'select kid, private_key from signing_key where tenant = $1 and algorithm = $2 and retired_at is null',
    [tenant, algorithm],
  );
  return row ? { kid: String(row[0]), sealed: String(row[1]) } : null;
}

async function newKey(secret: Secret, tenant: number, algorithm: string): Promise<Sealed & { jwk: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const bare: JWK = { ...(await exportJWK(publicKey)), alg: algorithm, use: 'sig' };
  const kid = await calculateJwkThumbprint(bare);
  return { kid, sealed: seal(secret, label(tenant, kid), await exportPKCS8(privateKey)), jwk: { ...bare, kid } };
}

const insertKey = `insert into signing_key (tenant, kid, algorithm, public_jwk, private_key)
  select id, $2, $3, $4, $5 from tenant where id = $1
  on conflict (tenant, algorithm) where retired_at is null do nothing`;

/** Makes the key of a tenant, unless another process was quicker: then it is that one. */
async function makeKey(database: Database, secret: Secret, tenant: number, algorithm: string): Promise<Sealed> {
  const { kid, sealed, jwk } = await newKey(secret, tenant, algorithm);
  await database.query(insertKey, [tenant, kid, algorithm, JSON.stringify(jwk), sealed]);
  const found = await current(database, tenant, algorithm);
  if (!found) throw new Error(`There is no tenant ${tenant}`);
  return found;
}

/** Retires the key of a tenant and puts a new one in its place. */
export async function replaceKey(database: Database, secret: Secret, tenant: number, algorithm: string): Promise<void> {
  const { kid, sealed, jwk } = await newKey(secret, tenant, algorithm);
  await database.transaction(async (tx) => {
    await tx.query(
      'update signing_key set retired_at = now() where tenant = $1 and algorithm = $2 and retired_at is null',
      [tenant, algorithm],
    );
    await tx.query(insertKey, [tenant, kid, algorithm, JSON.stringify(jwk), sealed]);
  });
}
