import type { Endpoint } from './endpoint.ts';

/** Every address of the authorization server. */
export const endpoints: readonly Endpoint[] = [];
