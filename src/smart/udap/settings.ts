import { createPrivateKey, type KeyObject } from 'node:crypto';

import type { UdapSettings } from '../context.ts';
import { type Certificate, readPem } from './certificates.ts';

/** The settings, read: what signs for this server and whom it believes. */
export type Udap = {
  /** Of the certificate of this server, the leaf first. */
  chain: readonly [Certificate, ...Certificate[]];
  key: KeyObject;
  algorithm: SigningAlgorithm;
  anchors: readonly Certificate[];
};

/** What this server takes; RS256 it must. https://hl7.org/fhir/us/udap-security/index.html#signature-algorithm-identifiers */
export const signingAlgorithms = ['RS256', 'RS384', 'ES256', 'ES384'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** The algorithms that a key can be used with. */
export function algorithmsFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningAlgorithm[] {
  if (asymmetricKeyType === 'rsa') {
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    // Longer ones make work, and are nobody's but of those who want to.
    return bits >= 2048 && bits <= 8192 ? ['RS256', 'RS384'] : [];
  }
  if (asymmetricKeyDetails?.namedCurve === 'prime256v1') return ['ES256'];
  if (asymmetricKeyDetails?.namedCurve === 'secp384r1') return ['ES384'];
  return [];
}

/** @throws Error that says which setting is wrong; for the start of the server */
export function readUdapSettings(settings: UdapSettings): Udap {
  const [leaf, ...others] = readPem(settings.certificate) ?? [];
  if (!leaf) throw new Error('PORTICO_UDAP_CERT must hold certificates in PEM, the one of this server first');
  const key = privateKeyOf(settings.privateKey);
  if (!leaf.x509.checkPrivateKey(key)) throw new Error('PORTICO_UDAP_KEY is not the key of PORTICO_UDAP_CERT');
  const [algorithm] = algorithmsFor(key);
  if (!algorithm) throw new Error('PORTICO_UDAP_KEY must be RSA of at least 2048 bits, or on the curve P-256 or P-384');
  const anchors = settings.anchors.flatMap((text) => readPem(text) ?? []);
  if (anchors.length === 0) throw new Error('PORTICO_UDAP_TRUST must hold certificates in PEM');
  return { chain: [leaf, ...others], key, algorithm, anchors };
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error('PORTICO_UDAP_KEY must hold a private key in PEM', { cause });
  }
}

const read = new WeakMap<UdapSettings, Udap>();

/**
 * UDAP as it is set up for a FHIR base.
 *
 * @returns null where it is not: nothing is set, or the certificate of this server does not name the base
 */
export function udapOf(settings: UdapSettings | null, base: string): Udap | null {
  if (!settings) return null;
  const udap = read.get(settings) ?? readUdapSettings(settings);
  read.set(settings, udap);
  return udap.chain[0].says.uris.includes(base) ? udap : null;
}
