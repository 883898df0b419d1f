import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';

import { googleHealth } from './google-health.ts';
import { isSignedBy, tinkKeys } from './tink.ts';
import type { WebhookRequest } from './vendor.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });

/** A field of bytes. */
const bytes = (number: number, of: Buffer): Buffer => Buffer.concat([Buffer.from([number * 8 + 2, of.length]), of]);

/** As Tink writes it: the coordinates with a zero before them. */
const message = (params = Buffer.from([8, 3, 16, 2, 24, 2])): Buffer =>
  Buffer.concat([
    bytes(2, params),
    bytes(3, Buffer.concat([Buffer.alloc(1), Buffer.from(x, 'base64url')])),
    bytes(4, Buffer.concat([Buffer.alloc(1), Buffer.from(y, 'base64url')])),
  ]);

const keyset = (more: object = {}, value = message()): string =>
  JSON.stringify({
    primaryKeyId: 3_000_000_001,
    key: [
      {
        keyData: { typeUrl: 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey', value: value.toString('base64') },
        ...{ status: 'ENABLED', keyId: 3_000_000_001, outputPrefixType: 'TINK', ...more },
      },
    ],
  });

const body = Buffer.from('{"data":{"healthUserId":"u"}}');

function signed(of: Uint8Array = body, id = 3_000_000_001): string {
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, sign('sha256', of, pair.privateKey)]).toString('base64');
}

test('what was signed with a key of the keyset is told from all else', () => {
  const keys = tinkKeys(keyset()) ?? [];
  expect(keys).toHaveLength(1);
  expect(isSignedBy(keys, body, signed())).toBe(true);
  expect(isSignedBy(keys, Buffer.from(`${body} `), signed())).toBe(false);
  expect(isSignedBy(keys, body, signed(body, 5))).toBe(false);
  for (const other of [
    undefined,
    '',
    'AQ==',
    signed().slice(8),
    sign('sha256', body, pair.privateKey).toString('base64'),
  ])
    expect(isSignedBy(keys, body, other)).toBe(false);
  const raw = tinkKeys(keyset({ outputPrefixType: 'RAW' })) ?? [];
  expect(isSignedBy(raw, body, sign('sha256', body, pair.privateKey).toString('base64'))).toBe(true);
});

test('a keyset without a key that is enabled and of this kind is none', () => {
  const bad = [
    ...['', '{}', '{"key":[]}', '{"key":[{}]}', keyset({ status: 'DISABLED' }), keyset({ keyId: 'x' })],
    keyset({}, message(Buffer.from([8, 4, 16, 2, 24, 2]))),
    keyset({}, message().subarray(0, 30)),
    keyset({}, Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 255])),
  ];
  for (const text of bad) expect(tinkKeys(text)).toBeNull();
});

test('with the keys of Google Health its notifications are known by their signature alone', () => {
  const settings = { clientId: 'a', clientSecret: 'b', webhookSecret: 'Bearer c', keyset: keyset() };
  const verdict = (headers: Record<string, string>): boolean => {
    const request: WebhookRequest = {
      ...{ method: 'POST', query: new URLSearchParams(), header: (name) => headers[name], body },
      ...{ secret: null, address: null },
    };
    return googleHealth.webhook.verify(request, settings, 0).ok;
  };
  expect(verdict({ 'x-healthapi-signature': signed() })).toBe(true);
  expect(verdict({ authorization: 'Bearer c' })).toBe(false);
  expect(verdict({ authorization: 'Bearer c', 'x-healthapi-signature': signed(Buffer.from('other')) })).toBe(false);
});
