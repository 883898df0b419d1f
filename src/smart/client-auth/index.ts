import type { ClientAuth } from './client-auth.ts';
import { clientSecretBasic, clientSecretPost } from './client-secret.ts';
import { none } from './none.ts';
import { privateKeyJwt } from './private-key-jwt.ts';

/** LIST: how an app may show who it is. */
export const clientAuths: readonly ClientAuth[] = [privateKeyJwt, clientSecretBasic, clientSecretPost, none];
