import type { Queryable } from '../../db/database.ts';
import { newSecret, sha256 } from '../random.ts';

/** What a code stands for, until it is exchanged. */
export type CodeUse = {
  tenant: number;
  grantId: string;
  clientId: string;
  redirectUri: string;
  /** S256; null for a client that registered by UDAP and sent none. */
  codeChallenge: string | null;
  nonce: string | null;
  signedInAt: Date | null;
  /** How they signed in: pwd, otp, … */
  methods: readonly string[];
};

/** Seconds. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 */
const LIFETIME = 60;

/** A code that can be exchanged once, within a minute. */
export async function issueCode(on: Queryable, use: CodeUse): Promise<string> {
  const code = newSecret();
  await on.query(
    `insert into authorization_code (tenant, hash, grant_id, client_id, redirect_uri, code_challenge, nonce, signed_in_at, methods, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => ${LIFETIME}))`,
    [
      use.tenant,
      sha256(code),
      use.grantId,
      use.clientId,
      use.redirectUri,
      use.codeChallenge,
      use.nonce,
      use.signedInAt,
      use.methods,
    ],
  );
  return code;
}

/** `used`: it was exchanged before, so somebody has it who should not; its grant must end. */
export type Redeemed = { kind: 'good'; use: CodeUse } | { kind: 'used'; grantId: string } | { kind: 'unknown' };

/** Uses a code up, whether or not what follows succeeds. */
export async function redeemCode(on: Queryable, tenant: number, clientId: string, code: string): Promise<Redeemed> {
  const [row] = await on.query(
    `update authorization_code set used_at = now()
     where tenant = $1 and hash = $2 and client_id = $3 and used_at is null and expires_at > now()
     returning grant_id, redirect_uri, code_challenge, nonce, signed_in_at, methods`,
    [tenant, sha256(code), clientId],
  );
  if (row) {
    // The list of returning fixes the shape of the row.
    const [grantId, redirectUri, codeChallenge, nonce] = row as string[];
    const signIn = { signedInAt: row[4] as Date | null, methods: row[5] as string[] };
    const use = { tenant, clientId, grantId, redirectUri, codeChallenge, nonce, ...signIn };
    return { kind: 'good', use: use as CodeUse };
  }
  const [before] = await on.query(
    `select grant_id from authorization_code where tenant = $1 and hash = $2 and client_id = $3 and used_at is not null`,
    [tenant, sha256(code), clientId],
  );
  return before ? { kind: 'used', grantId: String(before[0]) } : { kind: 'unknown' };
}
