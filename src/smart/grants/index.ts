import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import type { TokenGrant } from './grant.ts';
import { refreshToken } from './refresh-token.ts';

/** LIST: the ways to get a token. */
export const tokenGrants: readonly TokenGrant[] = [authorizationCode, refreshToken, clientCredentials];
