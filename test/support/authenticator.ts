import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a device may be told to get wrong, or to be. */
export type Shown = {
  origin?: string;
  rpId?: string;
  /** Whether it checks who holds it. */
  verified?: boolean;
  counter?: number;
  userHandle?: string;
  type?: string;
};

type Options = { challenge: string; user?: { id: string } };

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
const base64url = (data: Uint8Array): string => Buffer.from(data).toString('base64url');

/** A device with one passkey, without a browser in front of it. https://www.w3.org/TR/webauthn-3/ */
export function createAuthenticator(origin: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const rpId = new URL(origin).hostname;
  let counter = 0;
  let userHandle = '';

  function data(shown: Shown, attested: Uint8Array = new Uint8Array()): Buffer {
    const flags = 0x01 | (shown.verified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    const count = Buffer.alloc(4);
    counter = shown.counter ?? counter + 1;
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(shown.rpId ?? rpId), Buffer.from([flags]), count, attested]);
  }

  const clientData = (type: string, challenge: string, shown: Shown): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: shown.type ?? type,
        challenge,
        origin: shown.origin ?? origin,
        crossOrigin: false,
      }),
    );

  return {
    id: base64url(id),
    /** What a browser sends once the device has made a passkey. */
    create(options: Options, shown: Shown = {}): string {
      userHandle = options.user?.id ?? '';
      const client = clientData('webauthn.create', options.challenge, shown);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const authData = data({ counter: 0, ...shown }, attested);
      const attestation = isoCBOR.encode(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(authData)],
        ]) as never, // its type names fewer values than it takes
      );
      return JSON.stringify({
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(client),
          attestationObject: base64url(attestation),
          transports: ['internal'],
        },
      });
    },
    /** What a browser sends once the device has shown it. */
    get(options: Options, shown: Shown = {}): string {
      const client = clientData('webauthn.get', options.challenge, shown);
      const authenticatorData = data(shown);
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(client)]), privateKey);
      return JSON.stringify({
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(authenticatorData),
          signature: base64url(signature),
          userHandle: shown.userHandle ?? userHandle,
        },
      });
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc9052#section-7 */
function coseKey(key: KeyObject): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));
  const cose = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
  return isoCBOR.encode(cose as never); // its type names fewer values than it takes
}
