import { type Check, parameter, passed, refused } from './check.ts';

/** 32 bytes, base64url without padding. */
const digest = /^[\w-]{43}$/;

/**
 * S256 for everybody. A client that registered by UDAP proves who it is with a certificate, and its own specification does
 * not ask it for more.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.3
 */
export const pkce: Check = (asked) => {
  const challenge = parameter(asked, 'code_challenge');
  const method = parameter(asked, 'code_challenge_method');
  if (challenge === null) {
    if (asked.client.certificateUri !== null && method === null) return passed({ codeChallenge: null });
    return refused('invalid_request', 'code_challenge is missing; PKCE with S256 is needed');
  }
  if (method !== 'S256') return refused('invalid_request', 'code_challenge_method must be S256');
  if (!digest.test(challenge)) {
    return refused('invalid_request', 'code_challenge must be the base64url of a SHA-256, 43 characters');
  }
  return passed({ codeChallenge: challenge });
};
