import { accountEndpoints } from './account/account-endpoints.ts';
import { connectedApps, revokeApp } from './account/connected-apps.ts';
import { authorizeByGet, authorizeByPost } from './authorize/authorize.ts';
import { interactionForm, interactionPage } from './authorize/interaction.ts';
import { brands } from './brands.ts';
import { registration } from './clients/register.ts';
import { discovery } from './configuration.ts';
import { developerEndpoints } from './developer/developer-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { launchBySession, launchByToken } from './launch/launch-endpoint.ts';
import { styleSheet } from './launch/style.ts';
import { par } from './par.ts';
import { logoutConfirmed, logoutGet, logoutPost } from './people/logout.ts';
import { secondFactorGet, secondFactorPost } from './people/second-factor.ts';
import { setPasswordGet, setPasswordPost } from './people/set-password.ts';
import { signInGet, signInPost } from './people/sign-in-page.ts';
import { signOutPost } from './people/sign-out.ts';
import { introspect } from './tokens/introspect.ts';
import { revoke } from './tokens/revoke.ts';
import { token } from './tokens/token.ts';
import { userinfoByGet, userinfoByPost } from './tokens/userinfo.ts';
import { udapMetadata } from './udap/metadata.ts';

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
