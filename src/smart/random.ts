import { hash, randomBytes } from 'node:crypto';

/** 32 random bytes: what nobody can guess, and what needs no slow hash to be kept. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** How a secret is kept. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url');
