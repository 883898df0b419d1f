import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';

import type { Queryable } from '../../db/database.ts';
import type { SmartContext } from '../context.ts';
import { openNote, sealNote } from '../people/sealed-note.ts';
import type { User } from '../people/user.ts';
import { useOnce } from '../tokens/used-identifiers.ts';

export type Passkey = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null };

/** Minutes that a person has to answer the device. */
const MINUTES = 10;
/** Passkeys of one person. */
export const MOST_PASSKEYS = 20;

/** Whether a browser would have a passkey for this server: never for one whose name is an address of numbers. */
export function passkeysPossible({ baseUrl }: SmartContext): boolean {
  const { hostname, protocol } = new URL(baseUrl);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && (protocol === 'https:' || hostname === 'localhost');
}

const relyingParty = ({ baseUrl }: SmartContext) => {
  const { hostname, origin } = new URL(baseUrl);
  return { rpID: hostname, origin };
};

type Purpose = 'create' | 'get';
const label = (tenant: number, purpose: Purpose, owner: string): string => `passkey ${purpose} ${tenant} ${owner}`;

/** Random, for one purpose and one browser, and good for a while; nothing is written for it until it comes back. */
const newChallenge = (
  context: SmartContext,
  tenant: number,
  purpose: Purpose,
  owner: string,
): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(sealNote(context, label(tenant, purpose, owner), null, MINUTES), 'base64url'));

/** Whether a challenge is one that this browser was given, not yet used. */
async function takeChallenge(
  context: SmartContext,
  tenant: number,
  purpose: Purpose,
  owner: string,
  challenge: string,
) {
  const opened = openNote(context, label(tenant, purpose, owner), challenge);
  if (!opened) return false;
  const { expires } = opened;
  const identifier = createHash('sha256').update(challenge).digest('base64url');
  return useOnce(context.database, { tenant, kind: 'passkey-challenge', owner, identifier, expires });
}

/** What an authenticator knows a person by: says nothing of them, and differs between tenants. */
const handleOf = ({ tenant, id }: Pick<User, 'tenant' | 'id'>): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(`${tenant} ${id}`).digest());

export async function passkeysOf(on: Queryable, tenant: number, userId: string): Promise<Passkey[]> {
  const rows = await on.query(
    `select credential_id, name, created_at, last_used_at from user_passkey
     where tenant = $1 and user_id = $2 order by created_at, credential_id`,
    [tenant, userId],
  );
  // The columns' types are those of the migration.
  return rows.map(([id, name, createdAt, lastUsedAt]) => ({ id, name, createdAt, lastUsedAt }) as Passkey);
}

const describe = ({ id }: Passkey) => ({ id });

/**
 * What a browser needs to make a passkey: discoverable, and only where the device checks who holds it.
 *
 * @param owner id of the session that asks; no other may bring the answer
 * @see https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialcreationoptionsjson
 */
export async function creationOptions(
  context: SmartContext,
  user: User,
  owner: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: 'Portico',
    rpID: relyingParty(context).rpID,
    userName: user.username,
    userDisplayName: user.displayName,
    userID: handleOf(user),
    challenge: newChallenge(context, user.tenant, 'create', owner),
    attestationType: 'none',
    excludeCredentials: (await passkeysOf(context.database, user.tenant, user.id)).map(describe),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/**
 * What a browser needs to show a passkey.
 *
 * @param owner names the browser that asks; no other may bring the answer
 * @param user null: whose it is the passkey itself will say
 */
export async function requestOptions(
  context: SmartContext,
  tenant: number,
  owner: string,
  user: User | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: relyingParty(context).rpID,
    challenge: newChallenge(context, tenant, 'get', owner),
    allowCredentials: user ? (await passkeysOf(context.database, tenant, user.id)).map(describe) : [],
    userVerification: 'required',
  });
}

function parsed(text: string): { id: string; [name: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
    // base64url, of at most 1023 bytes. https://www.w3.org/TR/webauthn-3/#credential-id
    const isCredential = typeof id === 'string' && /^[\w-]{1,1400}$/.test(id);
    return isCredential ? (value as { id: string }) : null; // as was just looked at
  } catch {
    return null;
  }
}

