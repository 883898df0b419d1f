import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

import type { FhirSettings } from '../../fhir/context.ts';

/** How many there were, and how many were found when it was over. */
export type Count = { before: number; after: number };

/** What was erased, in figures: of what was there nothing is told. */
export type ReceiptBody = {
  /** The erasure. */
  id: string;
  /** The FHIR base of the server. */
  server: string;
  /** The id of the patient, which stands for nobody any more. */
  patient: string;
  requested: string;
  erased: string;
  /** Resources by type. */
  resources: Readonly<Record<string, Count>>;
  /** Their versions in the history, what search kept of them, rows of accounts and the like by table, and files. */
  versions: Count;
  sides: Count;
  others: Readonly<Record<string, Count>>;
  files: Count;
  /** Resources of others that do not name the patient any more, by type. */
  unnamed: Readonly<Record<string, number>>;
  /** What the law says must be kept, by type, and why. */
  kept: readonly { type: string; count: number; reason: string }[];
};

/** With the signature over the JSON text of `body` as it stands here, by Ed25519, and the key to check it with. */
export type Receipt = { body: string; signature: string; publicKey: string };

/** What PKCS #8 puts in front of the 32 bytes of an Ed25519 key. https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const frame = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyOf(settings: FhirSettings): KeyObject {
  const seed = settings.keyOf('erasure receipt');
  return createPrivateKey({ key: Buffer.concat([frame, seed]), format: 'der', type: 'pkcs8' });
}

/** Signs a receipt; the same key signs all of a server's. */
export function signReceipt(settings: FhirSettings, body: ReceiptBody): Receipt {
  const key = keyOf(settings);
  const text = JSON.stringify(body);
  return {
    body: text,
    signature: sign(null, Buffer.from(text), key).toString('base64url'),
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64url'),
  };
}

/** Whether a receipt is what was signed with this server's key. */
export function isSigned(settings: FhirSettings, { body, signature }: Receipt): boolean {
  return verify(null, Buffer.from(body), createPublicKey(keyOf(settings)), Buffer.from(signature, 'base64url'));
}

/** Whether all that was to go is gone. */
export function isComplete({ resources, versions, sides, others, files }: ReceiptBody): boolean {
  const counts = [...Object.values(resources), versions, sides, ...Object.values(others), files];
  return counts.every(({ after }) => after === 0);
}
