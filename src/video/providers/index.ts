import type { Providers } from './provider.ts';

/** LIST: what a visit can be held with. */
export const providersOf = (): Providers => new Map();
