import { accountEndpoints } from './account-endpoints.ts';
import { authorizeByGet, authorizeByPost } from './authorize/authorize.ts';
import { interactionForm, interactionPage } from './authorize/interaction.ts';
import { brands } from './brands.ts';
import { discovery } from './configuration.ts';
import { connectedApps, revokeApp } from './connected-apps.ts';
import { developerEndpoints } from './developer-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { introspect } from './introspect.ts';
import { launchBySession, launchByToken } from './launch-endpoint.ts';
import { logoutConfirmed, logoutGet, logoutPost } from './logout.ts';
import { par } from './par.ts';
import { registration } from './register.ts';
import { revoke } from './revoke.ts';
import { secondFactorGet, secondFactorPost } from './second-factor.ts';
import { setPasswordGet, setPasswordPost } from './set-password.ts';
import { signInGet, signInPost } from './sign-in-page.ts';
import { signOutPost } from './sign-out.ts';
import { styleSheet } from './style.ts';
import { token } from './token.ts';
import { udapMetadata } from './udap/metadata.ts';
import { userinfoByGet, userinfoByPost } from './userinfo.ts';

/** Every address of the authorization server. */
export const endpoints: readonly Endpoint[] = [
  ...discovery,
  udapMetadata,
  authorizeByGet,
  authorizeByPost,
  interactionPage,
  interactionForm,
  launchByToken,
  launchBySession,
  styleSheet,
  signInGet,
  signInPost,
  secondFactorGet,
  secondFactorPost,
  setPasswordGet,
  setPasswordPost,
  signOutPost,
  ...accountEndpoints,
  logoutGet,
  logoutPost,
  logoutConfirmed,
  connectedApps,
  revokeApp,
  ...registration,
  par,
  token,
  introspect,
  revoke,
  userinfoByGet,
  userinfoByPost,
  brands,
  ...developerEndpoints,
];
