import type { Endpoint } from './endpoint.ts';
import { udapMetadata } from './udap/metadata.ts';

/** Every address of the authorization server. */
export const endpoints: readonly Endpoint[] = [udapMetadata];
