import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Where the chain of a tenant was at a moment. */
export type Checkpoint = {
  tenant: number;
  /** Of the last block. */
  number: number;
  /** Of the last block, in hex. */
  hash: string;
  /** An instant of FHIR. */
  recorded: string;
};

export type SignedCheckpoint = Checkpoint & {
  /** Ed25519 of the line above it, in base64url. */
  signature: string;
};

/** What a private key of Ed25519 begins with in PKCS #8; its 32 bytes follow. https://www.rfc-editor.org/rfc/rfc8410 */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that signs checkpoints: the same at every start, from the server's secret. */
export const checkpointKey = (keyOf: (use: string) => Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, keyOf('ledger checkpoints')]), format: 'der', type: 'pkcs8' });

/** What others need to check a checkpoint by, as a JWK. */
export const publicKeyText = (key: KeyObject): string => JSON.stringify(createPublicKey(key).export({ format: 'jwk' }));

const lineOf = ({ tenant, number, hash, recorded }: Checkpoint): Buffer =>
  Buffer.from(`portico ledger checkpoint\n${tenant}\n${number}\n${hash}\n${recorded}`, 'utf8');

export const signed = (key: KeyObject, checkpoint: Checkpoint): SignedCheckpoint => ({
  ...checkpoint,
  signature: sign(null, lineOf(checkpoint), key).toString('base64url'),
});

export const isSigned = (key: KeyObject, checkpoint: SignedCheckpoint): boolean =>
  verify(null, lineOf(checkpoint), createPublicKey(key), Buffer.from(checkpoint.signature, 'base64url'));
