import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Queryable } from '../../db/database.ts';
import type { FhirSettings } from '../../fhir/context.ts';

/** What a vendor gave us for an account. */
export type Tokens = {
  access: string;
  /** null: it gave none, and the access ends with the token. */
  refresh: string | null;
  /** ms since 1970; null: it did not say. */
  expires: number | null;
  /** The vendor's id of the user. */
  user: string;
  /** What was agreed to; absent: it is not known. */
  scopes?: readonly string[];
};

type Keys = Pick<FhirSettings, 'keyOf'>;

const NONCE = 12;
const TAG = 16;

/** Sealed under a place, in which alone it opens; base64. */
export function sealSecret({ keyOf }: Keys, place: string, value: unknown): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyOf('device connections'), nonce).setAAD(Buffer.from(place));
  const bytes = Buffer.concat([nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([bytes, cipher.getAuthTag()]).toString('base64');
}

/** What was sealed under the place. @throws where it was not */
export function openSecret({ keyOf }: Keys, place: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyOf('device connections'), bytes.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(bytes.length - TAG));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]);
  return JSON.parse(text.toString());
}

/** Where the tokens of a connection are sealed. */
export const tokensPlace = (tenant: number, connection: string): string => `tokens ${tenant}/${connection}`;

/** The tokens of a connection; null: it has none. @param on a transaction in which they are held, so that one renews them */
export async function readTokens(
  settings: Keys,
  on: Queryable,
  tenant: number,
  connection: string,
): Promise<Tokens | null> {
  const [row] = await on.query(
    `select encode(secrets, 'base64') from device_connection where tenant = $1 and id = $2 and secrets is not null`,
    [tenant, connection],
  );
  // What was sealed was Tokens.
  return row ? (openSecret(settings, tokensPlace(tenant, connection), String(row[0])) as Tokens) : null;
}

/** @param tokens null: they are of no use any more */
export async function writeTokens(
  settings: Keys,
  on: Queryable,
  tenant: number,
  connection: string,
  tokens: Tokens | null,
): Promise<void> {
  const sealed = tokens === null ? null : sealSecret(settings, tokensPlace(tenant, connection), tokens);
  await on.query(`update device_connection set secrets = decode($3, 'base64') where tenant = $1 and id = $2`, [
    tenant,
    connection,
    sealed,
  ]);
}
