import { createHash, randomBytes } from 'node:crypto';

/** 128 bits that nobody guesses. */
export const secretText = (): string => randomBytes(16).toString('base64url');

/** What is kept of a secret: sha-256, hex. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