/** The library throws on whatever is wrong with what a browser sent; a fault of ours while it asks goes on up. */
async function verified<T extends { verified: boolean }>(
  context: SmartContext,
  verify: (take: (challenge: string) => Promise<boolean>) => Promise<T>,
  at: { tenant: number; purpose: Purpose; owner: string },
): Promise<T | null> {
  const fault: { error?: unknown } = {};
  const take = async (challenge: string): Promise<boolean> => {
    try {
      return await takeChallenge(context, at.tenant, at.purpose, at.owner, challenge);
    } catch (error) {
      fault.error = error;
      return false;
    }
  };
  let answer: T | null;
  try {
    answer = await verify(take);
  } catch {
    answer = null;
  }
  if (fault.error !== undefined) throw fault.error;
  return answer?.verified ? answer : null;
}

export type PasskeyRefusal = 'invalid' | 'too-many';

/**
 * Keeps a passkey that a browser made.
 *
 * @param owner as creationOptions had it
 * @param response JSON of the credential, as the browser sent it
 * @returns null: kept
 */
export async function addPasskey(
  context: SmartContext,
  user: User,
  owner: string,
  response: string,
  name: string,
): Promise<PasskeyRefusal | null> {
  const { tenant } = user;
  const credential = parsed(response);
  if (!credential) return 'invalid';
  const { rpID, origin } = relyingParty(context);
  const answer = await verified(
    context,
    (expectedChallenge) =>
      verifyRegistrationResponse({
        response: credential as unknown as RegistrationResponseJSON, // the library checks it
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
      }),
    { tenant, purpose: 'create', owner },
  );
  if (!answer?.verified) return 'invalid';
  const { id, publicKey, counter, transports = [] } = answer.registrationInfo.credential;
  if ((await passkeysOf(context.database, tenant, user.id)).length >= MOST_PASSKEYS) return 'too-many';
  const kept = await context.database.query(
    `insert into user_passkey (tenant, credential_id, user_id, public_key, counter, transports, name)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
    [tenant, id, user.id, Buffer.from(publicKey).toString('base64url'), counter, transports, name],
  );
  return kept.length > 0 ? null : 'invalid';
}

/**
 * Whose passkey a browser showed. Refused where the device did not check who holds it, for another origin, for a challenge
 * that is used up or was another browser's, and when its counter did not go up, which a copied one's does not.
 *
 * @param owner as requestOptions had it
 * @param userId null: whoever's it is
 * @returns the user's id; null: refused
 * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
 */
export async function checkPasskey(
  context: SmartContext,
  tenant: number,
  owner: string,
  response: string,
  userId: string | null,
): Promise<string | null> {
  const credential = parsed(response);
  if (!credential) return null;
  const [row] = await context.database.byKey.query(
    'select user_id, public_key, counter from user_passkey where tenant = $1 and credential_id = $2',
    [tenant, credential.id],
  );
  const holder = row ? String(row[0]) : null;
  if (!row || holder === null || (userId !== null && userId !== holder)) return null;
  const assertion = credential as unknown as AuthenticationResponseJSON; // the library checks it
  const handle = assertion.response?.userHandle;
  if (handle !== undefined && handle !== Buffer.from(handleOf({ tenant, id: holder })).toString('base64url'))
    return null;
  const { rpID, origin } = relyingParty(context);
  const answer = await verified(
    context,
    (expectedChallenge) =>
      verifyAuthenticationResponse({
        response: assertion,
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        credential: {
          id: credential.id,
          publicKey: Uint8Array.from(Buffer.from(String(row[1]), 'base64url')),
          counter: Number(row[2]),
        },
        requireUserVerification: true,
      }),
    { tenant, purpose: 'get', owner },
  );
  if (!answer) return null;
  // Once more in the statement: two that show the same count at once must not both be believed.
  const used = await context.database.byKey.query(
    `update user_passkey set counter = $3, last_used_at = now()
     where tenant = $1 and credential_id = $2 and (counter < $3 or (counter = 0 and $3 = 0)) returning 1`,
    [tenant, credential.id, answer.authenticationInfo.newCounter],
  );
  return used.length > 0 ? holder : null;
}

/** @returns whether there was one */
export async function removePasskey(on: Queryable, tenant: number, userId: string, id: string): Promise<boolean> {
  const gone = await on.query(
    'delete from user_passkey where tenant = $1 and user_id = $2 and credential_id = $3 returning 1',
    [tenant, userId, id],
  );
  return gone.length > 0;
}

/** @returns whether there was one */
export async function renamePasskey(
  on: Queryable,
  tenant: number,
  userId: string,
  id: string,
  name: string,
): Promise<boolean> {
  const renamed = await on.query(
    'update user_passkey set name = $4 where tenant = $1 and user_id = $2 and credential_id = $3 returning 1',
    [tenant, userId, id, name],
  );
  return renamed.length > 0;
}
