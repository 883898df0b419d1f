import type { Endpoint } from '../endpoint.ts';
import { account } from './account.ts';
import { changePasskey, keepPasskey, newPasskey } from './account-passkeys.ts';
import { changePassword } from './account-password.ts';
import { formsOnly, security } from './account-security.ts';
import { endSessions } from './account-sessions.ts';
import { confirmTotp, makeRecoveryCodes, removeTotp, setUpTotp } from './account-totp.ts';
import { confirmLink, link, unlink } from './federation-link.ts';
import { federationCallback, federationStart } from './federation-sign-in.ts';
import { passkeySignIn } from './passkey-sign-in.ts';

/** Every address at which somebody looks after their own account. */
export const accountEndpoints: readonly Endpoint[] = [
  account,
  security,
  ...formsOnly,
  changePassword,
  setUpTotp,
  confirmTotp,
  removeTotp,
  makeRecoveryCodes,
  newPasskey,
  keepPasskey,
  changePasskey,
  endSessions,
  passkeySignIn,
  confirmLink,
  link,
  unlink,
  federationStart,
  federationCallback,
];
