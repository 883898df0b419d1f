import { discovery } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { introspect } from './introspect.ts';
import { par } from './par.ts';
import { revoke } from './revoke.ts';
import { token } from './token.ts';
import { udapMetadata } from './udap/metadata.ts';
import { userinfoByGet, userinfoByPost } from './userinfo.ts';

/** Every address of the authorization server. */
export const endpoints: readonly Endpoint[] = [
  ...discovery,
  udapMetadata,
  par,
  token,
  introspect,
  revoke,
  userinfoByGet,
  userinfoByPost,
];
