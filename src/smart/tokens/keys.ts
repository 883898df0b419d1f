import { setTimeout } from 'node:timers/promises';
import { type CryptoKey, importJWK, type JWK } from 'jose';

import type { Database } from '../../db/database.ts';
import type { Secret } from '../secret.ts';
import { openSigningKey, replaceKey, type SigningKey } from './signing-key.ts';

/** ES384 signs access tokens, RS256 what OpenID clients read. https://hl7.org/fhir/smart-app-launch/conformance.html */
export type SigningAlgorithm = 'ES384' | 'RS256';
export const algorithm: SigningAlgorithm = 'ES384';

export type VerifyingKey = { tenant: number; kid: string; algorithm: SigningAlgorithm; key: CryptoKey };

export type Keys = {
  /** The key that signs for a tenant; made when there is none yet. */
  signing(tenant: number, algorithm?: SigningAlgorithm): Promise<SigningKey>;
  /** The public key of this id and the tenant whose it is. */
  verifying(kid: string): Promise<VerifyingKey | null>;
  /** The public keys of a tenant, those that sign no more but may still have to be believed among them. */
  published(tenant: number): Promise<JWK[]>;
  /** New keys sign from now on, in other processes within a minute; the old ones are believed until what they signed has ended. */
  rotate(tenant: number): Promise<void>;
};

/** ms between two readings of the table for key ids that are not known: strangers can name any id they like. */
const RELOAD = 250;
/** ms after which what is remembered is looked at again. */
const STALE = 60_000;
/** Hours after which a retired key is believed no more: a day, which is the longest that a token lasts, and what clocks differ by. */
const AFTERLIFE = 25;

/** The signing keys in the database, whose private halves only this secret opens. */
export function openKeys(database: Database, secret: Secret, now: () => number = Date.now): Keys {
  const signing = new Map<string, { key: Promise<SigningKey>; until: number }>();
  let known = new Map<string, VerifyingKey & { jwk: JWK }>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let next: Promise<void> | null = null;

  async function load(): Promise<void> {
    const began = now();
    loadedAt = began;
    const rows = await database.query(
      `select tenant, kid, algorithm, public_jwk from signing_key
       where retired_at is null or retired_at > now() - make_interval(hours => ${AFTERLIFE}) order by tenant, created_at`,
    );
    const all = await Promise.all(
      rows.map(async ([tenant, kid, name, text]) => {
        const jwk: JWK = JSON.parse(String(text));
        // The table has what signing-key.ts wrote, and no symmetric key, for which these would be bytes.
        const key = (await importJWK(jwk, String(name))) as CryptoKey;
        return { tenant: Number(tenant), kid: String(kid), algorithm: String(name) as SigningAlgorithm, key, jwk };
      }),
    );
    // A later reading may have been quicker.
    if (loadedAt <= began) known = new Map(all.map((one) => [one.kid, one]));
  }

  /** Reads the table as soon as RELOAD has passed, for all who ask till then: what was in it when they asked is found. */
  const reload = (): Promise<void> => {
    next ??= setTimeout(Math.max(0, loadedAt + RELOAD - now())).then(() => {
      next = null;
      return load();
    });
    return next;
  };

  const keys: Keys = {
    signing(tenant, wanted = algorithm) {
      const name = `${tenant} ${wanted}`;
      const found = signing.get(name);
      if (found && found.until > now()) return found.key;
      const key = openSigningKey(database, secret, tenant, wanted);
      signing.set(name, { key, until: now() + STALE });
      key.then(
        ({ kid }) => {
          // It may be new, and what it signs must be believed at once.
          if (!known.has(kid)) loadedAt = Number.NEGATIVE_INFINITY;
        },
        () => signing.delete(name),
      );
      return key;
    },
    async verifying(kid) {
      if (!known.has(kid)) await reload();
      // What is known is used while it is looked at again.
      else if (now() - loadedAt > STALE) reload().catch(() => undefined);
      return known.get(kid) ?? null;
    },
    async published(tenant) {
      await Promise.all([keys.signing(tenant, 'ES384'), keys.signing(tenant, 'RS256')]);
      if (now() - loadedAt > RELOAD) await reload();
      return [...known.values()].filter((one) => one.tenant === tenant).map(({ jwk }) => jwk);
    },
    async rotate(tenant) {
      for (const one of ['ES384', 'RS256'] as const) await replaceKey(database, secret, tenant, one);
      signing.clear();
      await load();
    },
  };
  return keys;
}
